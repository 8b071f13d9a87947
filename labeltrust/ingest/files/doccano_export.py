"""doccano: JSONL or JSON, one file for each labeler in a zip or folder, named after the user.

| key | label | question |
| --- | --- | --- |
| `label`, names | the name; a list of several | the import's |
| `label`, `[start, end, name]` | spans | the import's |
| `cats` | the name; a list of several | `cats` |
| `entities` | spans | `entities` |
| `bbox` | boxes | `bbox` |

An empty list is no vote: doccano writes it for items that nobody touched, too. Relations and
comments are not read. A file by itself, and `all.jsonl` of a project with shared annotation, name
nobody: `--labeler` must. There are no times. A row is an example.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import PurePosixPath
from typing import cast

from labeltrust.domain.errors import InvalidEvent
from labeltrust.domain.events import Event, LabelValue, Piece
from labeltrust.ingest.files._around import Around, Json, a_list, a_text, an_object
from labeltrust.ingest.files._base import FileFormat, Readable, RowSettings
from labeltrust.ingest.files._json_list import Naming
from labeltrust.ingest.files._look import Look
from labeltrust.ingest.files._parts import Part as LabelPart
from labeltrust.ingest.files._parts import box, ordered, span
from labeltrust.ingest.files._records import Part, Records, read_records

_SHARED = "all"
_SPAN_PARTS = 3


def read(stream: Readable, settings: RowSettings) -> Iterator[Piece]:
    """Yield the examples of an export piece by piece.

    Raises:
        UnreadableDelivery: Empty, UTF-16, a broken list, or a line without end.

    >>> import io
    >>> file = io.BytesIO(b'{"id": 12, "text": "x", "label": ["fraud"]}')
    >>> settings = RowSettings(project="p", labeler="alice")
    >>> next(read(file, settings)).parsed.events[0].label
    'fraud'
    """
    return read_records(stream, settings, _RECORDS)


def _parts(example: Json, around: Around) -> list[Part]:
    known = [key for key in _READERS if key in example]
    if "id" not in example or not known:
        detail = f"no example: has no id, or none of {', '.join(_READERS)}"
        raise InvalidEvent(detail, code="not_an_example")
    return [partial(_event, example, key, around) for key in known if example[key]]


def _event(example: Json, key: str, around: Around) -> list[Event]:
    label, scale = _READERS[key](example[key], key)
    question = around.question(None if key == "label" else key, scale)
    if question is None:
        return []
    return [
        around.event(
            item=around.item(example["id"], "id", example),
            labeler=_labeler(around),
            question=question,
            label=label,
            content=_content(example),
        )
    ]


def _labeler(around: Around) -> str:
    stem = PurePosixPath(around.member).stem
    named = None if around.is_alone or stem == _SHARED else stem
    return around.labeler(named, around.member)


def _label(value: object, key: str) -> tuple[LabelValue, str | None]:
    parts = a_list(value, key)
    if parts and all(isinstance(part, list) for part in parts):
        return _triples(parts, key)
    return _names(value, key)


def _names(value: object, key: str) -> tuple[LabelValue, str | None]:
    names = [a_text(name, f"{key}/{n}") for n, name in enumerate(a_list(value, key))]
    return (names[0], None) if len(names) == 1 else (cast("LabelValue", names), "set")


def _triples(parts: list[object], key: str) -> tuple[LabelValue, str | None]:
    found: list[LabelPart] = []
    for number, part in enumerate(parts):
        place = f"{key}/{number}"
        triple = a_list(part, place)
        if len(triple) != _SPAN_PARTS:
            raise InvalidEvent("is no [start, end, name]", place=place, code="bad_span")
        start, end, name = triple
        found.append(span(start, end, name, place))
    return ordered(found), "spans"


def _entities(value: object, key: str) -> tuple[LabelValue, str | None]:
    found: list[LabelPart] = []
    for number, part in enumerate(a_list(value, key)):
        place = f"{key}/{number}"
        one = an_object(part, place)
        sides = one.get("start_offset"), one.get("end_offset")
        found.append(span(*sides, one.get("label"), place))
    return ordered(found), "spans"


def _bbox(value: object, key: str) -> tuple[LabelValue, str | None]:
    found: list[LabelPart] = []
    for number, part in enumerate(a_list(value, key)):
        place = f"{key}/{number}"
        one = an_object(part, place)
        sides = one.get("x"), one.get("y"), one.get("width"), one.get("height")
        found.append(box(sides, one.get("label"), place))
    return ordered(found), "boxes"


_READERS: Mapping[str, Callable[[object, str], tuple[LabelValue, str | None]]] = {
    "label": _label,
    "cats": _names,
    "entities": _entities,
    "bbox": _bbox,
}


def _content(example: Json) -> Mapping[str, object]:
    if isinstance(example.get("text"), str):
        return {"text": example["text"]}
    return {"media_url": example["filename"]} if isinstance(example.get("filename"), str) else {}


def _looks_like(look: Look) -> bool:
    is_other = look.has_any("item", "answer", "data", "labeler", "responses")
    return (
        not is_other
        and look.has("id")
        and look.has_any("text", "filename")
        and look.has_any(*_READERS)
    )


_RECORDS = Records(
    naming=Naming("doccano export", "example"), parts=_parts, endings=(".jsonl", ".json")
)
FORMAT = FileFormat(
    name="doccano",
    title="doccano export (JSONL or JSON)",
    parser_version="doccano-export/1",
    read=read,
    looks_like=_looks_like,
    known_from="source",
)
