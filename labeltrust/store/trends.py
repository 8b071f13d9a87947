"""A project's main numbers over time: one row an assessment, thinned as they grow old."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, select

from labeltrust.store.tables import AssessmentPoint

EVERY = timedelta(days=7)
"""Every assessment is kept for so long, then one an hour."""
HOURLY = timedelta(days=90)
"""One an hour is kept for so long, then one a day."""
_MOST_PASSED = 2_000


def note_point(session: Session, point: AssessmentPoint) -> None:
    """Store the numbers of an assessment, and thin those that grew old."""
    session.add(point)
    session.flush()
    at = point.as_of
    _thin(session, point.project_id, at - HOURLY, at - EVERY, "%Y-%m-%d %H")
    _thin(session, point.project_id, at - 4 * HOURLY, at - HOURLY, "%Y-%m-%d")


def _thin(session: Session, project_id: int, start: datetime, end: datetime, slot: str) -> None:
    """Keep the last point of each slot in [start, end)."""
    wanted = (
        select(AssessmentPoint.id, AssessmentPoint.as_of)
        .where(
            col(AssessmentPoint.project_id) == project_id,
            col(AssessmentPoint.as_of) >= start,
            col(AssessmentPoint.as_of) < end,
        )
        .order_by(col(AssessmentPoint.as_of), col(AssessmentPoint.id))
    )
    last: dict[str, int] = {}
    surplus = []
    for number, at in session.exec(wanted):
        key = at.strftime(slot)
        if key in last:
            surplus.append(last[key])
        last[key] = number or 0
    for first in range(0, len(surplus), _MOST_PASSED):
        some = surplus[first : first + _MOST_PASSED]
        session.execute(delete(AssessmentPoint).where(col(AssessmentPoint.id).in_(some)))


def points_of(session: Session, project_id: int, most: int = 400) -> list[AssessmentPoint]:
    """Return the points of a project, oldest first; of more than `most`, evenly chosen ones."""
    wanted = select(AssessmentPoint).where(col(AssessmentPoint.project_id) == project_id)
    found = list(session.exec(wanted.order_by(col(AssessmentPoint.as_of))))
    step = -(-len(found) // most) or 1
    kept = found[::-step][::-1]  # from the newest back
    session.expunge_all()
    return kept
