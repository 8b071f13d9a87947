"""Incidents of a report: what each touched, and how long it took to see and to contain it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from labeltrust.domain.estimates import Undefined
from labeltrust.domain.flags import FlagState
from labeltrust.domain.incident_times import Span, Suspect, time_to_contain, time_to_detect
from labeltrust.services.dashboards._asked import Asking
from labeltrust.store.dashboards import IncidentBrief, newest_incidents, suspect_labels
from labeltrust.store.flags import flags_among
from labeltrust.store.freezes import source_names, states_among
from labeltrust.store.labelers import labeler_names

MOST_INCIDENTS: Final = 100
_CLEARED = "dismissed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """How long something took, or why that is not known."""

    span: timedelta | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedIncident:
    """An incident with what it cost.

    Attributes:
        labels: Current labels of its suspects that are labelers, of the newest assessment.
        to_detect: From the first bad label to the first finding.
        to_contain: From the first finding until every suspect's labels were held out.
    """

    incident: IncidentBrief
    labels: int
    to_detect: Took
    to_contain: Took


def incidents_since(asked: Asking, since: datetime) -> list[ReportedIncident]:
    """Return the newest incidents opened from a moment on, those that touched most on top."""
    briefs = newest_incidents(asked.session, asked.project_id, MOST_INCIDENTS, since)
    numbers = sorted({number for brief in briefs for number in brief.flags})
    flags = {f.state.id: f.state for f in flags_among(asked.session, asked.project_id, numbers)}
    each = [(brief, [flags[n] for n in brief.flags if n in flags]) for brief in briefs]
    suspects = {who for brief, mine in each for who in _suspects(brief, mine)}
    labelers = {number for kind, number in suspects if kind == "labeler"}
    sources = {number for kind, number in suspects if kind == "source"}
    names: dict[Suspect, str] = {
        ("labeler", n): name for n, name in labeler_names(asked.session, labelers).items()
    }
    names |= {("source", n): name for n, name in source_names(asked.session, sources).items()}
    freezes = states_among(asked.session, asked.project_id, labelers, sources)
    labels = suspect_labels(asked.session, asked.project_id, labelers)
    found = []
    for brief, mine in each:
        whose = {who: names[who] for who in _suspects(brief, mine)}
        found.append(
            ReportedIncident(
                incident=brief,
                labels=_touched(whose, labels),
                to_detect=_took(time_to_detect(mine)),
                to_contain=_took(time_to_contain(mine, whose, freezes)),
            )
        )
    return sorted(found, key=lambda one: (-one.labels, -one.incident.id))


def _suspects(brief: IncidentBrief, flags: Sequence[FlagState]) -> list[Suspect]:
    """Return whose labels are to be held out: all members, but who was cleared by a verdict."""
    found: set[Suspect] = {("labeler", f.labeler_id) for f in flags if f.status != _CLEARED}
    found |= {("labeler", number) for number in brief.labelers}
    return sorted(found | {("source", number) for number in brief.sources})


def _touched(suspects: Mapping[Suspect, str], labels: Mapping[int, int]) -> int:
    return sum(labels.get(number, 0) for kind, number in suspects if kind == "labeler")


def _took(found: Span | Undefined) -> Took:
    if isinstance(found, Undefined):
        return Took(span=None, reason=found.reason)
    return Took(span=found.end - found.start, reason="")
