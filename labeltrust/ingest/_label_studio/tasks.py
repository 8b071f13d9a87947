"""Tasks as descriptions of items, and predictions as labels of a model."""

from labeltrust.domain.events import Event
from labeltrust.ingest._fields import identifier
from labeltrust.ingest._label_studio.answers import answers
from labeltrust.ingest._label_studio.parts import (
    as_object,
    data_of,
    event_id_of,
    item_id,
    model_labeler,
    said,
    time_of,
)
from labeltrust.ingest._label_studio.settings import Context
from labeltrust.ingest._strict_json import check


def item_event(task: object, context: Context) -> Event:
    """Return the description of a task.

    Raises:
        InvalidEvent: With the field and the reason.
    """
    check(task, "/task")
    told = as_object(task, "task")
    task_id = identifier(told.get("id"), "task.id")
    at = time_of(told, "updated_at")
    return Event(
        type="item.described",
        project=context.settings.project,
        event_id=event_id_of(context.action, task_id, at),
        item=item_id(told, context.settings),
        occurred_at=time_of(told, "created_at"),
        revised_at=at,
        content=data_of(told),
        detail={"meta": told["meta"]} if told.get("meta") else {},
    )


def prediction_events(prediction: object, task: object, context: Context) -> list[Event]:
    """Return the labels of one prediction: the model is their labeler.

    Raises:
        InvalidEvent: With the field and the reason.
    """
    check(prediction, "/prediction")
    told, around = as_object(prediction, "prediction"), as_object(task, "task")
    prediction_id = identifier(told.get("id"), "prediction.id")
    at = time_of(told, "updated_at") or time_of(told, "created_at")
    score = told.get("score")
    base = Event(
        type="label.submitted",
        project=context.settings.project,
        event_id=event_id_of(context.action, prediction_id, at),
        item=item_id(around, context.settings),
        labeler=model_labeler(told.get("model_version")),
        labeler_kind="model",
        occurred_at=at,
        revised_at=at,
        content=data_of(around),
        detail={} if score is None else {"score": score},
    )
    found = answers(told.get("result")).items()
    return [said(base, name, context, label=label) for name, label in found]
