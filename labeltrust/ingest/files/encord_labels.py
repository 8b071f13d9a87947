"""Encord: label rows as the SDK and the JSON export write them.

| in `labels` of a data unit | label | question |
| --- | --- | --- |
| `classifications` with answers | the name; a list of several; the text | the classification |
| `objects` with a box or polygon | boxes | `objects` |

A label row is drawn by several people on one sheet: each object and classification is the label of
whom it names as its last editor (else its maker), and what one person drew on a data unit is one
label. What was not made by hand (`manualAnnotation` false) names no model and is not read. Times
are those of the last edit. A frame of a video is an item of its own, `DATA_HASH/FRAME`. Other
shapes are not read. A row is a label row.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import partial

from labeltrust.domain.errors import InvalidEvent
from labeltrust.domain.events import Event, LabelValue, Piece
from labeltrust.ingest._fields import identifier, utc
from labeltrust.ingest._strict_json import shown
from labeltrust.ingest.files._around import Around, Json, a_list, a_text, an_object, maybe_text
from labeltrust.ingest.files._base import FileFormat, Readable, RowSettings
from labeltrust.ingest.files._json_list import Naming
from labeltrust.ingest.files._look import Look
from labeltrust.ingest.files._parts import Part as LabelPart
from labeltrust.ingest.files._parts import box, ordered, polygon
from labeltrust.ingest.files._records import Part, Records, read_records


def read(stream: Readable, settings: RowSettings) -> Iterator[Piece]:
    """Yield the label rows of an export piece by piece.

    Raises:
        UnreadableDelivery: Empty, UTF-16, or a broken list.
    """
    return read_records(stream, settings, _RECORDS)


def _parts(row: Json, around: Around) -> list[Part]:
    if "data_units" not in row:
        raise InvalidEvent("no label row: has no data_units", code="not_a_label_row")
    answers = an_object(row.get("classification_answers") or {}, "classification_answers")
    return [
        part
        for name, value in an_object(row["data_units"], "data_units").items()
        for part in _unit(an_object(value, f"data_units/{name}"), name, answers, around)
    ]


def _unit(unit: Json, name: str, answers: Json, around: Around) -> Iterator[Part]:
    labels = an_object(unit.get("labels") or {}, f"data_units/{name}/labels")
    data = identifier(unit.get("data_hash", name), f"data_units/{name}/data_hash")
    frames = {frame: told for frame, told in labels.items() if frame.isdecimal()}
    for frame, told in (frames or {"": labels}).items():
        sheet = _Sheet(unit, f"{data}/{frame}" if frame else data, around)
        inside = an_object(told, f"data_units/{name}/labels/{frame}")
        for one in a_list(inside.get("classifications"), "classifications"):
            yield partial(sheet.classified, one, answers)
        yield partial(sheet.drawn, inside.get("objects"))


class _Sheet:
    """A data unit or a frame of it, and what people said of it."""

    def __init__(self, unit: Json, item: str, around: Around) -> None:
        self._unit = unit
        self._item = item
        self._around = around

    def classified(self, value: object, answers: Json) -> list[Event]:
        told = an_object(value, "classifications")
        if told.get("manualAnnotation") is False:
            return []
        key = a_text(told.get("classificationHash"), "classifications/classificationHash")
        answer = an_object(answers.get(key) or {}, f"classification_answers/{key}")
        return [
            self._event(question, label, told)
            for name, label, scale in _classes(answer.get("classifications"), key)
            if (question := self._around.question(name, scale)) is not None
        ]

    def drawn(self, value: object) -> list[Event]:
        by_labeler: dict[str, list[tuple[LabelPart, Json]]] = {}
        for number, part in enumerate(a_list(value, "objects")):
            told = an_object(part, f"objects/{number}")
            shape = _shape(told, f"objects/{number}")
            if shape is not None and told.get("manualAnnotation") is not False:
                by_labeler.setdefault(self._labeler(told), []).append((shape, told))
        question = self._around.question("objects", "boxes") if by_labeler else None
        if question is None:
            return []
        return [
            self._event(question, ordered([shape for shape, _ in drawn]), _last(drawn))
            for drawn in by_labeler.values()
        ]

    def _labeler(self, told: Json) -> str:
        return self._around.labeler(told.get("lastEditedBy") or told.get("createdBy"), "createdBy")

    def _event(self, question: str, label: LabelValue, told: Json) -> Event:
        at = _time(told)
        own = self._around.item(self._item, "data_hash", self._unit)
        media = maybe_text(self._unit.get("data_link"))
        return self._around.event(
            item=own,
            labeler=self._labeler(told),
            question=question,
            label=label,
            occurred_at=at,
            revised_at=at,
            content={} if media is None else {"media_url": media.partition("?")[0]},
        )


def _last(drawn: list[tuple[LabelPart, Json]]) -> Json:
    """Return the object that was edited last: it tells labeler and time of all."""
    return max((told for _, told in drawn), key=lambda told: str(_time(told) or ""))


def _time(told: Json) -> datetime | None:
    value = told.get("lastEditedAt") or told.get("createdAt")
    if value is None:
        return None
    try:
        return utc(parsedate_to_datetime(a_text(value, "lastEditedAt")), "lastEditedAt")
    except (ValueError, TypeError, OverflowError):
        detail = f"{shown(value)} is not a time like Thu, 09 Feb 2023 14:12:03 UTC"
        raise InvalidEvent(detail, place="lastEditedAt", code="bad_time") from None


def _classes(value: object, key: str) -> Iterator[tuple[str, LabelValue, str | None]]:
    for number, part in enumerate(a_list(value, f"classification_answers/{key}")):
        place = f"classification_answers/{key}/{number}"
        told = an_object(part, place)
        name, answers = a_text(told.get("name"), f"{place}/name"), told.get("answers")
        if isinstance(answers, str):
            if answers:
                yield name, answers, "text"
            continue
        names = [a_text(an_object(a, place).get("name"), place) for a in a_list(answers, place)]
        if names:
            yield (name, names[0], None) if len(names) == 1 else (name, [*names], "set")


def _shape(told: Json, place: str) -> LabelPart | None:
    name = told.get("name")
    if "boundingBox" in told:
        sides = an_object(told["boundingBox"], f"{place}/boundingBox")
        return box((sides.get("x"), sides.get("y"), sides.get("w"), sides.get("h")), name, place)
    if "polygon" in told:
        return polygon(_corners(told["polygon"], place), name, place)
    return None


def _corners(value: object, place: str) -> list[object]:
    if isinstance(value, Mapping):
        numbered = [(int(n), corner) for n, corner in value.items() if n.isdecimal()]
        return [corner for _, corner in sorted(numbered, key=lambda one: one[0])]
    return a_list(value, f"{place}/polygon")


def _looks_like(look: Look) -> bool:
    return look.has("data_units", "label_hash")


_RECORDS = Records(naming=Naming("Encord export", "label row"), parts=_parts)
FORMAT = FileFormat(
    name="encord",
    title="Encord label rows (JSON)",
    parser_version="encord-labels/1",
    read=read,
    looks_like=_looks_like,
    known_from="source",
)
