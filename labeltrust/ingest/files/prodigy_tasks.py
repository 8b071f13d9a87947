"""Prodigy: annotated tasks as `prodigy db-out` writes them (JSON Lines).

What an answer means depends on the interface:

| interface | label | question |
| --- | --- | --- |
| `classification` | `accept` or `reject`: a vote on the label shown | the label shown |
| `choice` | the ids chosen | the import's |
| `ner_manual`, `spans_manual`, `audio_manual` | spans | `spans` |
| `image_manual` | boxes and polygons | `boxes` |
| `text_input` | the text written | the field's name |
| `ner`, `spans`, others with `_is_binary` | a vote on the whole task: the item | the interface |

`ignore` is a skip: it withdraws the answer, and so does `reject` where the work itself is the
label. Relations are not read. Labelers are `_annotator_id`, else `_session_id`, unless it is the
time stamp of a session without a name, which tells no person. A row is a task.
"""

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import cast

from labeltrust.domain.errors import InvalidEvent
from labeltrust.domain.events import Event, LabelValue, Piece
from labeltrust.ingest._fields import identifier
from labeltrust.ingest._strict_json import shown
from labeltrust.ingest.files._around import (
    Around,
    Json,
    a_list,
    an_object,
    epoch_time,
    maybe_text,
)
from labeltrust.ingest.files._base import FileFormat, Readable, RowSettings
from labeltrust.ingest.files._json_list import Naming
from labeltrust.ingest.files._look import Look
from labeltrust.ingest.files._parts import Part as LabelPart
from labeltrust.ingest.files._parts import box, ordered, polygon, span
from labeltrust.ingest.files._records import Part, Records, read_records

_TIME_STAMP = re.compile(r"\d{4}-\d\d-\d\d[_T ]\d\d[-:]\d\d([-:]\d\d)?.*|\d{9,}")
_KEPT = ("_task_hash", "_view_id")
_BINARY = frozenset({"ner", "spans"})
Said = tuple[str | None, LabelValue, str | None]
"""Name of the question or None for the import's, the label or None for none, and its scale."""


def read(stream: Readable, settings: RowSettings) -> Iterator[Piece]:
    """Yield the tasks of an export piece by piece.

    Raises:
        UnreadableDelivery: Empty, UTF-16, or a line without end.

    >>> import io
    >>> task = b'{"text": "x", "label": "SPAM", "answer": "accept", "_input_hash": 7, '
    >>> file = io.BytesIO(task + b'"_annotator_id": "alice"}')
    >>> one = next(read(file, RowSettings(project="p"))).parsed.events[0]
    >>> one.item, one.question, one.label
    ('7', 'SPAM', 'accept')
    """
    return read_records(stream, settings, _RECORDS)


def _parts(task: Json, around: Around) -> list[Part]:
    answer = task.get("answer")
    if answer not in ("accept", "reject", "ignore"):
        detail = f"is {shown(answer)}, none of accept, reject, ignore"
        raise InvalidEvent(detail, place="answer", code="not_an_answer")
    return [partial(_event, task, said, around) for said in _said(task)]


def _said(task: Json) -> list[Said]:
    view, answer = maybe_text(task.get("_view_id")), cast("str", task["answer"])
    vote = None if answer == "ignore" else answer
    if _is_whole(task):
        return [(view or "task", vote, "nominal")]
    found = [] if view == "classification" else [read(task) for read in _READERS]
    said = [one for one in found if one is not None]
    if not said and isinstance(task.get("label"), str):
        return [(cast("str", task["label"]), vote, "nominal")]
    if not said and view in {"ner_manual", "spans_manual"}:
        said = [("spans", [], "spans")]
    if not said and view != "relations":
        detail = f"interface {shown(view)} is not known, and no label is found"
        raise InvalidEvent(detail, place="_view_id", code="unknown_interface")
    is_done = answer == "accept"
    return [(name, label if is_done else None, scale) for name, label, scale in said]


def _is_whole(task: Json) -> bool:
    """Say whether the answer is a vote on all that is shown, such as a model's suggestion."""
    view = maybe_text(task.get("_view_id"))
    is_binary = task.get("_is_binary", view in _BINARY)
    return is_binary is True and view != "classification"


def _choice(task: Json) -> Said | None:
    if "options" not in task:
        return None
    chosen = [identifier(one, "accept") for one in a_list(task.get("accept"), "accept")]
    settings = task.get("config")
    style = settings.get("choice_style") if isinstance(settings, dict) else None
    if style == "multiple":
        return None, [*chosen], "set"
    if not chosen:
        return None, None, None
    return None, chosen[0] if len(chosen) == 1 else [*chosen], None


def _spans(task: Json) -> Said | None:
    key = "audio_spans" if "audio_spans" in task else "spans"
    if key not in task or task.get("_view_id") == "image_manual" or "image" in task:
        return None
    found: list[LabelPart] = []
    for number, value in enumerate(a_list(task[key], key)):
        one = an_object(value, f"{key}/{number}")
        found.append(span(one.get("start"), one.get("end"), one.get("label"), f"{key}/{number}"))
    return "spans", ordered(found), "spans"


def _boxes(task: Json) -> Said | None:
    if "spans" not in task or ("image" not in task and task.get("_view_id") != "image_manual"):
        return None
    return "boxes", ordered(_shapes(task["spans"])), "boxes"


def _shapes(value: object) -> Iterator[LabelPart]:
    for number, told in enumerate(a_list(value, "spans")):
        place = f"spans/{number}"
        one = an_object(told, place)
        sides = (one.get("x"), one.get("y"), one.get("width"), one.get("height"))
        is_box = one.get("type") in (None, "rect") and None not in sides
        label = one.get("label")
        yield box(sides, label, place) if is_box else polygon(one.get("points"), label, place)


def _written(task: Json) -> Said | None:
    name = maybe_text(task.get("field_id")) or "user_input"
    text = task.get(name)
    return (name, text, "text") if isinstance(text, str) and text else None


_READERS = (_choice, _spans, _boxes, _written)


def _event(task: Json, said: Said, around: Around) -> list[Event]:
    name, label, scale = said
    question = around.question(name, scale)
    if question is None:
        return []
    at = epoch_time(task.get("_timestamp"), "_timestamp")
    key = "_task_hash" if _is_whole(task) else "_input_hash"
    return [
        around.event(
            type="label.submitted" if label is not None else "label.withdrawn",
            item=around.item(task.get(key), key, task, task.get("meta")),
            labeler=_labeler(task, around),
            question=question,
            label=label,
            occurred_at=at,
            revised_at=at,
            content=_content(task),
            detail=_detail(task),
        )
    ]


def _labeler(task: Json, around: Around) -> str:
    for key in ("_annotator_id", "_session_id"):
        name = task.get(key)
        if isinstance(name, str) and name and not _TIME_STAMP.fullmatch(name):
            return around.labeler(name, key)
    return around.labeler(None, "_annotator_id")


def _content(task: Json) -> Mapping[str, object]:
    content: dict[str, object] = {}
    for key in ("text", "html"):
        if isinstance(task.get(key), str):
            content[key] = task[key]
    media = next((task[key] for key in ("image", "audio", "video") if key in task), None)
    if isinstance(media, str) and not media.startswith("data:"):
        content["media_url"] = media
    if isinstance(task.get("meta"), dict):
        content["meta"] = task["meta"]
    return content


def _detail(task: Json) -> dict[str, object]:
    detail: dict[str, object] = {
        name: task[name]
        for name in _KEPT
        if isinstance(task.get(name), str | int) and not isinstance(task.get(name), bool)
    }
    if task["answer"] != "accept":
        detail["answer"] = task["answer"]
    if task["answer"] == "ignore":
        detail["skipped"] = True
    return detail


def _looks_like(look: Look) -> bool:
    return look.has("answer") and look.has_any("_task_hash", "_input_hash", "_view_id")


_RECORDS = Records(naming=Naming("Prodigy export", "task"), parts=_parts)
FORMAT = FileFormat(
    name="prodigy",
    title="Prodigy tasks (JSONL)",
    parser_version="prodigy-tasks/1",
    read=read,
    looks_like=_looks_like,
    known_from="docs",
)
