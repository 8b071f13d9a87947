"""What a project's chain holds of some labelers and sources, with the originals and the names."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from labeltrust.ledger.canonical import Record
from labeltrust.store.chains import ChainEnd
from labeltrust.store.session import reading
from labeltrust.store.slices import slices
from labeltrust.store.statements import Statements
from labeltrust.store.tables import (
    Delivery,
    ItemAlias,
    LabelerAlias,
    Project,
    Source,
    SourceProject,
)
from labeltrust.store.verification import ENTRIES, entry

GOLD: Final = "('gold.declared', 'gold.withdrawn')"
_SLICE: Final = 2_000
_ORIGINALS: Final = 16
_NAMES: Final = 500
_MORE = ", e.delivery_id, e.item_alias_id, e.labeler_alias_id FROM event e "


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One record of a chain with the rows that it points at."""

    record: Record
    previous: bytes
    delivery_id: int | None
    item_alias_id: int | None
    labeler_alias_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedOriginal:
    """A delivery as it is kept; `body` and `data_key` are None once destroyed.

    Attributes:
        projects: Names of the projects that its source may speak for.
    """

    id: int
    source: str
    key_id: str | None
    received_at: datetime
    digest: bytes
    size: int
    headers: str
    parser: str
    body: bytes | None
    data_key: bytes | None
    projects: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownName:
    """An outside id with what proves that it belongs to its pseudonym; None once erased."""

    kind: str
    pseudonym: bytes
    name: str | None
    salt: bytes | None


def links_about(
    engine: Engine, end: ChainEnd, labelers: Collection[int], sources: Collection[int]
) -> Iterator[Link]:
    """Yield acts and gold of a chain, and all that some labelers gave or some sources brought.

    Args:
        engine: The database; it is read in short slices.
        end: The chain, and how far it is read.
        labelers: Ids of labeler aliases.
        sources: Ids of sources.
    """
    marks, more = _asked(labelers, sources)
    about = (
        f"AND (e.event_id IS NULL OR e.labeler_alias_id IN ({marks[0]}) "
        f"OR e.source_id IN ({marks[1]}) OR e.type IN {GOLD}) ORDER BY"
    )
    sql = ENTRIES.replace(" FROM event e ", _MORE).replace("ORDER BY", about)
    for rows in slices(engine, sql, (end.chain_id, end.position, *more), rows=_SLICE):
        for *row, delivery, item, labeler in rows:
            found = entry(end.name, tuple(row))
            yield Link(
                record=found.record,
                previous=found.previous,
                delivery_id=delivery,
                item_alias_id=item,
                labeler_alias_id=labeler,
            )


def items_touched(
    engine: Engine, end: ChainEnd, labelers: Collection[int], sources: Collection[int]
) -> frozenset[int]:
    """Return the items of which some labelers, or some sources, said something."""
    marks, more = _asked(labelers, sources)
    sql = (
        "SELECT DISTINCT item_alias_id FROM event WHERE chain_id = ? AND sequence > ? "  # noqa: S608 - marks
        "AND sequence <= ? AND item_alias_id IS NOT NULL "
        f"AND (labeler_alias_id IN ({marks[0]}) OR source_id IN ({marks[1]}))"
    )
    found = slices(engine, sql, (end.chain_id, end.position, *more))
    return frozenset(item for rows in found for (item,) in rows)


def _asked(
    labelers: Collection[int], sources: Collection[int]
) -> tuple[tuple[str, str], tuple[int, ...]]:
    """Return the marks of two lists of a statement, and the values of both."""
    marks = [",".join("?" * max(len(ids), 1)) for ids in (labelers, sources)]
    return (marks[0], marks[1]), (*(labelers or (-1,)), *(sources or (-1,)))


def leaves_from(engine: Engine, end: ChainEnd, first: int) -> Iterator[bytes]:
    """Yield the leaves of a chain from a sequence on up to its end, many at a time."""
    sql = (
        "SELECT leaf FROM event WHERE chain_id = ? AND sequence > ? AND sequence <= ? "
        "ORDER BY sequence"
    )
    for rows in slices(engine, sql, (end.chain_id, end.position), after=first - 1):
        yield b"".join(leaf for (leaf,) in rows)


def aliases_of(session: Session, labelers: Iterable[int]) -> set[int]:
    """Return the aliases of labelers, merged ones too."""
    wanted = sorted(set(labelers))
    merged = select(LabelerAlias.id).where(col(LabelerAlias.labeler_id).in_(wanted))
    return {*wanted, *(number for number in session.exec(merged) if number is not None)}


def sealed_originals(engine: Engine, delivery_ids: Iterable[int]) -> Iterator[SealedOriginal]:
    """Yield deliveries by id, read a few at a time."""
    rest = iter(sorted(delivery_ids))
    while some := list(islice(rest, _ORIGINALS)):
        with reading(engine) as session:
            found = _some(session, some)
        yield from found


def _some(session: Session, ids: list[int]) -> list[SealedOriginal]:
    wanted = select(Delivery, Source.name).join(Source, col(Source.id) == Delivery.source_id)
    rows = session.exec(wanted.where(col(Delivery.id).in_(ids)).order_by(col(Delivery.id))).all()
    speaks = _projects(session, {row.source_id for row, _ in rows})
    return [
        SealedOriginal(
            id=row.id or 0,
            source=source,
            key_id=row.key_id,
            received_at=row.received_at,
            digest=row.digest,
            size=row.size,
            headers=row.headers,
            parser=row.parser,
            body=row.body if row.erased_at is None else None,
            data_key=row.data_key,
            projects=frozenset(speaks.get(row.source_id, ())),
        )
        for row, source in rows
    ]


def _projects(session: Session, sources: Collection[int]) -> dict[int, set[str]]:
    wanted = (
        select(SourceProject.source_id, Project.name)
        .join(Project, col(Project.id) == SourceProject.project_id)
        .where(col(SourceProject.source_id).in_(sources))
    )
    found: dict[int, set[str]] = {}
    for source, name in session.exec(wanted):
        found.setdefault(source, set()).add(name)
    return found


def known_names(
    engine: Engine, labelers: Iterable[int], items: Iterable[int]
) -> Iterator[KnownName]:
    """Yield the names of aliases, labelers first."""
    for kind, table, ids in (("labeler", LabelerAlias, labelers), ("item", ItemAlias, items)):
        sql = f"SELECT pseudonym, outside_id, salt FROM {table.__tablename__} WHERE id {{in}}"  # noqa: S608 - constants
        rest = iter(sorted(ids))
        while some := list(islice(rest, _NAMES)):
            with engine.connect() as connection:
                rows = list(Statements(connection).rows_in(sql, some))
            for pseudonym, name, salt in rows:
                yield KnownName(kind=kind, pseudonym=pseudonym, name=name, salt=salt)
