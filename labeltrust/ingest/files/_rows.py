"""Rows of a table as events: the columns of CSV and Parquet.

Required: `item`, `label`, and `labeler` unless the rows declare gold. Everything else is optional;
an empty cell is an absent one. An unknown column is refused once, for the whole file.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, tzinfo
from functools import partial
from typing import get_args

from labeltrust.domain.checksums import checked
from labeltrust.domain.errors import InvalidEvent, UnreadableDelivery
from labeltrust.domain.events import NOTHING, Event, LabelerKind, LabelValue
from labeltrust.ingest._fields import (
    MAX_NAME_CHARACTERS,
    any_time,
    checked_id,
    duration,
    identifier,
    utc,
)
from labeltrust.ingest._strict_json import MAX_INTEGER, check, shown, text_flaw
from labeltrust.ingest.files._base import RowSettings

Cells = Sequence[object]
MAX_REPLICATE = 2**31 - 1


def cell_time(value: object, column: str, *, zone: tzinfo | None = None) -> datetime:
    """Return the time of a cell: a text, or a time where the table has such.

    >>> cell_time("2026-11-22T10:00:00Z", "created_at").isoformat()
    '2026-11-22T10:00:00+00:00'
    """
    time = value if isinstance(value, datetime) else any_time(value, column)
    return utc(time if zone is None or time.tzinfo else time.replace(tzinfo=zone), column)


def _name(value: object, column: str) -> str:
    text = identifier(value, column)
    if len(text) > MAX_NAME_CHARACTERS:
        detail = f"has {len(text)} characters, at most {MAX_NAME_CHARACTERS} are allowed"
        raise InvalidEvent(detail, place=column, code="too_long")
    return text


def _replicate(value: object, column: str) -> int:
    number = int(value) if isinstance(value, str) and value.isdecimal() else value
    is_whole = isinstance(number, int) and not isinstance(number, bool)
    if is_whole and 0 <= number <= MAX_REPLICATE:  # type: ignore[operator] # a whole number
        return number  # type: ignore[return-value] # a whole number
    raise InvalidEvent(f"{shown(value)} is no whole number", place=column, code="wrong_type")


def _kind(value: object, column: str) -> str:
    if value in get_args(LabelerKind):
        return str(value)
    detail = f"{shown(value)} is none of {', '.join(get_args(LabelerKind))}"
    raise InvalidEvent(detail, place=column, code="unknown_labeler_kind")


def _text(value: object, column: str) -> str:
    text = str(value)
    flaw = text_flaw(text)
    if flaw:
        raise InvalidEvent(flaw.reason, place=column, code=flaw.code)
    return text


Read = Callable[[object, str], object]
_FIELDS: Mapping[str, tuple[str, Read]] = {
    "created_at": ("occurred_at", cell_time),
    "revised_at": ("revised_at", cell_time),
    "duration_seconds": ("duration_seconds", duration),
    "event_id": ("event_id", identifier),
    "question": ("question", _name),
    "replicate": ("replicate", _replicate),
    "labeler_kind": ("labeler_kind", _kind),
    "annotation_id": ("annotation_id", identifier),
    "content_checksum": ("content_checksum", _text),
}
_CONTENT: Mapping[str, str] = {"item_text": "text", "media_url": "media_url"}
_DETAIL: tuple[str, ...] = ("guideline_version", "vendor", "suggestion")
COLUMNS: tuple[str, ...] = ("item", "labeler", "label", *_FIELDS, *_CONTENT, *_DETAIL)


class Layout:
    """The columns of one table, and how a row of it becomes an event.

    >>> layout = Layout(["item", "labeler", "label"], RowSettings(project="fraud"))
    >>> layout.event(["txn-9", "alice", "benign"]).labeler
    'alice'
    """

    def __init__(self, names: Sequence[str], settings: RowSettings) -> None:
        """Check the columns.

        Raises:
            UnreadableDelivery: `unknown_column`, `duplicate_column`, or `missing_column`.
        """
        _check_names(names, settings)
        at = {name: number for number, name in enumerate(names)}
        self._n_columns = len(names)
        self._item, self._label = at["item"], at["label"]
        self._labeler = None if settings.gold else at["labeler"]
        self._fields = [(at[n], n, *_reader(n, settings)) for n in names if n in _FIELDS]
        self._content = [(at[n], n, _CONTENT[n]) for n in names if n in _CONTENT]
        kept = (*_DETAIL, "labeler") if settings.gold else _DETAIL
        self._detail = [(at[n], n, n) for n in names if n in kept]
        self._settings = settings

    def event(self, cells: Cells) -> Event:
        """Return the event of a row.

        Raises:
            InvalidEvent: Naming the column.
        """
        if len(cells) != self._n_columns:
            detail = f"has {len(cells)} cells where the header has {self._n_columns}"
            raise InvalidEvent(detail, code="wrong_columns")
        fields = {
            field: read(cells[at], column)
            for at, column, field, read in self._fields
            if cells[at] not in (None, "")
        }
        settings, stated = self._settings, fields.pop("content_checksum", None)
        event = Event(
            type="gold.declared" if settings.gold else "label.submitted",
            project=settings.project,
            item=_id(cells[self._item], "item"),
            labeler=None if self._labeler is None else _id(cells[self._labeler], "labeler"),
            label=_label(cells[self._label]),
            question=fields.pop("question", settings.question),  # type: ignore[arg-type] # as its reader says
            labeler_kind=fields.pop("labeler_kind", settings.labeler_kind),  # type: ignore[arg-type] # as its reader says
            content=_texts(cells, self._content) if self._content else NOTHING,
            detail=_texts(cells, self._detail) if self._detail else NOTHING,
            **fields,  # type: ignore[arg-type] # as their readers say
        )
        return event if stated is None else checked(event, stated)


def _reader(column: str, settings: RowSettings) -> tuple[str, Read]:
    field, read = _FIELDS[column]
    return field, partial(cell_time, zone=settings.zone) if read is cell_time else read


def _check_names(names: Sequence[str], settings: RowSettings) -> None:
    required = ("item", "label") if settings.gold else ("item", "labeler", "label")
    for number, name in enumerate(names):
        if name not in COLUMNS:
            raise _bad_header(f"unknown column {shown(name)}", "unknown_column")
        if name in names[:number]:
            raise _bad_header(f"column {name!r} stands twice", "duplicate_column")
    for name in required:
        if name not in names:
            raise _bad_header(f"column {name!r} is missing", "missing_column")


def _bad_header(reason: str, code: str) -> UnreadableDelivery:
    detail = f"{reason}; known columns are {', '.join(COLUMNS)}"
    return UnreadableDelivery(detail, place="header", code=code)


def _id(value: object, column: str) -> str:
    return checked_id(value, column) if isinstance(value, str) else identifier(value, column)


def _label(value: object) -> LabelValue:
    if value is None or value == "":
        raise InvalidEvent("required, but missing", place="label", code="missing_field")
    if isinstance(value, str):
        return _text(value, "label")
    if isinstance(value, list):
        check(value, "label")
        return value
    is_bounded = isinstance(value, int) and abs(value) <= MAX_INTEGER
    if is_bounded or (isinstance(value, float) and math.isfinite(value)):
        return value  # type: ignore[return-value] # a number
    detail = f"{shown(value)} is neither text nor number nor list"
    raise InvalidEvent(detail, place="label", code="wrong_type")


def _texts(cells: Cells, places: Sequence[tuple[int, str, str]]) -> dict[str, object]:
    return {
        key: _text(cells[at], column) for at, column, key in places if cells[at] not in (None, "")
    }
