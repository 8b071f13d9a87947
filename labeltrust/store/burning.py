"""Which objectives people were told to be burning: open alerts, and facts not routed yet."""

from sqlmodel import Session, col, select

from labeltrust.store.alert_causes import waiting_of
from labeltrust.store.tables import Alert, AlertGroup

CODE = "objective_burning"


def told_burning(session: Session) -> dict[str, str]:
    """Return by subject how loudly people were told, or are about to be; empty text is over."""
    wanted = (
        select(Alert.subject, Alert.loudness)
        .join(AlertGroup, col(AlertGroup.id) == col(Alert.group_id))
        .where(col(AlertGroup.code) == CODE, col(Alert.ended_at).is_(None))
    )
    found = dict(session.exec(wanted).all())
    for cause in waiting_of(session, "objective."):
        burns = cause.type == "objective.burning"
        found[str(cause.detail["subject"])] = str(cause.detail["loudness"]) if burns else ""
    return {subject: loud for subject, loud in found.items() if loud}
