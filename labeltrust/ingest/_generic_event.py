"""The generic event of `POST /v1/events`: its fields, and what each type of event needs.

A field that an event's type has no use for (a label on a description, a labeler on gold) is kept
in `detail` under its own name, so that nothing a source said is lost. An unknown field is refused:
it is most often a known one spelled wrongly, and silence would lose it.
"""

from datetime import datetime
from typing import Annotated, Generic, TypeVar, get_args

import msgspec
from msgspec import UNSET, Meta, UnsetType

from labeltrust.domain.checksums import checked
from labeltrust.domain.errors import InvalidEvent
from labeltrust.domain.events import NOTHING, Content, Event, EventType, LabelerKind
from labeltrust.ingest._fast_json import FAST_DEPTH, FastInteger, FastKey, nested
from labeltrust.ingest._fields import (
    MAX_DURATION_SECONDS,
    MAX_ID_CHARACTERS,
    MAX_NAME_CHARACTERS,
    aware_time,
)
from labeltrust.ingest._strict_json import check, shown

Id = Annotated[str, Meta(min_length=1, max_length=MAX_ID_CHARACTERS)]
Name = Annotated[str, Meta(min_length=1, max_length=MAX_NAME_CHARACTERS)]
Seconds = Annotated[float, Meta(ge=0, le=MAX_DURATION_SECONDS)]
Replicate = Annotated[int, Meta(ge=0, le=2**31 - 1)]
ListT = TypeVar("ListT")
ObjectT = TypeVar("ObjectT")


class Wire(msgspec.Struct, Generic[ListT, ObjectT], kw_only=True, forbid_unknown_fields=True):
    """One generic event as it is written; absent and null fields are the same.

    Generic in its lists and objects: bounded ones for the fast reader, any for the exact reader,
    which has checked them already.
    """

    id: Id | UnsetType | None = UNSET
    type: EventType | UnsetType | None = UNSET
    project: Name | UnsetType | None = UNSET
    item: Id | UnsetType | None = UNSET
    labeler: Id | UnsetType | None = UNSET
    question: Name | UnsetType | None = UNSET
    labeler_kind: LabelerKind | UnsetType | None = UNSET
    label: str | FastInteger | float | bool | ListT | UnsetType | None = UNSET
    annotation_id: Id | UnsetType | None = UNSET
    occurred_at: str | UnsetType | None = UNSET
    assigned_at: str | UnsetType | None = UNSET
    duration_seconds: Seconds | UnsetType | None = UNSET
    content: ObjectT | UnsetType | None = UNSET
    item_features: ObjectT | UnsetType | None = UNSET
    suggestion: str | FastInteger | float | bool | ListT | UnsetType | None = UNSET
    guideline_version: Name | UnsetType | None = UNSET
    provenance: ObjectT | UnsetType | None = UNSET
    media_url: str | UnsetType | None = UNSET
    skipped: bool | UnsetType | None = UNSET
    vendor: Name | UnsetType | None = UNSET
    replicate: Replicate | UnsetType | None = UNSET
    content_checksum: str | UnsetType | None = UNSET


_INNER = nested(FAST_DEPTH)  # inside the event and its field, which are two levels already


class ExactWire(Wire[list[object], dict[str, object]], kw_only=True, forbid_unknown_fields=True):
    """The fields of an event that the exact reader has checked."""


FastWire = Wire[list[_INNER], dict[FastKey, _INNER]]  # type: ignore[valid-type] # a type made at run time
_DETAIL = ("suggestion", "guideline_version", "provenance", "vendor")
_NEEDS: dict[str, tuple[str, ...]] = {
    "label.submitted": ("item", "labeler", "label"),
    "label.withdrawn": ("item", "labeler"),
    "gold.declared": ("item", "label"),
    "gold.withdrawn": ("item",),
    "item.described": ("item",),
}
_UNUSED: dict[str, tuple[str, ...]] = {
    "label.submitted": (),
    "label.withdrawn": ("label",),
    "gold.declared": ("labeler",),
    "gold.withdrawn": ("labeler", "label"),
    "item.described": ("labeler", "label"),
}


def read_event(tree: object) -> Event:
    """Return the event of one JSON value from the exact reader.

    Raises:
        InvalidEvent: With the field and the reason.

    >>> read_event({"id": "e1", "type": "gold.declared", "project": "p", "item": "i", "label": 1})
    ... # doctest: +ELLIPSIS
    Event(type='gold.declared', project='p', event_id='e1', item='i', ..., label=1, ...)
    """
    return to_event(read_wire(tree, ExactWire))


WireT = TypeVar("WireT", bound=msgspec.Struct)


def read_wire(tree: object, kind: type[WireT]) -> WireT:
    """Return the fields of one JSON value from the exact reader.

    Raises:
        InvalidEvent: A flaw of strict JSON, `not_an_object`, `unknown_field`, or `wrong_type`.
    """
    check(tree)
    if not isinstance(tree, dict):
        raise InvalidEvent(f"an event is an object, not {shown(tree)}", code="not_an_object")
    known = kind.__struct_fields__
    for name in tree:
        if name not in known:
            detail = f"unknown field; known are {', '.join(known)}"
            raise InvalidEvent(detail, place=shown(name), code="unknown_field")
    try:
        return msgspec.convert(tree, kind)
    except msgspec.ValidationError as error:
        raise _explained(str(error)) from None


def to_event(wire: Wire[ListT, ObjectT], *, need_id: bool = True) -> Event:
    """Return the event that the fields state.

    A skip (`skipped: true`) is not a vote: it becomes a withdrawal of the labeler's answer to this
    question, with the label, if one was sent along, kept in `detail`.

    Raises:
        InvalidEvent: `missing_field`, `bad_time`, `time_without_zone`, `bad_checksum`.
    """
    kind = _kind(wire, need_id=need_id)
    label = wire.label if kind in {"label.submitted", "gold.declared"} else None
    event = Event(
        type=kind,
        project=wire.project or "",
        event_id=wire.id or None,
        item=wire.item or "",
        labeler=(wire.labeler or None) if kind.startswith("label") else None,
        question=wire.question or "label",
        labeler_kind=wire.labeler_kind or "human",
        label=label,  # type: ignore[arg-type] # never unset: required above
        annotation_id=wire.annotation_id or None,
        occurred_at=_time(wire.occurred_at, "occurred_at"),
        duration_seconds=None if wire.duration_seconds is UNSET else wire.duration_seconds,
        replicate=wire.replicate or 0,
        content=_content(wire),
        item_features=wire.item_features or NOTHING,  # type: ignore[arg-type] # an object
        detail=_detail(wire, kind),
    )
    stated = wire.content_checksum
    return event if stated is UNSET else checked(event, stated)


def _kind(wire: Wire[ListT, ObjectT], *, need_id: bool) -> EventType:
    """Return the type of event, after checking that all it needs is there."""
    for name in ("id", "type", "project") if need_id else ("type", "project"):
        _require(wire, name)
    kind: EventType = wire.type or "label.submitted"
    if kind == "label.submitted" and wire.skipped:
        kind = "label.withdrawn"
    if kind == "label.withdrawn" and wire.annotation_id and not wire.skipped:
        return kind
    for name in _NEEDS[kind]:
        _require(wire, name)
    return kind


def _require(wire: Wire[ListT, ObjectT], name: str) -> None:
    value = getattr(wire, name)
    if value is UNSET or value is None or value == "":
        detail = f"required for {wire.type}, but missing" if wire.type else "required, but missing"
        raise InvalidEvent(detail, place=name, code="missing_field")


def _time(text: str | UnsetType | None, field: str) -> datetime | None:
    return None if text is UNSET or text is None else aware_time(text, field)


def _content(wire: Wire[ListT, ObjectT]) -> Content:
    content: Content = wire.content or NOTHING  # type: ignore[assignment] # an object
    return {**content, "media_url": wire.media_url} if wire.media_url else content


def _detail(wire: Wire[ListT, ObjectT], kind: EventType) -> Content:
    detail: dict[str, object] = {}
    for name in _DETAIL + _UNUSED[kind]:
        value = getattr(wire, name)
        if value is not UNSET and value is not None:
            detail[name] = value
    assigned_at = _time(wire.assigned_at, "assigned_at")
    if assigned_at is not None:
        detail["assigned_at"] = assigned_at.isoformat()
    if wire.skipped:
        detail["skipped"] = True
    return detail or NOTHING


def _explained(message: str) -> InvalidEvent:
    """Return msgspec's refusal in our words: `Expected `str`, got `int` - at `$.item``."""
    reason, _, path = message.replace("`", "").partition(" - at $.")
    known = _CHOICES.get(path)
    if known:
        reason = f"{reason.lower()}; known are {', '.join(known)}"
        return InvalidEvent(reason, place=path, code=f"unknown_{path}")
    code = next((code for words, code in _CODES.items() if words in reason), "wrong_type")
    return InvalidEvent(reason.lower(), place=path, code=code)


_CHOICES: dict[str, tuple[str, ...]] = {
    "type": get_args(EventType),
    "labeler_kind": get_args(LabelerKind),
}
_CODES = {"of length >=": "empty_id", "of length <=": "too_long"}
