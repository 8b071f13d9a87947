"""What Ground Truth calls a label: on a worker's page, and consolidated in a manifest."""

from typing import cast

from labeltrust.domain.errors import InvalidEvent
from labeltrust.domain.events import LabelValue
from labeltrust.ingest._strict_json import shown
from labeltrust.ingest.files._around import Json, a_list, a_text, an_object, maybe_text
from labeltrust.ingest.files._parts import Part, box, ordered, span

METADATA = "-metadata"
Answer = tuple[LabelValue, str | None]
"""A label and its scale."""


def element(value: object, place: str) -> Answer:
    """Return what an element of a worker's page says.

    >>> element({"label": "fraud"}, "verdict")
    ('fraud', 'nominal')
    """
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return value, None
    told = an_object(value, place)
    if isinstance(told.get("label"), str):
        return a_text(told["label"], f"{place}/label"), "nominal"
    if "labels" in told:
        names = [a_text(one, f"{place}/labels") for one in a_list(told["labels"], place)]
        return cast("LabelValue", names), "set"
    if "boundingBoxes" in told:
        return _boxes(told["boundingBoxes"], f"{place}/boundingBoxes", {}), "boxes"
    if "entities" in told:
        return _entities(told["entities"], f"{place}/entities"), "spans"
    detail = f"holds {', '.join(map(shown, list(told)[:5])) or 'nothing'}, no answer that is known"
    raise InvalidEvent(detail, place=place, code="unknown_answer")


def _boxes(value: object, place: str, classes: Json) -> LabelValue:
    found: list[Part] = []
    for number, one in enumerate(a_list(value, place)):
        told = an_object(one, f"{place}/{number}")
        sides = told.get("left"), told.get("top"), told.get("width"), told.get("height")
        name = told.get("label", classes.get(str(told.get("class_id"))))
        found.append(box(sides, name, f"{place}/{number}"))
    return ordered(found)


def _entities(value: object, place: str) -> LabelValue:
    found: list[Part] = []
    for number, one in enumerate(a_list(value, place)):
        told = an_object(one, f"{place}/{number}")
        ends = told.get("startOffset"), told.get("endOffset")
        found.append(span(*ends, told.get("label"), f"{place}/{number}"))
    return ordered(found)


def consolidated(value: object, metadata: Json, name: str) -> Answer:
    """Return the label of a line under an attribute's name, which its metadata explain.

    >>> consolidated(0, {"class-name": "fraud"}, "verdict")
    ('fraud', 'nominal')
    """
    classes = an_object(metadata.get("class-map") or {}, f"{name}{METADATA}/class-map")
    if isinstance(metadata.get("class-name"), str):
        return a_text(metadata["class-name"], "class-name"), "nominal"
    if isinstance(value, list):
        names = [a_text(classes.get(str(one)), f"{name}{METADATA}/class-map") for one in value]
        return cast("LabelValue", names), "set"
    if isinstance(value, dict) and isinstance(value.get("annotations"), list):
        return _boxes(value["annotations"], f"{name}/annotations", classes), "boxes"
    if isinstance(value, dict) and isinstance(value.get("annotations"), dict):
        inside = value["annotations"].get("entities")
        return _entities(inside, f"{name}/annotations/entities"), "spans"
    if isinstance(value, str) and value and not value.startswith("s3://"):
        return value, None
    detail = f"{shown(value)} is no label of a kind that is known"
    raise InvalidEvent(detail, place=name, code="unknown_answer")


def content_of(source: object) -> Json:
    """Return what an object's source shows of it.

    >>> content_of("s3://bucket/a.png")
    {'media_url': 's3://bucket/a.png'}
    """
    text = maybe_text(source)
    if text is None:
        return {}
    return {"media_url" if text.startswith(("s3://", "https://")) else "text": text}
