"""For who is on call: what burns now, and of whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from labeltrust.domain.errors import NotFound
from labeltrust.domain.estimates import Undefined
from labeltrust.domain.principals import Principal
from labeltrust.services.dashboards._asked import asking
from labeltrust.services.deployment import Deployment
from labeltrust.services.measure_drift import show_drift
from labeltrust.services.search_labelers import LabelerSearch, search_labelers
from labeltrust.services.slis.document import SliEntry, entry_of
from labeltrust.store.dashboards import Arrival, HeldBrief, newest_arrivals, newest_held

MOST = 10
_OF_MODELS = ("M3", "M7", "M9")


@dataclass(frozen=True, slots=True, kw_only=True)
class OnCall:
    """The page.

    Attributes:
        project: Its name.
        at: The moment.
        firing: Indicators that somebody is told of, pages first.
        input: Anomalous input of each source.
        held: The newest events that could not be read.
        mix: Whether the mix of labels is stable.
        drifted: Features that drift, as the drift of items shows them.
        drift_measured: Whether anybody looked at features yet.
        recent: The newest labels, as examples of what comes in.
        models: Models against production.
        labelers: Those against whom most stands, of the newest assessment.
        sources: Indicators of sources, those that burn fastest first.
    """

    project: str
    at: datetime
    firing: Sequence[SliEntry]
    input: Sequence[SliEntry]
    held: Sequence[HeldBrief]
    mix: SliEntry
    drifted: Sequence[Mapping[str, Any]]
    drift_measured: bool
    recent: Sequence[Arrival]
    models: Sequence[SliEntry]
    labelers: Sequence[Mapping[str, Any]]
    sources: Sequence[SliEntry]


def show_on_call(deployment: Deployment, principal: Principal, project: str) -> OnCall:
    """Return the on-call dashboard of a project.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such project in scope.
    """
    with asking(deployment, principal, project) as asked:
        entries = [entry_of(one) for one in asked.slis]
        held = newest_held(asked.session, asked.project_id, MOST)
        recent = newest_arrivals(asked.session, asked.project.chain_id, MOST)
    drift = show_drift(deployment, principal, project)
    return OnCall(
        project=project,
        at=asked.at,
        firing=sorted((e for e in entries if e.firing), key=lambda e: (e.firing or "", e.id)),
        input=[e for e in entries if e.id == "M4"],
        held=held,
        mix=next(e for e in entries if e.id == "M1"),
        drifted=[line for line in drift["features"] if line["alarm"]][:MOST],
        drift_measured=drift["measured_at"] is not None,
        recent=recent,
        models=[e for e in entries if e.id in _OF_MODELS and (e.labeler or not e.source)],
        labelers=_labelers(deployment, principal, project),
        sources=sorted((e for e in entries if e.source), key=lambda e: -_fastest(e))[:MOST],
    )


def _labelers(deployment: Deployment, principal: Principal, project: str) -> Sequence[Any]:
    try:
        return search_labelers(deployment, principal, project, LabelerSearch(limit=MOST)).entries
    except NotFound:  # nothing was assessed yet
        return ()


def _fastest(entry: SliEntry) -> float:
    burns = [rule.long for rule in entry.burn]
    return max((one.low for one in burns if not isinstance(one, Undefined)), default=0.0)
