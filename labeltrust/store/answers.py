"""Answers to acting requests, kept for the same `Idempotency-Key`."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col

from labeltrust.domain.errors import Conflict
from labeltrust.store.inserting import insert_new
from labeltrust.store.tables import Idempotency

UNDER_WAY = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One acting request: who asked, under which key, and the digest of what was asked."""

    principal: str
    key: str
    digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was answered: status code and body."""

    status: int
    body: str


def find_answer(session: Session, asked: Asked, abandoned_before: datetime) -> Answer | None:
    """Return the answer on record, or None where nobody asked or the asking was abandoned.

    Raises:
        Conflict: The same key came with another request, or its first use is still under way.
    """
    row = session.get(Idempotency, (asked.principal, asked.key))
    if row is None:
        return None
    if row.request_digest != asked.digest:
        raise Conflict("this Idempotency-Key was used for another request")
    if row.status != UNDER_WAY:
        return Answer(status=row.status, body=row.body)
    if row.created_at > abandoned_before:
        raise Conflict("the first request with this Idempotency-Key is still under way")
    session.delete(row)
    session.flush()
    return None


def reserve_answer(session: Session, asked: Asked, at: datetime) -> None:
    """Note that an answer is under way.

    Raises:
        Conflict: Somebody else noted the same at the same moment.
    """
    row = Idempotency(
        principal=asked.principal,
        key=asked.key,
        request_digest=asked.digest,
        status=UNDER_WAY,
        body="",
        created_at=at,
    )
    insert_new(session, row, "the first request with this Idempotency-Key is still under way")


def write_answer(session: Session, asked: Asked, answer: Answer) -> None:
    """Keep the answer to a request that was noted as under way."""
    row = session.get_one(Idempotency, (asked.principal, asked.key))
    row.status, row.body = answer.status, answer.body


def forget_answer(session: Session, asked: Asked) -> None:
    """Forget a request that was refused, so that it may be asked again."""
    row = session.get(Idempotency, (asked.principal, asked.key))
    if row is not None and row.status == UNDER_WAY:
        session.delete(row)


def forget_old_answers(session: Session, before: datetime) -> None:
    """Forget answers made before a moment; they are no history, only a convenience."""
    session.execute(delete(Idempotency).where(col(Idempotency.created_at) < before))
