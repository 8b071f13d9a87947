"""What platforms said has changed and was not read yet: one row an object, with the delivery."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec
from sqlmodel import Session, col, delete, func, select

from labeltrust.domain.clock import microseconds, moment
from labeltrust.domain.pulls import PullWanted
from labeltrust.store.details import encode
from labeltrust.store.statements import Row, Statements
from labeltrust.store.tables import Project, Source
from labeltrust.store.tables import PullWanted as PullRow

_ASK: Final = (
    "INSERT INTO pull_wanted (source_id, project_id, kind, object_id, within, changed_us, "
    "wanted_at, asked_at, times, delivery_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, ?) "
    "ON CONFLICT (source_id, project_id, kind, object_id) DO UPDATE SET "
    "within = excluded.within, changed_us = excluded.changed_us, asked_at = excluded.asked_at, "
    "times = pull_wanted.times + 1, delivery_id = excluded.delivery_id"
)


class PlainPull(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Something to be read from a platform, as columns; `within` is JSON text."""

    project: str
    kind: str
    object_id: str
    within: str
    changed_us: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A pull that a delivery asked for, as the writer stores it."""

    source_id: int
    project_id: int
    kind: str
    object_id: str
    within: str
    changed_us: int | None
    at: datetime
    delivery_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingPull:
    """A pull that waits.

    Attributes:
        source: Name of the source.
        wanted: What is to be read.
        wanted_at: When it was first asked for since it was last read.
        asked_at: When it was last asked for; `settle_pull` compares it.
        times: How often it was asked for since.
    """

    source: str
    wanted: PullWanted
    wanted_at: datetime
    asked_at: datetime
    times: int


def plain_pull(wanted: PullWanted) -> PlainPull:
    """Return something to be read from a platform as columns."""
    at = wanted.changed_at
    return PlainPull(
        project=wanted.project,
        kind=wanted.kind,
        object_id=wanted.object_id,
        within=encode(wanted.within).decode(),
        changed_us=None if at is None else microseconds(at),
    )


def ask_pulls(statements: Statements, asked: Iterable[Asked]) -> None:
    """Store that objects are to be read, in the transaction that stores the deliveries."""
    rows: list[Row] = [
        (
            one.source_id, one.project_id, one.kind, one.object_id, one.within, one.changed_us,
            statements.time(one.at), statements.time(one.at), one.delivery_id,
        )
        for one in asked
    ]  # fmt: skip
    # In one order, so that two processes never wait for each other.
    statements.executemany(_ASK, sorted(rows, key=lambda row: row[:4]))


def waiting_pulls(
    session: Session, source: str | None = None, *, limit: int = 1_000
) -> list[WaitingPull]:
    """Return what waits to be read, longest waiting first.

    Args:
        session: An open read.
        source: Only what one source announced; None for all.
        limit: At most so many.
    """
    wanted = (
        select(PullRow, Source.name, Project.name)
        .join(Source, col(Source.id) == col(PullRow.source_id))
        .join(Project, col(Project.id) == col(PullRow.project_id))
        .order_by(col(PullRow.wanted_at), col(PullRow.kind), col(PullRow.object_id))
    )
    if source is not None:
        wanted = wanted.where(col(Source.name) == source)
    return [_waiting(*found) for found in session.exec(wanted.limit(limit))]


def pull_counts(session: Session) -> Mapping[int, int]:
    """Return how many objects wait to be read, by the row id of their source."""
    wanted = select(PullRow.source_id, func.count()).group_by(col(PullRow.source_id))
    return {number: int(n) for number, n in session.exec(wanted)}


def settle_pull(session: Session, read: WaitingPull) -> bool:
    """Forget a pull whose object was read; say whether it may be forgotten.

    Where the platform announced another change after `read` was looked up, it stays.
    """
    wanted = read.wanted
    sources = select(Source.id).where(col(Source.name) == read.source)
    projects = select(Project.id).where(col(Project.name) == wanted.project)
    gone = delete(PullRow).where(
        col(PullRow.source_id).in_(sources),
        col(PullRow.project_id).in_(projects),
        col(PullRow.kind) == wanted.kind,
        col(PullRow.object_id) == wanted.object_id,
        col(PullRow.asked_at) == read.asked_at,
        col(PullRow.times) == read.times,
    )
    return session.exec(gone).rowcount > 0


def _waiting(row: PullRow, source: str, project: str) -> WaitingPull:
    return WaitingPull(
        source=source,
        wanted=PullWanted(
            kind=row.kind,
            object_id=row.object_id,
            project=project,
            within=json.loads(row.within),
            changed_at=None if row.changed_us is None else moment(row.changed_us),
        ),
        wanted_at=row.wanted_at,
        asked_at=row.asked_at,
        times=row.times,
    )
