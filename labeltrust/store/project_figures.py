"""The newest numbers of projects, of their incidents and of alerts: a query each, for all."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session, col, func, select

from labeltrust.store.tables import Alert, AlertGroup, AssessmentPoint, Incident, Project


def newest_points(session: Session) -> dict[str, AssessmentPoint]:
    """Return the numbers of the newest assessment of every project, by its name."""
    newest = select(func.max(AssessmentPoint.id)).group_by(col(AssessmentPoint.project_id))
    wanted = (
        select(Project.name, AssessmentPoint)
        .where(col(Project.id) == col(AssessmentPoint.project_id))
        .where(col(AssessmentPoint.id).in_(newest))
    )
    found = dict(session.exec(wanted).all())
    session.expunge_all()
    return found


def incident_counts(session: Session, since: datetime) -> dict[tuple[str, str, str], int]:
    """Return incidents by project, severity and status: open ones, and those opened since."""
    wanted = (
        select(Project.name, Incident.severity, Incident.status, func.count())
        .where(col(Project.id) == col(Incident.project_id))
        .where((col(Incident.status) != "closed") | (col(Incident.opened_at) >= since))
        .group_by(Project.name, Incident.severity, Incident.status)
    )
    return {(name, severity, status): n for name, severity, status, n in session.exec(wanted)}


def open_alert_counts(
    session: Session, projects: Collection[str] | None
) -> dict[tuple[str, str], int]:
    """Return open alerts by code and loudness, of some projects, or of all and of none."""
    wanted = (
        select(AlertGroup.code, Alert.loudness, func.count())
        .where(col(AlertGroup.id) == col(Alert.group_id), col(Alert.ended_at).is_(None))
        .group_by(AlertGroup.code, Alert.loudness)
    )
    if projects is not None:
        wanted = wanted.join(Project, col(Project.id) == col(AlertGroup.project_id))
        wanted = wanted.where(col(Project.name).in_(sorted(projects)))
    return {(code, loud): n for code, loud, n in session.exec(wanted)}
