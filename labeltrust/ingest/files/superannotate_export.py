"""SuperAnnotate: the JSON export, one file for each item in a zip or folder.

| part | label | question |
| --- | --- | --- |
| `tags` | the name; a list of several | `tags` |
| `instances` of type `tag` | their classes, like tags | `tags` |
| attributes of a `tag` | the name; a list of several | `CLASS.GROUP` |
| `instances` of type `entity` | spans | `entities` |
| other instances with points | boxes | `objects` |

An instance is the label of whom it names as its last editor (else its maker); what one person said
of an item is one label. Tags without an author are the annotator's whom the metadata name. What
was made by a model or by an upload, and edited by nobody, is not read. A row is an item.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial

from labeltrust.domain.events import Event, LabelValue, Piece
from labeltrust.ingest._strict_json import check, read_json
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
from labeltrust.ingest.files._documents import Documents, Files, read_documents
from labeltrust.ingest.files._json_list import Naming
from labeltrust.ingest.files._look import Look
from labeltrust.ingest.files._parts import Part as LabelPart
from labeltrust.ingest.files._parts import box, ordered, pairs, polygon, span
from labeltrust.ingest.files._records import Part

_SIDES = ("x1", "y1", "x2", "y2")


def read(stream: Readable, settings: RowSettings) -> Iterator[Piece]:
    """Yield the items of an export, some at a time.

    Raises:
        UnreadableDelivery: No file of an item, or the only one cannot be read.
    """
    return read_documents(stream, settings, _DOCUMENTS)


def _groups(names: Sequence[str]) -> list[tuple[str, ...]]:
    inside = [name for name in names if name.endswith(".json") and "classes/" not in name]
    return [(name,) for name in inside if not name.endswith(("config.json", "classes.json"))]


def _parts(files: Files, around: Around) -> list[Part]:
    (body,) = files.values()
    value = read_json(body)
    check(value)
    values = value if isinstance(value, list) else [value]
    return [partial(_events, one, around) for one in values]


def _events(value: object, around: Around) -> list[Event]:
    told = an_object(value, "item")
    metadata = an_object(told.get("metadata"), "metadata")
    made = [
        an_object(one, f"instances/{n}")
        for n, one in enumerate(a_list(told.get("instances"), "instances"))
    ]
    by_hand = [one for one in made if _is_by_hand(one)]
    item = around.item(metadata.get("name"), "metadata/name", metadata)
    content = {"media_url": metadata["url"]} if maybe_text(metadata.get("url")) else {}
    base: dict[str, object] = {"item": item, "content": content}
    return [*_tags(told, metadata, by_hand, base, around), *_instances(by_hand, base, around)]


def _is_by_hand(instance: Json) -> bool:
    kind = instance.get("creationType", "Manual")
    return kind == "Manual" or instance.get("updatedBy") not in (None, instance.get("createdBy"))


def _tags(
    told: Json, metadata: Json, made: list[Json], base: dict[str, object], around: Around
) -> Iterator[Event]:
    plain = [a_text(tag, "tags") for tag in a_list(told.get("tags"), "tags")]
    if plain:
        who = around.labeler(metadata.get("annotatorEmail"), "metadata/annotatorEmail")
        yield from _said("tags", _some(plain), who, None, base, around)
    for who, some in _by_labeler([one for one in made if _is_tag(one)], around).items():
        found: dict[str, list[str]] = {"tags": []}
        for tag in some:
            name = a_text(tag.get("className"), "className")
            found["tags"].append(name)
            for value in a_list(tag.get("attributes"), "attributes"):
                attribute = an_object(value, "attributes")
                group = a_text(attribute.get("groupName"), "attributes/groupName")
                answer = a_text(attribute.get("name"), "attributes/name")
                found.setdefault(f"{name}.{group}", []).append(answer)
        for question, names in found.items():
            yield from _said(question, _some(names), who, _last(some), base, around)


def _instances(made: list[Json], base: dict[str, object], around: Around) -> Iterator[Event]:
    drawn = [one for one in made if not _is_tag(one)]
    for who, some in _by_labeler(drawn, around).items():
        spans = [_span(one) for one in some if one.get("type") == "entity"]
        shapes = [shape for one in some if (shape := _shape(one)) is not None]
        at = _last(some)
        if spans:
            yield from _said("entities", (ordered(spans), "spans"), who, at, base, around)
        if shapes:
            yield from _said("objects", (ordered(shapes), "boxes"), who, at, base, around)


def _said(
    name: str,
    answer: tuple[LabelValue, str | None],
    who: str,
    at: datetime | None,
    base: dict[str, object],
    around: Around,
) -> Iterator[Event]:
    label, scale = answer
    question = around.question(name, scale)
    if question is not None:
        told = {"labeler": who, "question": question, "label": label}
        yield around.event(**(base | told | {"occurred_at": at, "revised_at": at}))


def _by_labeler(made: list[Json], around: Around) -> dict[str, list[Json]]:
    found: dict[str, list[Json]] = {}
    for one in made:
        person = an_object(one.get("updatedBy") or one.get("createdBy") or {}, "createdBy")
        who = around.labeler(person.get("email"), "createdBy/email")
        found.setdefault(who, []).append(one)
    return found


def _last(made: list[Json]) -> datetime | None:
    times = [maybe_time(o.get("updatedAt") or o.get("createdAt"), "updatedAt") for o in made]
    return max((time for time in times if time is not None), default=None)


def _is_tag(instance: Json) -> bool:
    return instance.get("type") == "tag"


def _some(names: list[str]) -> tuple[LabelValue, str | None]:
    return (names[0], None) if len(names) == 1 else ([*sorted(names)], "set")


def _span(one: Json) -> LabelPart:
    return span(one.get("start"), one.get("end"), one.get("className"), "entity")


def _shape(one: Json) -> LabelPart | None:
    points, name = one.get("points"), one.get("className")
    if isinstance(points, dict) and all(side in points for side in _SIDES):
        x1, y1, x2, y2 = (a_number(points[side], f"points/{side}") for side in _SIDES)
        return box((x1, y1, x2 - x1, y2 - y1), name, "points")
    if isinstance(points, list) and points:
        return polygon(pairs(points, "points"), name, "points")
    if {"x", "y"} <= one.keys():
        return polygon([one], name, "point")
    return None


def _looks_like(look: Look) -> bool:
    return look.has("metadata", "instances")


_DOCUMENTS = Documents(
    naming=Naming("SuperAnnotate export", "item"), groups=_groups, parts=_parts, by_file=False
)
FORMAT = FileFormat(
    name="superannotate",
    title="SuperAnnotate export (JSON)",
    parser_version="superannotate-export/1",
    read=read,
    looks_like=_looks_like,
    known_from="source",
)
