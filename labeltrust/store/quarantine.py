"""What is held because it could not be read, and the sealed originals behind it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from labeltrust.domain.errors import NotFound
from labeltrust.domain.listings import Listed, Listing
from labeltrust.store.inserting import known_id
from labeltrust.store.listing import Sought, holding, look_up
from labeltrust.store.tables import Delivery, Project, Quarantine, Source, SourceProject


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRow:
    """A held delivery, or one event of it.

    Attributes:
        position: Place of the event in the delivery, None where the whole delivery is meant.
        row: Row of the imported file, None for webhooks.
        status: `open`, `accepted` or `discarded`.
        event_id: The id that the event had when it was read.
    """

    id: int
    delivery_id: int
    source: str
    position: int | None
    row: int | None
    code: str
    detail: str
    status: str
    event_id: str | None
    created_at: datetime
    closed_at: datetime | None
    closed_by: str | None
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """A delivery as it is stored; `body` and `data_key` are None once destroyed."""

    id: int
    source: str
    platform: str
    config: Mapping[str, object]
    key_id: str | None
    received_at: datetime
    headers: Mapping[str, object]
    parser: str
    body: bytes | None
    data_key: bytes | None
    import_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOf:
    """Held rows narrowed to one source, to one reason, or to both; None does not narrow."""

    source: str | None = None
    code: str | None = None


def held_rows(
    session: Session,
    *,
    status: str | None,
    projects: frozenset[str] | None,
    only: HeldOf | None = None,
    after: int = 0,
    limit: int = 100,
) -> list[HeldRow]:
    """Return held rows by id.

    Args:
        session: An open session.
        status: None for all.
        projects: Only of sources that speak for one of these; None for all.
        only: Only of one source, or with one reason.
        after: Only rows of a greater id.
        limit: At most so many.
    """
    wanted = _every(session, projects).where(col(Quarantine.id) > after)
    if status is not None:
        wanted = wanted.where(col(Quarantine.status) == status)
    if only is not None and only.source is not None:
        wanted = wanted.where(col(Source.name) == only.source)
    if only is not None and only.code is not None:
        wanted = wanted.where(col(Quarantine.code) == only.code)
    found = session.exec(wanted.order_by(col(Quarantine.id)).limit(limit))
    return [_held(*row) for row in found]


def find_held(
    session: Session, projects: frozenset[str] | None, wanted: Listing
) -> Listed[HeldRow]:
    """Return held rows as a table asks for them.

    Args:
        session: An open read.
        projects: Only of sources that speak for one of these; None for all.
        wanted: Filters `status`, `source` and `code`; searches what is wrong and the event id.
    """
    equal = {
        "status": col(Quarantine.status), "source": col(Source.name), "code": col(Quarantine.code),
    }  # fmt: skip
    chosen = [(equal[name], value) for name, value in wanted.chosen.items() if value]
    sought = Sought(
        every=_every(session, projects),
        narrowed=[
            *(column == value for column, value in chosen),
            *holding(wanted.text, col(Quarantine.detail), col(Quarantine.event_id)),
        ],
        number=col(Quarantine.id),
        orders={
            "id": col(Quarantine.id),
            "source": func.lower(Source.name),
            "code": col(Quarantine.code),
            "created_at": col(Quarantine.created_at),
        },
    )
    found = look_up(session, sought, wanted)
    return found.of([_held(*row) for row in found.rows])


def _every(session: Session, projects: frozenset[str] | None) -> Any:  # noqa: ANN401 - a query
    """Select held rows with the headers of their deliveries; what is sealed stays unread."""
    wanted = (
        select(Quarantine, Delivery.headers, Source.name)
        .join(Delivery, col(Delivery.id) == col(Quarantine.delivery_id))
        .join(Source, col(Source.id) == col(Delivery.source_id))
    )
    if projects is None:
        return wanted
    return wanted.where(col(Delivery.source_id).in_(_source_ids(session, projects)))


def held_counts(session: Session) -> dict[str, int]:
    """Return how many rows are held, by status."""
    wanted = select(Quarantine.status, func.count()).group_by(col(Quarantine.status))
    return {status: int(n) for status, n in session.exec(wanted)}


def held_by_source(session: Session) -> dict[int, int]:
    """Return how many rows wait, by the row id of their source."""
    wanted = (
        select(Delivery.source_id, func.count())
        .join(Quarantine, col(Quarantine.delivery_id) == col(Delivery.id))
        .where(col(Quarantine.status) == "open")
        .group_by(col(Delivery.source_id))
    )
    return {number: int(n) for number, n in session.exec(wanted)}


def held_choices(
    session: Session, status: str, projects: frozenset[str] | None
) -> list[tuple[str, str, int]]:
    """Return sources and reasons of the rows of a status, with how many there are of each pair."""
    wanted = (
        select(Source.name, Quarantine.code, func.count())
        .join(Delivery, col(Delivery.id) == col(Quarantine.delivery_id))
        .join(Source, col(Source.id) == col(Delivery.source_id))
        .where(col(Quarantine.status) == status)
        .group_by(col(Source.name), col(Quarantine.code))
        .order_by(col(Source.name), col(Quarantine.code))
    )
    if projects is not None:
        wanted = wanted.where(col(Delivery.source_id).in_(_source_ids(session, projects)))
    return [(source, code, int(n)) for source, code, n in session.exec(wanted)]


def held_row(
    session: Session, number: int, projects: frozenset[str] | None, *, lock: bool = False
) -> tuple[HeldRow, Quarantine]:
    """Return one held row.

    Raises:
        NotFound: There is none of that number in scope.
    """
    wanted = select(Quarantine).where(col(Quarantine.id) == number)
    row = session.exec(wanted.with_for_update() if lock else wanted).first()
    delivery = None if row is None else session.get(Delivery, row.delivery_id)
    if row is None or delivery is None or not _in_scope(session, delivery, projects):
        detail = f"nothing is held under the number {number}"
        raise NotFound(detail)
    source = session.get_one(Source, delivery.source_id)
    return _held(row, delivery.headers, source.name), row


def original(session: Session, delivery_id: int) -> Original:
    """Return a stored delivery."""
    row = session.get_one(Delivery, delivery_id)
    source = session.get_one(Source, row.source_id)
    return Original(
        id=delivery_id,
        source=source.name,
        platform=source.platform,
        config=json.loads(source.config),
        key_id=row.key_id,
        received_at=row.received_at,
        headers=json.loads(row.headers),
        parser=row.parser,
        body=row.body,
        data_key=row.data_key,
        import_id=row.import_id,
    )


def close_rows(
    rows: Sequence[Quarantine], *, status: str, actor: str, reason: str, at: datetime
) -> None:
    """Close held rows; they stay, and say who closed them and why."""
    for row in rows:
        row.status, row.closed_at, row.closed_by, row.reason = status, at, actor, reason


def _in_scope(session: Session, delivery: Delivery, projects: frozenset[str] | None) -> bool:
    return projects is None or delivery.source_id in _source_ids(session, projects)


def _source_ids(session: Session, projects: frozenset[str]) -> set[int]:
    wanted = (
        select(SourceProject.source_id)
        .join(Project, col(Project.id) == col(SourceProject.project_id))
        .where(col(Project.name).in_(projects))
    )
    return set(session.exec(wanted))


def _held(row: Quarantine, headers: str, source: str) -> HeldRow:
    first = json.loads(headers).get("first_row")
    in_file = isinstance(first, int) and row.position is not None
    return HeldRow(
        id=known_id(row.id),
        delivery_id=row.delivery_id,
        source=source,
        position=row.position,
        row=first + row.position if in_file else None,
        code=row.code,
        detail=row.detail,
        status=row.status,
        event_id=row.event_id,
        created_at=row.created_at,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        reason=row.reason,
    )
