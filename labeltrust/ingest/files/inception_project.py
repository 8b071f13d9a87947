"""INCEpTION: an exported project (zip or folder), documents as WebAnno TSV 3 or UIMA CAS JSON.

Read are the files `annotation/DOCUMENT/USER.tsv` and `.json`: the folder is the item, the file's
name the labeler. The initial state and curated versions are nobody's label. A file by itself is an
item of that name; `--labeler` must say whose.

Every feature of a layer of spans is a question, `Layer.feature`, or `Layer` without features; the
setting `questions` chooses among them. A document in which somebody marked nothing is no vote: the
file does not say whether it was done. Offsets count UTF-16 units, as INCEpTION does. There are no
times. A row is a document of one labeler.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import PurePosixPath

from labeltrust.domain.errors import InvalidEvent
from labeltrust.domain.events import Event, Piece
from labeltrust.ingest.files._around import Around
from labeltrust.ingest.files._base import FileFormat, Readable, RowSettings
from labeltrust.ingest.files._documents import Documents, Files, read_documents
from labeltrust.ingest.files._inception.cas_json import KEY, read_cas
from labeltrust.ingest.files._inception.tsv import MAGIC, read_tsv
from labeltrust.ingest.files._json_list import Naming
from labeltrust.ingest.files._look import Look
from labeltrust.ingest.files._parts import ordered
from labeltrust.ingest.files._records import Part

FOLDER = "annotation"
_ENDINGS = (".tsv", ".json")
_NOBODY = frozenset({"INITIAL_CAS", "CURATION_USER", "CORRECTION_USER"})
_DEPTH = 3


def read(stream: Readable, settings: RowSettings) -> Iterator[Piece]:
    """Yield the documents of a project, some at a time.

    Raises:
        UnreadableDelivery: No such document, or the only one cannot be read.
    """
    return read_documents(stream, settings, _DOCUMENTS)


def _groups(names: Sequence[str]) -> list[tuple[str, ...]]:
    return [(name,) for name in names if _is_label(PurePosixPath(name))]


def _is_label(path: PurePosixPath) -> bool:
    parts = path.parts[-_DEPTH:]
    is_there = len(parts) == _DEPTH and parts[0] == FOLDER and path.suffix in _ENDINGS
    return is_there and path.stem not in _NOBODY


def _parts(files: Files, around: Around) -> list[Part]:
    ((name, body),) = files.items()
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        detail = f"not UTF-8 at byte {error.start}"
        raise InvalidEvent(detail, code="not_utf8") from None
    if "\0" in text:
        raise InvalidEvent("holds a NUL character", code="not_text")
    document, layers = (read_cas if text.lstrip()[:1] == "{" else read_tsv)(text)
    content = {} if document is None else {"text": document}
    path = PurePosixPath(name)
    return [
        partial(_event, path, question, {"label": ordered(spans), "content": content}, around)
        for question, spans in layers.items()
    ]


def _event(path: PurePosixPath, name: str, told: dict[str, object], around: Around) -> list[Event]:
    question = around.question(name, "spans")
    if question is None:
        return []
    item = path.stem if around.is_alone else path.parent.name
    labeler = around.labeler(None if around.is_alone else path.stem, path.name)
    return [around.event(**(told | {"item": item, "labeler": labeler, "question": question}))]


def _looks_like(look: Look) -> bool:
    is_project = look.holds("exportedproject.json") or any(
        _is_label(PurePosixPath(name)) for name in look.names
    )
    return is_project or look.text.startswith(MAGIC.encode()) or look.has(KEY)


_DOCUMENTS = Documents(
    naming=Naming("INCEpTION project", "document of an annotator"), groups=_groups, parts=_parts
)
FORMAT = FileFormat(
    name="inception",
    title="INCEpTION project (WebAnno TSV 3, UIMA CAS JSON)",
    parser_version="inception-project/1",
    read=read,
    looks_like=_looks_like,
    known_from="source",
)
