"""JSON Lines: one generic event a line, or a row with the columns of a CSV table.

What a line leaves out is taken from the import: the type is `label.submitted` (or
`gold.declared`), the project is the import's, the id is derived. `created_at`, `event_id` and
`item_text` are other names of `occurred_at`, `id` and `content.text`.
"""

from collections.abc import Iterator
from itertools import islice

import msgspec
from msgspec import UNSET, UnsetType

from labeltrust.domain.errors import InvalidEvent
from labeltrust.domain.events import Event, Parsed, Piece
from labeltrust.ingest._base import collect
from labeltrust.ingest._fast_json import FAST_DEPTH, FastKey, decode_fast, nested
from labeltrust.ingest._generic_event import Id, ListT, ObjectT, Wire, read_wire, to_event
from labeltrust.ingest._strict_json import read_json
from labeltrust.ingest.files._base import FileFormat, Readable, RowSettings
from labeltrust.ingest.files._lines import blocks


class Line(Wire[ListT, ObjectT], kw_only=True, forbid_unknown_fields=True):
    """A generic event, or a row by the names of a table."""

    created_at: str | UnsetType | None = UNSET
    event_id: Id | UnsetType | None = UNSET
    item_text: str | UnsetType | None = UNSET


class ExactLine(Line[list[object], dict[str, object]], kw_only=True, forbid_unknown_fields=True):
    """The fields of a line that the exact reader has checked."""


def read(stream: Readable, settings: RowSettings) -> Iterator[Piece]:
    """Yield the lines of a JSONL file piece by piece.

    Raises:
        UnreadableDelivery: UTF-16, or a line without end.

    >>> import io
    >>> file = io.BytesIO(b'{"item": "txn-9", "labeler": "alice", "label": "benign"}')
    >>> next(read(file, RowSettings(project="fraud"))).parsed.events[0].labeler
    'alice'
    """
    lines = (line for block in blocks(stream) for line in block.split(b"\n")[: _n_lines(block)])
    first_row = 1
    while piece := list(islice(lines, settings.rows_per_piece)):
        raw = b"\n".join([*piece, b""])
        yield Piece(raw=raw, parsed=_parsed(raw, piece, settings), first_row=first_row)
        first_row += len(piece)


def _n_lines(block: bytes) -> int:
    """Return the number of lines: behind the last line end of a block there is none."""
    return block.count(b"\n") + (not block.endswith(b"\n"))


def _parsed(raw: bytes, lines: list[bytes], settings: RowSettings) -> Parsed:
    told = [position for position, line in enumerate(lines) if line.strip()]
    wires = decode_fast(_FAST.decode_lines, raw)
    if wires is not None and len(wires) == len(told):
        return collect(lambda wire: _event(wire, settings), told, wires)
    return collect(lambda at: _read_line(lines[at], settings), told, told)


def _read_line(line: bytes, settings: RowSettings) -> Event:
    return _event(read_wire(read_json(line), ExactLine), settings)


def _event(line: Line[ListT, ObjectT], settings: RowSettings) -> Event:
    if line.project and line.project != settings.project:
        detail = f"{line.project!r} is not {settings.project!r}, into which this file is imported"
        raise InvalidEvent(detail, place="project", code="wrong_project")
    line.project = settings.project
    line.type = line.type or ("gold.declared" if settings.gold else "label.submitted")
    line.id = line.id or line.event_id
    line.occurred_at = line.occurred_at or line.created_at
    line.question = line.question or settings.question
    line.labeler_kind = line.labeler_kind or settings.labeler_kind
    if line.item_text:
        line.content = {"text": line.item_text, **(line.content or {})}  # type: ignore[assignment,dict-item] # an object
    return to_event(line, need_id=False)


_INNER = nested(FAST_DEPTH)
_FAST = msgspec.json.Decoder(Line[list[_INNER], dict[FastKey, _INNER]])  # type: ignore[valid-type] # a type made at run time

FORMAT = FileFormat(name="jsonl", title="JSON Lines", parser_version="jsonl/1", read=read)
