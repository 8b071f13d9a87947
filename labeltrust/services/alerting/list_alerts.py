"""What is wrong now, what is held back and until when, and the figures that metrics show."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from labeltrust.domain.alert_codes import CODES
from labeltrust.domain.principals import Principal
from labeltrust.services.alerting._composing import line_of
from labeltrust.services.deployment import Deployment
from labeltrust.store import alert_channels, alert_messages
from labeltrust.store.alerts import concerned_projects, names_of_places, open_alerts
from labeltrust.store.labelers import labeler_names
from labeltrust.store.session import reading
from labeltrust.store.tables import Alert, AlertGroup

MOST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAlert:
    """One thing that is wrong.

    Attributes:
        code: Name of its code.
        project: Name of the project, or None.
        source: Name of the source, or None.
        subject: What it is about: `flag:7`.
        words: The same in a line.
        severity: `page` or `ticket`.
        opened_at: Since when.
        repeats: How often it was found again meanwhile, without a word to anybody.
        held_by: What holds its subject, so that nobody is told: `freeze 12`; None where told.
        resumes: When it is told after all, in words; empty where it is told.
    """

    code: str
    project: str | None
    source: str | None
    subject: str
    words: str
    severity: str
    opened_at: datetime
    repeats: int
    held_by: str | None
    resumes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertFigures:
    """How telling goes: messages taken, tries that failed, what waits and since how long."""

    sent: int
    failed: int
    waiting: int
    oldest_seconds: float
    dead: int


def list_alerts(deployment: Deployment, principal: Principal) -> list[OpenAlert]:
    """Return what is wrong now in scope: what is told first, pages first, newest first.

    Raises:
        NotAllowed: The role may not mend.
    """
    principal.require("mend")
    with reading(deployment.engine) as session:
        found = open_alerts(session, MOST)
        projects, sources = names_of_places(session)
        seen = [(alert, group) for alert, group in found if _sees(session, principal, group)]
        names = labeler_names(session, [a.labeler_id for a, _ in seen if a.labeler_id is not None])
        return [
            OpenAlert(
                code=group.code,
                project=projects.get(group.project_id or 0),
                source=sources.get(group.source_id or 0),
                subject=alert.subject,
                words=line_of(alert, names) or CODES[group.code].meaning,
                severity=alert.loudness,
                opened_at=alert.opened_at,
                repeats=alert.repeats,
                held_by=alert.suppressed_by,
                resumes=_resumes(alert),
            )
            for alert, group in seen
        ]


def alert_figures(deployment: Deployment, principal: Principal) -> AlertFigures:
    """Return the figures of the whole installation, which name nobody.

    Raises:
        NotAllowed: The role may not read.
    """
    principal.require("read")
    now = deployment.clock()
    with reading(deployment.engine) as session:
        waiting = alert_messages.waiting(session, now)
        sent, failed = alert_channels.totals(session)
    oldest = 0.0 if waiting.oldest_at is None else (now - waiting.oldest_at).total_seconds()
    return AlertFigures(
        sent=sent, failed=failed, waiting=waiting.n, oldest_seconds=max(oldest, 0.0),
        dead=waiting.dead,
    )  # fmt: skip


def _resumes(alert: Alert) -> str:
    held = alert.suppressed_by
    if held is None:
        return ""
    if held.startswith("freeze"):
        return f"told when {held} is lifted and this still stands"
    return f"told when {held} is resolved or reopened and this still stands"


def _sees(session: Session, principal: Principal, group: AlertGroup) -> bool:
    if principal.projects is None:
        return True
    return any(principal.sees(name) for name in concerned_projects(session, group))
