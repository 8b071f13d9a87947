"""A report of a project: a week, a month or a quarter beside the one before it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from labeltrust.domain.drills import Drill
from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.estimates import Estimate, Measured
from labeltrust.domain.principals import Principal
from labeltrust.metrics.gold_accuracy import wilson
from labeltrust.policy.drills import Summary
from labeltrust.policy.reports import (
    SPANS,
    GateTime,
    Period,
    Turned,
    gate_time,
    median_hours,
    periods,
)
from labeltrust.services.dashboards._asked import asking
from labeltrust.services.deployment import Deployment
from labeltrust.services.drills.order_drill import summarised
from labeltrust.services.reports._incidents import (
    MOST_INCIDENTS,
    ReportedIncident,
    Took,
    incidents_since,
)
from labeltrust.services.slis.document import SliEntry, entry_of
from labeltrust.store.drills import finished_between
from labeltrust.store.reports import Happened, Work, happened, turns_within, work


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One of the two periods.

    Attributes:
        period: From when to when.
        happened: What was counted.
        work: What reviewers did in audits.
        dismissed: Share of decided flags that were dismissed.
        gate: How long the gate was closed, and why.
        to_detect: Median hours until the incidents opened in it were seen.
        to_contain: Median hours until they were contained.
        drills: Of the installation, over within it.
    """

    period: Period
    happened: Happened
    work: Work
    dismissed: Measured
    gate: GateTime
    to_detect: Measured
    to_contain: Measured
    drills: Summary


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The report.

    Attributes:
        project: Its name.
        span: One of `SPANS`.
        at: The moment.
        this: The period that ends now.
        before: The one before it.
        slis: Every indicator of the project itself, as it stands now.
        missed: Those, and of its sources and labelers, that surely miss their objective.
        incidents: Opened within this period, those that touched most labels first.
        incidents_cut: Whether there were more than are told.
    """

    project: str
    span: str
    at: datetime
    this: Part
    before: Part
    slis: Sequence[SliEntry]
    missed: Sequence[SliEntry]
    incidents: Sequence[ReportedIncident]
    incidents_cut: bool


def show_report(
    deployment: Deployment, principal: Principal, project: str, span: str = "week"
) -> Report:
    """Return the report of a project for the last week, month or quarter.

    Args:
        deployment: The installation.
        principal: Who reads.
        project: Name of the project.
        span: One of `SPANS`.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such project in scope.
        InvalidInput: There is no such span.
    """
    if span not in SPANS:
        detail = f"no span {span[:80]!r}; there are {', '.join(SPANS)}"
        raise InvalidInput(detail, place="span", code="unknown_span")
    with asking(deployment, principal, project) as asked:
        this, before = periods(SPANS[span], asked.at)
        both, session = (this, before), asked.session
        whole = Period(start=before.start, end=this.end)
        counted = happened(session, asked.project_id, both)
        worked = work(session, asked.project_id, both)
        turns = turns_within(session, asked.project_id, whole)
        incidents = incidents_since(asked, before.start)
        drills = finished_between(session, whole.start, whole.end)
    entries = [entry_of(one) for one in asked.slis]
    mine = [
        _part(period, one, done, turns, incidents, drills)
        for period, one, done in zip(both, counted, worked, strict=True)
    ]
    return Report(
        project=project,
        span=span,
        at=asked.at,
        this=mine[0],
        before=mine[1],
        slis=[one for one in entries if not one.source and not one.labeler],
        missed=[one for one in entries if is_missed(one)],
        incidents=[one for one in incidents if this.holds(one.incident.opened_at)],
        incidents_cut=len(incidents) == MOST_INCIDENTS,
    )


def is_missed(one: SliEntry) -> bool:
    """Say whether an indicator surely misses: its whole interval is worse than the objective."""
    if one.zero_budget:
        return one.bad_n > 0
    if one.objective is None or not isinstance(one.value, Estimate):
        return False
    return one.value.low > 1 - one.objective


def _part(
    period: Period,
    counted: Happened,
    worked: Work,
    turns: Sequence[Turned],
    incidents: Sequence[ReportedIncident],
    drills: Sequence[Drill],
) -> Part:
    opened = [one for one in incidents if period.holds(one.incident.opened_at)]
    dismissed = counted.flags_dismissed
    decided = dismissed + counted.flags_confirmed
    return Part(
        period=period,
        happened=counted,
        work=worked,
        dismissed=wilson(np.array([dismissed]), np.array([decided]), "no flag was decided")[0],
        gate=gate_time(turns, period),
        to_detect=_median([one.to_detect for one in opened]),
        to_contain=_median([one.to_contain for one in opened]),
        drills=summarised([one for one in drills if period.holds(one.finished_at)]),
    )


def _median(took: Sequence[Took]) -> Measured:
    nothing = "of none is it known" if took else "no incident was opened"
    return median_hours([one.span for one in took if one.span is not None], nothing)
