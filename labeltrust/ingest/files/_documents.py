"""Exports of one file for each document: plain, in a zip or in a folder.

A row is a document. A document that cannot be read becomes a problem that names its file and
spoils no other; small ones share a piece, so that thousands of them take few transactions.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from labeltrust.domain.errors import InvalidInput, TooLarge
from labeltrust.domain.events import Event, Parsed, Piece, Problem
from labeltrust.ingest._base import problem_of
from labeltrust.ingest.files._around import Around
from labeltrust.ingest.files._base import Readable, RowSettings
from labeltrust.ingest.files._json_list import Naming
from labeltrust.ingest.files._members import Members, packed
from labeltrust.ingest.files._records import Part
from labeltrust.ingest.files._zip import members_of

MOST_AT_ONCE: Final = 500
BYTES_AT_ONCE: Final = 8 * 2**20
Files = Mapping[str, bytes]
"""The files of one document, the one that names it first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """How the documents of a platform are read.

    Attributes:
        naming: For messages.
        groups: Returns the files of each document, given all names.
        parts: Returns the parts of a document, or raises InvalidInput.
        by_file: Names of files say which item, or who labeled.
        check: Refuses a zip or folder of which it cannot be told who labeled what.
    """

    naming: Naming
    groups: Callable[[Sequence[str]], Sequence[tuple[str, ...]]]
    parts: Callable[[Files, Around], Sequence[Part]]
    by_file: bool = True
    check: Callable[[Sequence[str], Around], None] | None = None


def read_documents(stream: Readable, settings: RowSettings, kind: Documents) -> Iterator[Piece]:
    """Yield the documents of an export, some at a time.

    Raises:
        UnreadableDelivery: No such export; or the only document cannot be read.
        Misconfigured: The source's settings do not fit.
    """
    members = members_of(stream, settings)
    around = Around.of(settings, members)
    groups = [members.names] if members.is_alone else kind.groups(members.names)
    if kind.check is not None and not members.is_alone and not members.is_packed:
        kind.check([names[0] for names in groups], around)
    if not groups:
        raise kind.naming.broken(f"it holds no {kind.naming.one}", "empty")
    first_row = 1
    for documents in _taken(members, groups, settings.rows_per_piece):
        yield _piece(members, documents, around, kind, first_row)
        first_row += len(documents)


def _taken(
    members: Members, groups: Sequence[tuple[str, ...]], n_rows: int
) -> Iterator[list[dict[str, bytes | InvalidInput]]]:
    taken: list[dict[str, bytes | InvalidInput]] = []
    n_bytes = 0
    for names in groups:
        document = {name: _content(members, name) for name in names}
        taken.append(document)
        n_bytes += sum(len(part) for part in document.values() if isinstance(part, bytes))
        if len(taken) >= min(n_rows, MOST_AT_ONCE) or n_bytes > BYTES_AT_ONCE:
            yield taken
            taken, n_bytes = [], 0
    if taken:
        yield taken


def _content(members: Members, name: str) -> bytes | InvalidInput:
    try:
        return members.document(name)
    except InvalidInput as error:
        if members.is_alone:
            raise
        return error
    except TooLarge as error:
        if members.is_alone:
            raise
        return InvalidInput(str(error), code=error.code)


def _piece(
    members: Members,
    documents: list[dict[str, bytes | InvalidInput]],
    around: Around,
    kind: Documents,
    first_row: int,
) -> Piece:
    is_single = members.is_alone
    whole = {n: part for doc in documents for n, part in doc.items() if isinstance(part, bytes)}
    is_plain = is_single and not kind.by_file and around.settings.labeler is None
    raw = next(iter(whole.values())) if is_plain else _packed(whole, around, is_single=is_single)
    parsed = _parsed(documents, around, kind, is_single=is_single)
    return Piece(raw=raw, parsed=parsed, first_row=first_row)


def _packed(files: Files, around: Around, *, is_single: bool) -> bytes:
    return packed(files, around.settings.labeler, is_alone=is_single)


def _parsed(
    documents: Sequence[Mapping[str, bytes | InvalidInput]],
    around: Around,
    kind: Documents,
    *,
    is_single: bool,
) -> Parsed:
    events: list[Event] = []
    positions: list[int] = []
    problems: list[Problem] = []
    scales: dict[str, str] = {}
    n_ignored = 0
    for position, document in enumerate(documents):
        name = next(iter(document))
        inside = around.inside(name)
        found, wrong = _one(document, inside, kind, is_single=is_single)
        events += found
        positions += [position] * len(found)
        problems += [_problem(error, position, "" if is_single else name) for error in wrong]
        n_ignored += not found and not wrong
        scales = inside.scales | scales
    return Parsed(
        events=tuple(events),
        positions=tuple(positions),
        problems=tuple(problems),
        ignored=n_ignored,
        scales=scales,
    )


def _one(
    document: Mapping[str, bytes | InvalidInput],
    around: Around,
    kind: Documents,
    *,
    is_single: bool,
) -> tuple[list[Event], list[InvalidInput]]:
    lost = [part for part in document.values() if isinstance(part, InvalidInput)]
    if lost:
        return [], lost[:1]
    files = {name: part for name, part in document.items() if isinstance(part, bytes)}
    try:
        found = kind.parts(files, around)
    except InvalidInput as error:
        if is_single:
            raise
        return [], [error]
    events: list[Event] = []
    wrong: list[InvalidInput] = []
    for part in found:
        try:
            events += part()
        except InvalidInput as error:
            wrong.append(error)
    return events, wrong


def _problem(error: InvalidInput, position: int, name: str) -> Problem:
    told = problem_of(error, position)
    detail = f"{name}: {told.detail}" if name else told.detail
    return Problem(index=position, code=told.code, detail=detail)
