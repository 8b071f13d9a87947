"""Kili: the raw export, a JSON list of assets with all their labels (or one file for each asset).

| in a job of `jsonResponse` | label | question |
| --- | --- | --- |
| `categories` | the name; a list of several | the job |
| `text` | the text | the job |
| `annotations` with offsets | spans | the job |
| `annotations` with a polygon | polygons | the job |

`DEFAULT` and `REVIEW` are labels of people, `PREDICTION` and `INFERENCE` of the model they name
(of nobody where they name none), `AUTOSAVE` is a draft. A label that was skipped withdraws the
answers. Labelers are e-mail addresses, or account ids with the setting `labeler_key` `id`; items
are asset ids, external ids with `item_key` `externalId`: as in the webhook. Frames of videos,
relations and transcriptions inside annotations are not read. A row is an asset.
"""

from collections.abc import Iterator
from functools import partial

from labeltrust.domain.errors import InvalidEvent
from labeltrust.domain.events import Event, LabelValue, Piece
from labeltrust.ingest._fields import duration
from labeltrust.ingest._regions import one_or_list
from labeltrust.ingest._strict_json import shown
from labeltrust.ingest.files._around import (
    Around,
    Json,
    a_list,
    a_number,
    a_text,
    an_object,
    maybe_text,
    maybe_time,
)
from labeltrust.ingest.files._base import FileFormat, Readable, RowSettings
from labeltrust.ingest.files._json_list import Naming
from labeltrust.ingest.files._look import Look
from labeltrust.ingest.files._parts import Part as LabelPart
from labeltrust.ingest.files._parts import ordered, polygon, span
from labeltrust.ingest.files._records import Part, Records, read_records

_PEOPLE = frozenset({"DEFAULT", "REVIEW"})
_MODELS = frozenset({"PREDICTION", "INFERENCE"})
Answer = tuple[LabelValue, str | None]


def read(stream: Readable, settings: RowSettings) -> Iterator[Piece]:
    """Yield the assets of an export piece by piece.

    Raises:
        UnreadableDelivery: Empty, UTF-16, or a broken list.
    """
    return read_records(stream, settings, _RECORDS)


def _parts(asset: Json, around: Around) -> list[Part]:
    if "labels" not in asset and "latestLabel" not in asset:
        detail = "no asset of a raw export: has neither labels nor latestLabel"
        raise InvalidEvent(detail, code="not_an_asset")
    labels = a_list(asset.get("labels"), "labels")
    latest = asset.get("latestLabel")
    told = labels or ([latest] if latest else [])
    return [partial(_events, one, asset, f"labels/{n}", around) for n, one in enumerate(told)]


def _events(value: object, asset: Json, place: str, around: Around) -> list[Event]:
    label = an_object(value, place)
    told = label.get("labelType", "DEFAULT")
    kind = maybe_text(told)
    if kind == "AUTOSAVE" or (kind in _MODELS and not maybe_text(label.get("modelName"))):
        return []
    if kind not in _PEOPLE | _MODELS:
        raise InvalidEvent(f"unknown labelType {shown(told)}", place=place, code="unknown_label")
    base = _base(label, asset, place, around)
    is_skipped = label.get("skipped") is True
    found = _answers(label.get("jsonResponse"), f"{place}/jsonResponse")
    events = []
    for job in dict.fromkeys([*around.questions, *found] if is_skipped else found):
        answer, scale = found.get(job, (None, None))
        question = around.question(job, scale)
        if question is not None:
            said = {"question": question, "label": None if is_skipped else answer}
            what = {"type": "label.withdrawn" if is_skipped else "label.submitted"}
            events.append(around.event(**(base | said | what)))
    return events


def _base(label: Json, asset: Json, place: str, around: Around) -> dict[str, object]:
    seconds = label.get("secondsToLabel")
    at = maybe_time(label.get("createdAt"), f"{place}/createdAt")
    text = asset.get("content")
    is_address = isinstance(text, str) and text.startswith(("http://", "https://"))
    own = asset.get("id") if asset.get("id") is not None else asset.get("externalId")
    return _who(label, place, around) | {
        "item": around.item(own, "id", asset, asset.get("jsonMetadata")),
        "annotation_id": maybe_text(label.get("id")),
        "occurred_at": at,
        "revised_at": at,
        "duration_seconds": None if seconds is None else duration(seconds, "secondsToLabel"),
        "content": {"media_url" if is_address else "text": text} if maybe_text(text) else {},
        "detail": {"skipped": True} if label.get("skipped") is True else {},
    }


def _who(label: Json, place: str, around: Around) -> dict[str, object]:
    if maybe_text(label.get("labelType")) in _MODELS:
        return {"labeler": f"model:{label['modelName']}", "labeler_kind": "model"}
    author = an_object(label.get("author") or {}, f"{place}/author")
    key = "id" if around.settings.config.get("labeler_key") == "id" else "email"
    return {"labeler": around.labeler(author.get(key), f"{place}/author/{key}")}


def _answers(value: object, place: str) -> dict[str, Answer]:
    found: dict[str, Answer] = {}
    for job, told in an_object(value or {}, place).items():
        if job.isdecimal():
            continue  # a frame of a video
        answer = _answer(an_object(told, f"{place}/{job}"), f"{place}/{job}")
        if answer is not None:
            found[job] = answer
    return found


def _answer(job: Json, place: str) -> Answer | None:
    if job.get("annotations") is not None:
        return _annotations(a_list(job["annotations"], f"{place}/annotations"), place)
    names = _categories(job, place)
    if names:
        return one_or_list(names), "set" if len(names) > 1 else None
    if maybe_text(job.get("text")):
        return a_text(job["text"], f"{place}/text"), "text"
    return None


def _categories(told: Json, place: str) -> list[str]:
    some = a_list(told.get("categories"), f"{place}/categories")
    return [a_text(an_object(one, place).get("name"), f"{place}/categories") for one in some]


def _annotations(values: list[object], place: str) -> Answer | None:
    parts = [
        part
        for number, value in enumerate(values)
        for part in _part(an_object(value, place), f"{place}/annotations/{number}")
    ]
    if not parts:
        return None
    return ordered(parts), "spans" if "start" in parts[0] else "boxes"


def _part(one: Json, place: str) -> list[LabelPart]:
    names: LabelPart = {"labels": _categories(one, place)}
    if "beginOffset" in one:
        return [_unnamed(span(one["beginOffset"], _end(one, place), None, place)) | names]
    rings = a_list(one.get("boundingPoly"), f"{place}/boundingPoly")
    if not rings:
        return []
    corners = an_object(rings[0], place).get("normalizedVertices")
    return [_unnamed(polygon(corners, None, place)) | names]


def _unnamed(part: LabelPart) -> LabelPart:
    return {name: value for name, value in part.items() if name != "label"}


def _end(one: Json, place: str) -> int | float:
    if "endOffset" in one:
        return a_number(one["endOffset"], f"{place}/endOffset")
    begin = a_number(one["beginOffset"], f"{place}/beginOffset")
    return begin + len(a_text(one.get("content"), f"{place}/content"))


def _looks_like(look: Look) -> bool:
    return look.has("jsonResponse") and look.has_any("labels", "latestLabel")


_RECORDS = Records(naming=Naming("Kili export", "asset"), parts=_parts, endings=(".json",))
FORMAT = FileFormat(
    name="kili",
    title="Kili raw export (JSON)",
    parser_version="kili-export/1",
    read=read,
    looks_like=_looks_like,
    known_from="source",
)
