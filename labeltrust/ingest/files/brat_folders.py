"""brat: `NAME.ann` beside `NAME.txt`, one folder for each annotator, as a folder or zip.

The file names no labeler and no time: the first folder is the annotator, the rest of the path the
item. A folder of folders of annotators cannot be told from one annotator's collections and is
refused: import the folder that holds the annotators, or name one person by `--labeler`; then the
whole path is the item.

The label is the list of spans (`T` lines), a broken span as its fragments. Relations, events,
attributes and notes are not read. An empty file is no vote: brat makes one for every text that was
opened. One broken line and the document is no label. A row is a document.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import PurePosixPath

from labeltrust.domain.errors import InvalidEvent, UnreadableDelivery
from labeltrust.domain.events import Event, Piece
from labeltrust.ingest._strict_json import shown
from labeltrust.ingest.files._around import Around
from labeltrust.ingest.files._base import FileFormat, Readable, RowSettings
from labeltrust.ingest.files._documents import Documents, Files, read_documents
from labeltrust.ingest.files._json_list import Naming
from labeltrust.ingest.files._look import Look
from labeltrust.ingest.files._parts import Part as LabelPart
from labeltrust.ingest.files._parts import ordered, span
from labeltrust.ingest.files._records import Part

_ANN, _TXT = ".ann", ".txt"
_OTHERS = ("R", "E", "A", "M", "N", "#", "*")


def read(stream: Readable, settings: RowSettings) -> Iterator[Piece]:
    r"""Yield the documents of a folder, some at a time.

    Raises:
        UnreadableDelivery: No `.ann` file, or folders of which it cannot be told who labeled.

    >>> import io
    >>> file = io.BytesIO(b"T1\tFraud 0 4\tcard")
    >>> settings = RowSettings(project="p", file="doc1.ann", labeler="alice")
    >>> next(read(file, settings)).parsed.events[0].label
    [{'start': 0, 'end': 4, 'label': 'Fraud'}]
    """
    return read_documents(stream, settings, _DOCUMENTS)


def _groups(names: Sequence[str]) -> list[tuple[str, ...]]:
    there = set(names)
    found: list[tuple[str, ...]] = []
    for name in names:
        if name.endswith(_ANN):
            text = name.removesuffix(_ANN) + _TXT
            found.append((name, text) if text in there else (name,))
    return found


def _check(names: Sequence[str], around: Around) -> None:
    paths = [PurePosixPath(name).parts for name in names]
    tops, inner = {path[0] for path in paths}, {path[1:-1][:1] for path in paths}
    is_wrapped = len(tops) == 1 and len(inner) > 1 and () not in inner
    if around.settings.labeler is None and is_wrapped:
        detail = (
            f"all lies in {next(iter(tops))!r}, which may be an annotator or a folder of them; "
            "import the folder that holds the annotators, or name the labeler by --labeler"
        )
        raise UnreadableDelivery(detail, code="no_labeler")


def _parts(files: Files, around: Around) -> list[Part]:
    return [partial(_events, files, around)]


def _events(files: Files, around: Around) -> list[Event]:
    (name, ann), *rest = files.items()
    text = None if not rest else _decoded(rest[0][1], rest[0][0])
    spans = [one for part in _spans(_decoded(ann, name), text) for one in part]
    question = around.question(None, "spans")
    if not spans or question is None:
        return []
    path = PurePosixPath(name.removesuffix(_ANN))
    folder = path.parts[0] if len(path.parts) > 1 else None
    by_folder = around.settings.labeler is None and folder is not None
    return [
        around.event(
            item=str(PurePosixPath(*path.parts[1:])) if by_folder else str(path),
            labeler=around.labeler(folder if by_folder else None, "folder"),
            question=question,
            label=ordered(spans),
            content={} if text is None else {"text": text},
        )
    ]


def _spans(text: str, document: str | None) -> Iterator[list[LabelPart]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip() or line.startswith(_OTHERS):
            continue
        place = f"line {number}"
        if not line.startswith("T"):
            detail = f"begins with {shown(line[:20])}, which is no kind of annotation"
            raise InvalidEvent(detail, place=place, code="bad_line")
        yield _fragments(line, place, document)


def _fragments(line: str, place: str, document: str | None) -> list[LabelPart]:
    columns = line.rstrip("\r").split("\t")
    kind, _, places = columns[1].partition(" ") if len(columns) > 1 else ("", "", "")
    found = []
    for fragment in places.split(";"):
        start, _, end = fragment.partition(" ")
        if not kind or not (start.isdecimal() and end.isdecimal() and len(start + end) < 20):  # noqa: PLR2004 - numbers that can be places
            detail = f"{shown(line)} is no span like 'T1, tab, Type 0 4, tab, text'"
            raise InvalidEvent(detail, place=place, code="bad_line")
        if document is not None and int(end) > len(document):
            detail = f"ends at {end} where the text has {len(document)} characters"
            raise InvalidEvent(detail, place=place, code="bad_span")
        found.append(span(int(start), int(end), kind, place))
    return found


def _decoded(body: bytes, name: str) -> str:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        detail = f"not UTF-8 at byte {error.start}"
        raise InvalidEvent(detail, place=name, code="not_utf8") from None
    if "\0" in text:
        raise InvalidEvent("holds a NUL character", place=name, code="not_text")
    return text


def _looks_like(look: Look) -> bool:
    return look.holds(_ANN) or look.head.startswith(b"T1\t")


_DOCUMENTS = Documents(
    naming=Naming("brat folder", "document"), groups=_groups, parts=_parts, check=_check
)
FORMAT = FileFormat(
    name="brat",
    title="brat standoff (.ann and .txt)",
    parser_version="brat-folders/1",
    read=read,
    looks_like=_looks_like,
    known_from="source",
)
