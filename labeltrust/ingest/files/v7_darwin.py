"""V7: Darwin JSON 2.0, one file for each item in a zip or folder.

| annotation | label | question |
| --- | --- | --- |
| `tag` | the class; a list of several | `tags` |
| `polygon`, `bounding_box`, `line` | polygons and boxes | `regions` |
| `text` | the texts, joined by line ends | `text` |

An annotation is the label of the one whom `annotators` names. Where it names several, the file
does not say whose label it is: such an annotation is a problem, unless `--labeler` says. What one
person drew on an item is one label. Items are the platform's ids, or path and name where a file
holds none (`item_key` chooses `name`). There are no times. Other shapes and frames of videos are
not read. A row is an item.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from labeltrust.domain.errors import InvalidEvent
from labeltrust.domain.events import Event, LabelValue, Piece
from labeltrust.ingest._strict_json import check, read_json
from labeltrust.ingest.files._around import Around, Json, a_list, a_text, an_object, maybe_text
from labeltrust.ingest.files._base import FileFormat, Readable, RowSettings
from labeltrust.ingest.files._documents import Documents, Files, read_documents
from labeltrust.ingest.files._json_list import Naming
from labeltrust.ingest.files._look import Look
from labeltrust.ingest.files._parts import Part as LabelPart
from labeltrust.ingest.files._parts import box, ordered, polygon
from labeltrust.ingest.files._records import Part

Answer = tuple[LabelValue, str | None]


def read(stream: Readable, settings: RowSettings) -> Iterator[Piece]:
    """Yield the items of an export, some at a time.

    Raises:
        UnreadableDelivery: No file of an item, or the only one cannot be read.
    """
    return read_documents(stream, settings, _DOCUMENTS)


def _groups(names: Sequence[str]) -> list[tuple[str, ...]]:
    return [(name,) for name in names if name.endswith(".json") and ".v7/" not in name]


def _parts(files: Files, around: Around) -> list[Part]:
    (body,) = files.values()
    value = read_json(body)
    check(value)
    told = an_object(value, "item")
    item = an_object(told.get("item"), "item")
    made = a_list(told.get("annotations"), "annotations")
    drawn = [an_object(one, f"annotations/{n}") for n, one in enumerate(made)]
    return [
        *(partial(_refused, n) for n, one in enumerate(drawn) if _n_people(one, around) > 1),
        partial(_events, item, [one for one in drawn if _n_people(one, around) <= 1], around),
    ]


def _n_people(annotation: Json, around: Around) -> int:
    if around.settings.labeler is not None:
        return 0
    return len(a_list(annotation.get("annotators"), "annotators"))


def _refused(number: int) -> list[Event]:
    detail = "names several annotators and does not say whose label it is; --labeler would"
    raise InvalidEvent(detail, place=f"annotations/{number}", code="several_labelers")


def _events(item: Json, drawn: list[Json], around: Around) -> list[Event]:
    by_labeler: dict[str, list[Json]] = {}
    for annotation in drawn:
        by_labeler.setdefault(_labeler(annotation, around), []).append(annotation)
    base = _base(item, around)
    events = []
    for who, some in by_labeler.items():
        for name, (label, scale) in _answers(some).items():
            question = around.question(name, scale)
            if question is not None:
                told = {"labeler": who, "question": question, "label": label}
                events.append(around.event(**(base | told)))
    return events


def _labeler(annotation: Json, around: Around) -> str:
    people = a_list(annotation.get("annotators"), "annotators")
    if around.settings.labeler is not None or not people:
        return around.labeler(None, "annotators")
    return around.labeler(an_object(people[0], "annotators/0").get("email"), "annotators/0/email")


def _base(item: Json, around: Around) -> dict[str, object]:
    name = a_text(item.get("name"), "item/name")
    folder = maybe_text(item.get("path")) or "/"
    source = item.get("source_info")
    path = f"{folder.strip('/')}/{name}".lstrip("/")
    slots = [an_object(one, "item/slots") for one in a_list(item.get("slots"), "item/slots")]
    files = [an_object(f, "source_files") for s in slots for f in _files(s)]
    media = next((url for f in files if (url := maybe_text(f.get("url")))), None)
    number = source.get("item_id") if isinstance(source, dict) else None
    return {
        "item": around.item(path if number is None else number, "item/name", item, source),
        "content": {} if media is None else {"media_url": media.partition("?")[0]},
    }


def _files(slot: Json) -> list[object]:
    return a_list(slot.get("source_files"), "item/slots/source_files")


def _answers(drawn: list[Json]) -> Mapping[str, Answer]:
    tags = sorted(a_text(one.get("name"), "name") for one in drawn if "tag" in one)
    shapes = [shape for one in drawn if (shape := _shape(one)) is not None]
    found: dict[str, Answer] = {}
    texts = [_text(one["text"]) for one in drawn if one.get("text") is not None]
    if texts:
        found["text"] = "\n".join(texts), "text"
    if tags:
        found["tags"] = (tags[0], None) if len(tags) == 1 else ([*tags], "set")
    if shapes:
        found["regions"] = ordered(shapes), "boxes"
    return found


def _text(value: object) -> str:
    return a_text(an_object(value, "text").get("text"), "text")


def _shape(one: Json) -> LabelPart | None:
    name = one.get("name")
    if "polygon" in one:
        paths = a_list(an_object(one["polygon"], "polygon").get("paths"), "polygon/paths")
        return polygon([p for path in paths for p in a_list(path, "paths")], name, "polygon")
    if "bounding_box" in one:
        told = an_object(one["bounding_box"], "bounding_box")
        return box((told.get("x"), told.get("y"), told.get("w"), told.get("h")), name, "box")
    if "line" in one:
        return polygon(an_object(one["line"], "line").get("path"), name, "line")
    return None


def _looks_like(look: Look) -> bool:
    return (
        look.begin == "{"
        and look.has("item", "annotations")
        and look.has_any("slots", "schema_ref")
    )


_DOCUMENTS = Documents(
    naming=Naming("Darwin JSON export", "item"), groups=_groups, parts=_parts, by_file=False
)
FORMAT = FileFormat(
    name="v7",
    title="V7 Darwin JSON 2.0",
    parser_version="v7-darwin/1",
    read=read,
    looks_like=_looks_like,
    known_from="docs",
)
