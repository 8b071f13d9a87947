"""Sealed originals past their time: their keys are destroyed, digests and history stay."""

from datetime import datetime

from sqlalchemy import Engine, text, update
from sqlmodel import Session, col, func, select

from labeltrust.store.tables import Delivery

_AT_ONCE = 500


def destroy_originals(session: Session, before: datetime, at: datetime) -> tuple[int, int]:
    """Destroy key and body of the oldest deliveries received before a moment, some at once.

    Returns:
        How many were destroyed, and how many bytes they had as received.
    """
    wanted = (
        select(Delivery.id, Delivery.size)
        .where(col(Delivery.received_at) < before, col(Delivery.erased_at).is_(None))
        .where(col(Delivery.body).is_not(None))
        .order_by(col(Delivery.received_at))
        .limit(_AT_ONCE)
    )
    found = session.exec(wanted).all()
    destroy(session, [number for number, _ in found if number is not None], at)
    return len(found), sum(size for _, size in found)


def destroy(session: Session, delivery_ids: list[int], at: datetime) -> None:
    """Destroy key and body of deliveries."""
    gone = update(Delivery).where(col(Delivery.id).in_(delivery_ids))
    session.execute(gone.values(body=None, data_key=None, erased_at=at))


def overwrite_destroyed(engine: Engine) -> None:
    """Clear what rows held before they were emptied; SQLite overwrites it at once by itself."""
    if engine.dialect.name != "postgresql":
        return
    with engine.connect() as connection:
        alone = connection.execution_options(isolation_level="AUTOCOMMIT")
        alone.execute(text("VACUUM delivery, labeler_alias, item_alias, item_content"))


def oldest_original(session: Session) -> datetime | None:
    """Return when the oldest delivery came that still has its body."""
    wanted = select(func.min(Delivery.received_at)).where(col(Delivery.body).is_not(None))
    return session.exec(wanted).one()
