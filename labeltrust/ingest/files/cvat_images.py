"""CVAT: annotations as "CVAT for images 1.1" (XML, or the zip with `annotations.xml`).

| element | label | question |
| --- | --- | --- |
| `tag` | the class; a list of several | `tags` |
| `attribute` of a `tag` | the value | `CLASS.ATTRIBUTE` |
| `box`, `polygon`, `polyline`, `points` | boxes | `boxes` |

No annotation has an author. The labeler is the assignee of the job or task that the file holds;
without one, `--labeler` must name somebody. An image without annotations is no vote. What was made
by a model (`source="auto"`) is not read. There are no times. Entities and document types are
refused. A row is an image.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import cast
from xml.etree.ElementTree import Element, ParseError, tostring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from labeltrust.domain.errors import InvalidEvent, UnreadableDelivery
from labeltrust.domain.events import Event, LabelValue, Piece
from labeltrust.ingest._strict_json import shown
from labeltrust.ingest.files._around import Around, Json, maybe_text
from labeltrust.ingest.files._base import FileFormat, Readable, RowSettings
from labeltrust.ingest.files._look import Look
from labeltrust.ingest.files._members import Members, packed
from labeltrust.ingest.files._parts import Part as LabelPart
from labeltrust.ingest.files._parts import box, ordered, polygon
from labeltrust.ingest.files._records import Part, parsed_of, placed
from labeltrust.ingest.files._zip import members_of

_ROOT, _IMAGE, _TRACK = "annotations", "image", "track"
_BY_MODEL = "auto"
_CORNERS = ("xtl", "ytl", "xbr", "ybr")
_DEPTH = 2  # of an image
_MAX_DEPTH = 16
MAX_ELEMENTS = 100_000  # in one image, or in what stands before the first
Answer = tuple[str, LabelValue, str | None]


def read(stream: Readable, settings: RowSettings) -> Iterator[Piece]:
    """Yield the images of an export piece by piece.

    Raises:
        UnreadableDelivery: No such XML, broken from here on, or with entities.
    """
    members = members_of(stream, settings)
    around = Around.of(settings, members)
    names = members.names if members.is_alone else tuple(members.ending(".xml"))
    if not names:
        raise UnreadableDelivery("no CVAT export: no file ends in .xml", code="empty")
    for name in names:
        yield from _pieces(members, name, around.inside(name))


def _pieces(members: Members, name: str, around: Around) -> Iterator[Piece]:
    place = "" if members.is_alone else name
    export = _Export()
    images = _images(members.open(name), export)
    first_row = 1
    while piece := list(islice(images, around.settings.rows_per_piece)):
        body = _written(export, piece)
        parsed = parsed_of([_told(image) for image in piece], around, export.parts)
        labeler = around.settings.labeler
        is_plain = members.is_alone and labeler is None
        raw = body if is_plain else packed({name: body}, labeler, is_alone=members.is_alone)
        yield Piece(raw=raw, parsed=placed(parsed, place), first_row=first_row)
        first_row += len(piece)
    if first_row == 1 and export.n_tracks:
        detail = "holds tracks of a video; export as 'CVAT for images 1.1'"
        raise UnreadableDelivery(detail, place=place, code="no_images")


@dataclass(slots=True)
class _Export:
    """What stands before the images."""

    meta: Element | None = None
    n_tracks: int = 0

    def assignee(self, task: str | None) -> str | None:
        """Return whose job or task it is; of a project's tasks, the one that an image names."""
        if self.meta is None:
            return None
        for path in ("job", "task"):
            found = self.meta.findtext(f"{path}/assignee/username")
            if found and found.strip():
                return found.strip()
        for one in self.meta.iterfind("project/tasks/task"):
            if task is not None and one.findtext("id") == task:
                return (one.findtext("assignee/username") or "").strip() or None
        return None

    def parts(self, image: Json, around: Around) -> list[Part]:
        """Return the one part of an image."""
        return [partial(self._events, image, around)]

    def _events(self, image: Json, around: Around) -> list[Event]:
        name = _attribute(image, "name")
        who = self.assignee(maybe_text(image.get("task_id")))
        events = []
        for asked, label, scale in _answers(image):
            question = around.question(asked, scale)
            if question is not None:
                events.append(
                    around.event(
                        item=around.item(name, "image/name", image),
                        labeler=around.labeler(who, "assignee"),
                        question=question,
                        label=label,
                        content={"filename": name},
                    )
                )
        return events


def _told(element: Element) -> Json:
    """Return an element as plain values: its attributes, and under `#` kind, text and children."""
    inside = [_told(one) for one in element]
    return {**element.attrib, "#kind": element.tag, "#text": element.text, "#": inside}


def _images(stream: Readable, export: _Export) -> Iterator[Element]:
    path: list[Element] = []
    n_inside = 0
    try:
        for event, element in iterparse(stream, ("start", "end"), forbid_dtd=True):
            if event == "start":
                path.append(element)
                n_inside = n_inside + 1 if len(path) > _DEPTH else 0
                _check(element, len(path), n_inside)
                continue
            path.pop()
            if len(path) != 1:
                continue
            if element.tag == "meta":
                export.meta = element
            export.n_tracks += element.tag == _TRACK
            if element.tag == _IMAGE:
                yield element
            path[0].clear()  # what was handed over is held by who took it
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise UnreadableDelivery(f"no CVAT export: {_reason(error)}", code="bad_xml") from None


def _check(element: Element, depth: int, n_inside: int) -> None:
    if depth == 1 and element.tag != _ROOT:
        raise UnreadableDelivery(
            f"no CVAT export: the root is {shown(element.tag)}, not {_ROOT!r}", code="bad_xml"
        )
    if n_inside > MAX_ELEMENTS or depth > _MAX_DEPTH:
        detail = f"more than {MAX_ELEMENTS} elements in one, or {_MAX_DEPTH} in each other"
        raise UnreadableDelivery(detail, code="bad_xml")


def _reason(error: Exception) -> str:
    if isinstance(error, DefusedXmlException):
        return "it declares entities or a document type, which no export does"
    text = " ".join(str(error).split())[:200]
    return text if text.isprintable() else repr(text)


def _written(export: _Export, images: list[Element]) -> bytes:
    """Return some images as a file of their own."""
    parts = [] if export.meta is None else [tostring(export.meta)]
    parts += [tostring(image) for image in images]
    return b"<annotations>" + b"".join(parts) + b"</annotations>"


def _answers(image: Json) -> Iterator[Answer]:
    made = [one for one in _inside(image) if one.get("source") != _BY_MODEL]
    tags = [one for one in made if one["#kind"] == "tag"]
    for tag in tags:
        yield from _attributes(tag)
    names = sorted(_attribute(tag, "label") for tag in tags)
    if names:
        yield ("tags", names[0], None) if len(names) == 1 else ("tags", [*names], "set")
    shapes = [shape for one in made if (shape := _shape(one)) is not None]
    if shapes:
        yield "boxes", ordered(shapes), "boxes"


def _attributes(tag: Json) -> Iterator[Answer]:
    for one in _inside(tag):
        text = maybe_text(one["#text"])
        if one["#kind"] == "attribute" and text is not None:
            yield f"{_attribute(tag, 'label')}.{_attribute(one, 'name')}", text, "nominal"


def _inside(element: Json) -> list[Json]:
    return cast("list[Json]", element["#"])


def _shape(element: Json) -> LabelPart | None:
    kind, label = cast("str", element["#kind"]), element.get("label")
    if kind == "box":
        x1, y1, x2, y2 = (_number(element.get(side), f"box/{side}") for side in _CORNERS)
        return box((x1, y1, x2 - x1, y2 - y1), label, kind)
    if kind in {"polygon", "polyline", "points"}:
        text = maybe_text(element.get("points")) or ""
        numbers = [[_number(x, f"{kind}/points") for x in p.split(",")] for p in text.split(";")]
        return polygon(numbers, label, kind)
    return None


def _number(text: object, place: str) -> float:
    try:
        number = float(text) if isinstance(text, str) else math.nan
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise InvalidEvent(f"{shown(text)} is no number", place=place, code="wrong_type")
    return number


def _attribute(element: Json, name: str) -> str:
    value = maybe_text(element.get(name))
    if value is None:
        place = f"{element['#kind']}/{name}"
        raise InvalidEvent("required, but missing", place=place, code="missing_field")
    return value


def _looks_like(look: Look) -> bool:
    is_xml = look.text.startswith((b"<?xml", b"<annotations"))
    return is_xml and b"<annotations" in look.head


FORMAT = FileFormat(
    name="cvat",
    title="CVAT for images 1.1 (XML)",
    parser_version="cvat-images/1",
    read=read,
    looks_like=_looks_like,
    known_from="source",
)
