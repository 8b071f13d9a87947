"""The outbox of alerts: facts kept in their own transaction, read by the router later."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import delete, insert, update
from sqlmodel import Session, col, exists, select

from labeltrust.domain.alerts import Cause
from labeltrust.store.tables import AlertCause, AlertMessage, Project, Source

_written = msgspec.json.Encoder(order="sorted").encode
_read = msgspec.json.Decoder(dict[str, Any]).decode


def keep_cause(  # noqa: PLR0913 - one keyword a fact of the row
    session: Session,
    type: str,  # noqa: A002 - the history's own word
    at: datetime,
    detail: Mapping[str, Any],
    *,
    source_id: int | None = None,
    labeler_id: int | None = None,
    chain: tuple[int | None, str, int] = (None, "", 0),
) -> None:
    """Keep a fact for the router, in the transaction that made it a fact.

    Args:
        session: That transaction.
        type: One of `domain.alerts.CAUSES`.
        at: When.
        detail: As the history says it.
        source_id: Row of the source that it is about, if any.
        labeler_id: Row of the labeler that it is about, if any.
        chain: Row and name of the record's chain, and its place there; nothing for the watch.
    """
    number, name, sequence = chain
    if source_id is None and type.startswith("source."):
        source_id = _source_named(session, detail)
    row = {
        "type": type,
        "at": at,
        "detail": _written(detail).decode(),
        "project_id": None if number is None else _project_of(session, number),
        "source_id": source_id,
        "labeler_id": labeler_id,
        "chain": name,
        "sequence": sequence,
        "word": "",
    }
    session.execute(insert(AlertCause).values(**row))


def waiting_causes(session: Session, most: int) -> list[Cause]:
    """Return the oldest facts that the router has not read yet."""
    wanted = select(AlertCause).where(col(AlertCause.routed_at).is_(None))
    return [_cause(row) for row in session.exec(wanted.order_by(col(AlertCause.id)).limit(most))]


def causes_wait(session: Session) -> bool:
    """Say whether the router has something to read."""
    wanted = select(AlertCause.id).where(col(AlertCause.routed_at).is_(None)).limit(1)
    return session.exec(wanted).first() is not None


def get_cause(session: Session, number: int) -> tuple[Cause, str]:
    """Return a fact and its word for webhooks."""
    row = session.get_one(AlertCause, number)
    return _cause(row), row.word


def note_routed(session: Session, words: Mapping[int, str], at: datetime) -> None:
    """Store that facts were read; words are what signed webhooks call them, empty for nothing."""
    for word in sorted(set(words.values())):
        mine = [number for number, said in words.items() if said == word]
        done = update(AlertCause).where(col(AlertCause.id).in_(mine))
        session.execute(done.values(routed_at=at, word=word))


def forget_causes(session: Session, before: datetime, most: int = 10_000) -> int:
    """Delete facts that were read long ago and that no message speaks of; say how many."""
    told = exists().where(col(AlertMessage.cause_id) == col(AlertCause.id))
    old = select(AlertCause.id).where(col(AlertCause.routed_at) < before, ~told).limit(most)
    numbers = list(session.exec(old))
    session.execute(delete(AlertCause).where(col(AlertCause.id).in_(numbers)))
    return len(numbers)


def last_watched(session: Session, source_ids: Sequence[int], prefix: str) -> dict[int, Cause]:
    """Return the newest fact of a kind (`source.`, `quarantine.`) the watch kept of each source."""
    wanted = select(AlertCause).where(
        col(AlertCause.source_id).in_(source_ids),
        col(AlertCause.type).startswith(prefix),
        col(AlertCause.chain) == "",
    )
    return {
        row.source_id or 0: _cause(row) for row in session.exec(wanted.order_by(col(AlertCause.id)))
    }


def waiting_of(session: Session, prefix: str) -> list[Cause]:
    """Return the facts of a kind that the router has not read yet, oldest first."""
    wanted = select(AlertCause).where(
        col(AlertCause.routed_at).is_(None), col(AlertCause.type).startswith(prefix)
    )
    return [_cause(row) for row in session.exec(wanted.order_by(col(AlertCause.id)))]


def parked_before(session: Session) -> dict[str, bool]:
    """Return by job whether the newest fact that the watch kept of it says that it is parked."""
    wanted = select(AlertCause).where(col(AlertCause.type).startswith("work."))
    rows = session.exec(wanted.order_by(col(AlertCause.id)))
    return {str(_read(row.detail)["job"]): row.type == "work.parked" for row in rows}


def last_of_all(session: Session, prefix: str) -> str:
    """Return the type of the newest fact of a kind that is about the installation, or nothing."""
    wanted = select(AlertCause.type).where(col(AlertCause.type).startswith(prefix))
    return session.exec(wanted.order_by(col(AlertCause.id).desc()).limit(1)).first() or ""


def _cause(row: AlertCause) -> Cause:
    return Cause(
        id=row.id or 0,
        type=row.type,
        at=row.at,
        detail=_read(row.detail),
        project_id=row.project_id,
        source_id=row.source_id,
        labeler_id=row.labeler_id,
        chain=row.chain,
        sequence=row.sequence,
    )


def _project_of(session: Session, chain_id: int) -> int | None:
    return session.exec(select(Project.id).where(col(Project.chain_id) == chain_id)).first()


def _source_named(session: Session, detail: Mapping[str, Any]) -> int | None:
    said = detail.get("after") or detail.get("source")
    name = said.get("name") if isinstance(said, Mapping) else None
    return session.exec(select(Source.id).where(col(Source.name) == name)).first()
