"""Erasing a person: what tells who it was is destroyed, what was said stays under a pseudonym."""

import os
from collections.abc import Iterator

from sqlalchemy import Engine, update
from sqlmodel import Session, col, or_, select

from labeltrust.store.installation import raise_epoch
from labeltrust.store.slices import slices
from labeltrust.store.tables import Chain, LabelerAlias
from labeltrust.store.vault import LOOKUP_BYTES


def aliases_of(session: Session, labeler_id: int) -> list[int]:
    """Return the ids of all names of a labeler, merged ones included."""
    wanted = select(LabelerAlias.id).where(
        or_(col(LabelerAlias.id) == labeler_id, col(LabelerAlias.labeler_id) == labeler_id)
    )
    return [number for number in session.exec(wanted.order_by(col(LabelerAlias.id))) if number]


def erase_names(session: Session, alias_ids: list[int]) -> None:
    """Destroy name and salt of aliases, and the way to look them up.

    Without the salt neither pseudonym nor digest can be tested against a guess.
    """
    for number in alias_ids:
        gone = update(LabelerAlias).where(col(LabelerAlias.id) == number)
        session.execute(gone.values(outside_id=None, salt=None, lookup=os.urandom(LOOKUP_BYTES)))
    raise_epoch(session)


def deliveries_about(engine: Engine, alias_ids: list[int]) -> Iterator[set[int]]:
    """Yield the ids of deliveries that hold something said by a labeler, in slices of history."""
    with Session(engine) as session:
        chains = session.exec(select(Chain.id, Chain.next_sequence)).all()
    marks = ", ".join(str(int(number)) for number in alias_ids)
    sql = (
        "SELECT DISTINCT delivery_id FROM event WHERE chain_id = ? AND sequence > ? "  # noqa: S608 - whole numbers
        f"AND sequence <= ? AND labeler_alias_id IN ({marks}) AND delivery_id IS NOT NULL"
    )
    for chain_id, next_sequence in chains:
        for rows in slices(engine, sql, (chain_id or 0, next_sequence - 1)):
            if rows:
                yield {row[0] for row in rows}
