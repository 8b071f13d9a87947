"""What annotations, predictions and tasks have in common."""

from datetime import datetime

import msgspec

from labeltrust.domain.errors import InvalidEvent
from labeltrust.domain.events import NOTHING, Event
from labeltrust.ingest._fields import aware_time, checked_id, identifier
from labeltrust.ingest._label_studio.settings import Context, Json, Settings
from labeltrust.ingest._strict_json import check, shown


def as_object(value: object, place: str) -> Json:
    """Return a JSON object, or refuse whatever else it is.

    Raises:
        InvalidEvent: `not_an_object`.

    >>> as_object({"id": 1}, "task")
    {'id': 1}
    """
    if isinstance(value, dict):
        return value
    raise InvalidEvent(f"is {shown(value)}, not an object", place=place, code="not_an_object")


def model_labeler(version: object) -> str:
    """Return the labeler that a model's version is.

    >>> model_labeler("demo-1")
    'model:demo-1'
    """
    name = version if isinstance(version, str) and version else "unknown"
    return checked_id(f"model:{name}", "model_version")


def said(base: Event, name: str | None, context: Context, **changes: object) -> Event:
    """Return the base event for one control, with its question and its own event id."""
    if name is None:
        return msgspec.structs.replace(base, **changes)
    question = context.settings.questions.get(name, name)
    event_id = f"{base.event_id}:{name}"
    return msgspec.structs.replace(base, question=question, event_id=event_id, **changes)


def event_id_of(action: str, object_id: str, at: datetime | None) -> str:
    """Return the beginning of an event id: the same for each copy of a delivery.

    >>> event_id_of("ANNOTATIONS_DELETED", "5", None)
    'ANNOTATIONS_DELETED:5'
    """
    return f"{action}:{object_id}:{at.isoformat()}" if at else f"{action}:{object_id}"


def item_id(task: Json, settings: Settings) -> str:
    """Return a task's item: its own id, or what its data hold under the configured key.

    Raises:
        InvalidEvent: No such key, or no id in it.
    """
    if settings.item_key is None:
        return identifier(task.get("id"), "task.id")
    return identifier(data_of(task).get(settings.item_key), f"task.data.{settings.item_key}")


def data_of(task: Json) -> Json:
    """Return a task's data, checked.

    Raises:
        InvalidEvent: A flaw in it.
    """
    data = task.get("data")
    check(data, "/task/data")
    return data if isinstance(data, dict) else NOTHING


def time_of(told: Json, field: str) -> datetime | None:
    """Return a time, or None where none is given.

    Raises:
        InvalidEvent: No time with a zone.
    """
    value = told.get(field)
    return None if value is None else aware_time(value, field)
