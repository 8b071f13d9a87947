"""Labelbox: export v2, one data row with all its labels a line (NDJSON), or a JSON list of them.

| part of an annotation | label | question |
| --- | --- | --- |
| `classifications`, radio | the answer's name | the classification's name |
| `classifications`, checklist | the name; a list of several | the classification's name |
| `classifications`, text | the text | the classification's name |
| `objects`: entities in text, boxes, polygons, lines, points | spans or boxes | `objects` |

Classifications inside an answer are questions of their own. A label that was skipped withdraws the
answers of its author. Masks, relations and frames of videos are not read. Whether the end of a
`location` belongs to it is not documented: it is kept as written. A row is a data row.
"""

from collections.abc import Iterator, Mapping
from functools import partial

from labeltrust.domain.errors import InvalidEvent
from labeltrust.domain.events import Event, LabelValue, Piece
from labeltrust.ingest._fields import duration, identifier
from labeltrust.ingest._regions import one_or_list
from labeltrust.ingest.files._around import Around, Json, a_list, a_text, an_object, maybe_time
from labeltrust.ingest.files._base import FileFormat, Readable, RowSettings
from labeltrust.ingest.files._json_list import Naming
from labeltrust.ingest.files._look import Look
from labeltrust.ingest.files._parts import Part as LabelPart
from labeltrust.ingest.files._parts import box, ordered, polygon, span
from labeltrust.ingest.files._records import Part, Records, read_records

Answers = dict[str, tuple[LabelValue, str]]
"""Label and scale by the question's name."""


def read(stream: Readable, settings: RowSettings) -> Iterator[Piece]:
    """Yield the data rows of an export piece by piece.

    Raises:
        UnreadableDelivery: Empty, UTF-16, a broken list, or a line without end.
    """
    return read_records(stream, settings, _RECORDS)


def _parts(record: Json, around: Around) -> list[Part]:
    row = an_object(record.get("data_row"), "data_row")
    projects = an_object(record.get("projects"), "projects")
    return [
        partial(_events, label, row, f"projects/{name}/labels/{number}", around)
        for name, project in projects.items()
        for number, label in enumerate(_labels(project, name))
    ]


def _labels(project: object, name: str) -> list[object]:
    return a_list(an_object(project, f"projects/{name}").get("labels"), f"projects/{name}/labels")


def _events(label: object, row: Json, place: str, around: Around) -> list[Event]:
    told = an_object(label, place)
    details = an_object(told.get("label_details") or {}, f"{place}/label_details")
    effort = an_object(told.get("performance_details") or {}, f"{place}/performance_details")
    found = _answers(told.get("annotations"), f"{place}/annotations")
    is_skipped = effort.get("skipped") is True
    base = _base(told, row, details, effort, around, place)
    events: list[Event] = []
    for name in [*around.questions, *found] if is_skipped else found:
        answer, scale = found.get(name, (None, None))
        question = around.question(name, scale)
        is_said = is_skipped or answer not in (None, "", [])
        if question is not None and is_said and question not in {one.question for one in events}:
            said = {"question": question, "label": None if is_skipped else answer}
            kind = "label.withdrawn" if is_skipped else "label.submitted"
            events.append(around.event(**(base | said | {"type": kind})))
    return events


def _base(
    told: Json, row: Json, details: Json, effort: Json, around: Around, place: str
) -> dict[str, object]:
    seconds = effort.get("seconds_to_create")
    created = maybe_time(details.get("created_at"), f"{place}/label_details/created_at")
    updated = maybe_time(details.get("updated_at"), f"{place}/label_details/updated_at")
    text = row.get("row_data")
    is_address = isinstance(text, str) and text.startswith(("http://", "https://"))
    return {
        "item": around.item(row.get("id"), "data_row/id", row),
        "labeler": around.labeler(details.get("created_by"), f"{place}/label_details/created_by"),
        "annotation_id": identifier(told.get("id"), f"{place}/id"),
        "occurred_at": created,
        "revised_at": updated or created,
        "duration_seconds": None if seconds is None else duration(seconds, "seconds_to_create"),
        "content": {"media_url" if is_address else "text": text} if isinstance(text, str) else {},
        "detail": {"skipped": True} if effort.get("skipped") is True else {},
    }


def _answers(value: object, place: str) -> Answers:
    told = an_object(value or {}, place)
    found: Answers = {}
    _classified(told.get("classifications"), f"{place}/classifications", found)
    parts: list[LabelPart] = []
    for number, part in enumerate(a_list(told.get("objects"), f"{place}/objects")):
        at = f"{place}/objects/{number}"
        parts += _shape(an_object(part, at), at)
    if parts:
        found["objects"] = ordered(parts), "spans" if "start" in parts[0] else "boxes"
    return found


def _shape(one: Json, place: str) -> list[LabelPart]:
    name = one.get("name")
    if "location" in one:
        location = an_object(one["location"], f"{place}/location")
        return [span(location.get("start"), location.get("end"), name, place)]
    if "bounding_box" in one:
        told = an_object(one["bounding_box"], f"{place}/bounding_box")
        sides = told.get("left"), told.get("top"), told.get("width"), told.get("height")
        return [box(sides, name, place)]
    for key in ("polygon", "line"):
        if key in one:
            return [polygon(one[key], name, place)]
    return [polygon([one["point"]], name, place)] if "point" in one else []


def _classified(value: object, place: str, found: Answers) -> None:
    for number, part in enumerate(a_list(value, place)):
        at = f"{place}/{number}"
        one = an_object(part, at)
        name = a_text(one.get("name") or one.get("value"), f"{at}/name")
        if "radio_answer" in one:
            answer = an_object(one["radio_answer"], f"{at}/radio_answer")
            found[name] = _name(answer, at), "nominal"
            _classified(answer.get("classifications"), f"{at}/classifications", found)
        elif "checklist_answers" in one:
            answers = [an_object(a, at) for a in a_list(one["checklist_answers"], at)]
            found[name] = one_or_list([_name(answer, at) for answer in answers]), "set"
            for answer in answers:
                _classified(answer.get("classifications"), f"{at}/classifications", found)
        elif "text_answer" in one:
            text = an_object(one["text_answer"], f"{at}/text_answer").get("content")
            found[name] = a_text(text, f"{at}/text_answer/content"), "text"
        else:
            raise InvalidEvent("holds no answer that is known", place=at, code="unknown_answer")


def _name(answer: Mapping[str, object], place: str) -> str:
    return a_text(answer.get("name") or answer.get("value"), f"{place}/name")


def _looks_like(look: Look) -> bool:
    return look.has("data_row", "projects")


_RECORDS = Records(naming=Naming("Labelbox export", "data row"), parts=_parts)
FORMAT = FileFormat(
    name="labelbox",
    title="Labelbox export v2 (NDJSON)",
    parser_version="labelbox-export/1",
    read=read,
    looks_like=_looks_like,
    known_from="docs",
)
