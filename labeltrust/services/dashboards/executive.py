"""For who decides: is it getting better, what went wrong, where does risk come from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from labeltrust.domain.estimates import Undefined
from labeltrust.domain.incident_times import time_to_detect
from labeltrust.domain.principals import Principal
from labeltrust.services.dashboards._asked import Asking, asking
from labeltrust.services.deployment import Deployment
from labeltrust.services.slis.document import SliEntry, entry_of
from labeltrust.store.dashboards import IncidentBrief, newest_incidents, suspect_labels
from labeltrust.store.flags import flags_among
from labeltrust.store.tables import AssessmentPoint
from labeltrust.store.trends import points_of

MOST_INCIDENTS = 10
_RISKS = ("M4", "M8", "M1", "M10")


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentLine:
    """An incident with what it touched and how long it went unseen.

    Attributes:
        labels: Current labels of its suspects, of the newest assessment.
        took: From the first bad label to the first finding, or None.
        reason: Why that is not known; empty elsewhere.
    """

    incident: IncidentBrief
    labels: int
    took: timedelta | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Executive:
    """The page.

    Attributes:
        project: Its name.
        at: The moment.
        slis: Indicators of the project.
        points: Its main numbers over time, oldest first.
        incidents: The newest ones, those that touched most labels first.
        risks: Indicators by source, the riskiest source first.
    """

    project: str
    at: datetime
    slis: Sequence[SliEntry]
    points: Sequence[AssessmentPoint]
    incidents: Sequence[IncidentLine]
    risks: Sequence[tuple[str, Mapping[str, SliEntry]]]


def show_executive(deployment: Deployment, principal: Principal, project: str) -> Executive:
    """Return the executive dashboard of a project.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such project in scope.
    """
    with asking(deployment, principal, project) as asked:
        entries = [entry_of(one) for one in asked.slis]
        return Executive(
            project=project,
            at=asked.at,
            slis=[one for one in entries if not one.source and not one.labeler],
            points=points_of(asked.session, asked.project_id),
            incidents=_incidents(asked),
            risks=_risks(entries),
        )


def _incidents(asked: Asking) -> list[IncidentLine]:
    briefs = newest_incidents(asked.session, asked.project_id, MOST_INCIDENTS)
    numbers = sorted({flag for brief in briefs for flag in brief.flags})
    flags = {f.state.id: f.state for f in flags_among(asked.session, asked.project_id, numbers)}
    suspects = {flag.labeler_id for flag in flags.values()}
    suspects |= {labeler for brief in briefs for labeler in brief.labelers}
    labels = suspect_labels(asked.session, asked.project_id, suspects)
    found = []
    for brief in briefs:
        mine = [flags[number] for number in brief.flags if number in flags]
        took = time_to_detect(mine)
        whose = {flag.labeler_id for flag in mine} | set(brief.labelers)
        found.append(
            IncidentLine(
                incident=brief,
                labels=sum(labels.get(number, 0) for number in whose),
                took=None if isinstance(took, Undefined) else took.end - took.start,
                reason=took.reason if isinstance(took, Undefined) else "",
            )
        )
    return sorted(found, key=lambda line: -line.labels)


def _risks(entries: Sequence[SliEntry]) -> list[tuple[str, Mapping[str, SliEntry]]]:
    by_source: dict[str, dict[str, SliEntry]] = {}
    for one in entries:
        if one.source and one.id in _RISKS:
            by_source.setdefault(one.source, {})[one.id] = one
    return sorted(by_source.items(), key=lambda pair: (-_risk(pair[1]), pair[0]))


def _risk(measures: Mapping[str, SliEntry]) -> float:
    """Return how much of a source's input is surely bad by the measure that says most."""
    values = [one.value for one in measures.values()]
    return max((v.low for v in values if not isinstance(v, Undefined)), default=0.0)
