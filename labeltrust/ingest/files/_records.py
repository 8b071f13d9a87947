"""Exports of many records: JSON Lines or a JSON list, plain, in a zip or in a folder.

A row is a record. A broken line, or a record that is not what it should be, becomes a problem and
spoils no other; a JSON list that is broken ends there.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from labeltrust.domain.errors import InvalidEvent, InvalidInput, UnreadableDelivery
from labeltrust.domain.events import Event, Parsed, Piece, Problem
from labeltrust.ingest._base import problem_of
from labeltrust.ingest._strict_json import check, read_json
from labeltrust.ingest.files._around import Around, Json, an_object
from labeltrust.ingest.files._base import Readable, RowSettings
from labeltrust.ingest.files._json_list import Naming, Value, json_list, json_values
from labeltrust.ingest.files._lines import blocks
from labeltrust.ingest.files._look import Look
from labeltrust.ingest.files._members import HEAD_BYTES, Members, packed
from labeltrust.ingest.files._streams import Rewound, first_bytes
from labeltrust.ingest.files._zip import members_of

BLANK: Final = object()
LINES: Final = ".lines"
"""Ends the name of a part that holds lines, though it begins like a list."""

Part = Callable[[], Iterable[Event]]
"""Reads a part of a record that can fail by itself."""

Record = tuple[object, bytes]
"""A JSON value or what is wrong with it, and its bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """How the records of a platform are read.

    Attributes:
        naming: For messages.
        parts: Returns the parts of a record, or raises InvalidEvent.
        endings: Of the names of files that hold records.
    """

    naming: Naming
    parts: Callable[[Json, Around], Sequence[Part]]
    endings: tuple[str, ...] = (".jsonl", ".ndjson", ".json")


def read_records(stream: Readable, settings: RowSettings, kind: Records) -> Iterator[Piece]:
    """Yield the records of an export piece by piece.

    Raises:
        UnreadableDelivery: No JSON, a broken list, or no file with records.
        Misconfigured: The source's settings do not fit.
    """
    members = members_of(stream, settings)
    around = Around.of(settings, members)
    endings = (*kind.endings, LINES)
    names = list(members.names) if members.is_alone else list(members.ending(*endings))
    if not names:
        raise kind.naming.broken(f"no file ends in {' or '.join(kind.endings)}", "empty")
    for name in names:
        yield from _pieces(members, name, around.inside(name.removesuffix(LINES)), kind)


def _pieces(members: Members, name: str, around: Around, kind: Records) -> Iterator[Piece]:
    mode, records = _records(members.open(name), name, kind)
    place = "" if members.is_alone else name.removesuffix(LINES)
    first_row = 1
    for piece, error in _taken(records, around.settings.rows_per_piece):
        if piece:
            body = mode.written([raw for _, raw in piece])
            parsed = parsed_of([value for value, _ in piece], around, kind.parts)
            raw = _raw(body, name, around, mode)
            yield Piece(raw=raw, parsed=placed(parsed, place), first_row=first_row)
            first_row += len(piece)
        if error is not None:
            where = ", ".join(part for part in (place, error.place) if part)
            raise UnreadableDelivery(error.detail, place=where, code=error.code)


def _raw(body: bytes, name: str, around: Around, mode: "_Mode") -> bytes:
    """Return a piece as it is kept: with the file's name and the labeler where these matter."""
    labeler = around.settings.labeler
    is_mistaken = mode is _LINES and Look(body).begin == "["
    if around.is_alone and labeler is None and mode is not _VALUES and not is_mistaken:
        return body
    path = name.removesuffix(LINES) + LINES if mode is _LINES else name
    return packed({path: body}, labeler, is_alone=around.is_alone)


def _taken(
    records: Iterator[Record], n_rows: int
) -> Iterator[tuple[list[Record], UnreadableDelivery | None]]:
    """Yield records some at a time, with the last of them what ended the file."""
    piece: list[Record] = []
    try:
        for record in records:
            piece.append(record)
            if len(piece) == n_rows:
                yield piece, None
                piece = []
    except UnreadableDelivery as error:
        yield piece, error
        return
    yield piece, None


@dataclass(frozen=True, slots=True)
class _Mode:
    """How values stand in a file."""

    begin: bytes
    between: bytes
    end: bytes

    def written(self, texts: list[bytes]) -> bytes:
        return self.begin + self.between.join(texts) + self.end


_LIST = _Mode(b"[", b",", b"]")
_LINES = _Mode(b"", b"\n", b"\n")
_VALUES = _Mode(b"", b"\n", b"")


def _records(stream: Readable, name: str, kind: Records) -> tuple[_Mode, Iterator[Record]]:
    head = first_bytes(stream, HEAD_BYTES)
    look, whole = Look(head), Rewound(head, stream)
    if not head.strip():
        raise kind.naming.broken("the file is empty", "empty")
    if not name.endswith(LINES):
        if look.begin == "[":
            return _LIST, _written(json_list(whole, kind.naming))
        if name.endswith(".json") and _runs_on(look):
            return _VALUES, _written(json_values(whole, kind.naming))
    return _LINES, _lines(whole)


def _runs_on(look: Look) -> bool:
    """Say whether the first value goes on behind its first line, as in a file for reading."""
    line, end, _ = look.text.partition(b"\n")
    return bool(end) and line.rstrip() in {b"{", b""}


def _written(values: Iterator[Value]) -> Iterator[Record]:
    return ((value, text.encode(errors="surrogatepass")) for value, text in values)


def _lines(stream: Readable) -> Iterator[Record]:
    for block in blocks(stream):
        lines = block.split(b"\n")
        for line in lines[:-1] if block.endswith(b"\n") else lines:
            yield _value(line), line


def _value(line: bytes) -> object:
    if not line.strip():
        return BLANK
    try:
        return read_json(line)
    except UnreadableDelivery as error:
        return InvalidEvent(error.detail, code=error.code)


def parsed_of(
    values: Sequence[object], around: Around, parts: Callable[[Json, Around], Sequence[Part]]
) -> Parsed:
    """Return the events of some records; a bad part becomes a problem and spoils no other.

    Args:
        values: JSON values; BLANK for a blank line, an InvalidInput where there is no value.
        around: What surrounds them.
        parts: Returns the parts of a record.
    """
    events: list[Event] = []
    positions: list[int] = []
    problems: list[Problem] = []
    n_ignored = 0
    around.scales.clear()
    for position, value in enumerate(values):
        found, wrong = _one(value, around, parts)
        events += found
        positions += [position] * len(found)
        problems += [problem_of(error, position) for error in wrong]
        n_ignored += value is not BLANK and not found and not wrong
    return Parsed(
        events=tuple(events),
        positions=tuple(positions),
        problems=tuple(problems),
        ignored=n_ignored,
        scales=dict(around.scales),
    )


def _one(
    value: object, around: Around, parts: Callable[[Json, Around], Sequence[Part]]
) -> tuple[list[Event], list[InvalidInput]]:
    if value is BLANK:
        return [], []
    if isinstance(value, InvalidInput):
        return [], [value]
    try:
        check(value)
        found = parts(an_object(value, "record"), around)
    except InvalidInput as error:
        return [], [error]
    events: list[Event] = []
    wrong: list[InvalidInput] = []
    for part in found:
        try:
            events += part()
        except InvalidInput as error:
            wrong.append(error)
    return events, wrong


def placed(parsed: Parsed, member: str) -> Parsed:
    """Return the same with the name of the file in front of what is said of a problem."""
    if not member or not parsed.problems:
        return parsed
    problems = tuple(
        Problem(index=one.index, code=one.code, detail=f"{member}: {one.detail}")
        for one in parsed.problems
    )
    return Parsed(
        events=parsed.events,
        positions=parsed.positions,
        problems=problems,
        ignored=parsed.ignored,
        scales=parsed.scales,
    )
