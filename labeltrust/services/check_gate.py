"""May training proceed? The store's facts, and the policy's answer."""

import json
from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session

from labeltrust.domain.clock import moment
from labeltrust.domain.errors import GateClosed
from labeltrust.domain.flags import STANDING, FlagState
from labeltrust.domain.freezes import FreezeState
from labeltrust.domain.principals import Principal
from labeltrust.policy.gate import Gate, GateFacts, Waiting, gate
from labeltrust.services._held import Hold, holds
from labeltrust.services.deployment import Deployment
from labeltrust.services.verify_news import broken_part
from labeltrust.store.assessments import StoredAssessment, latest_assessment, news_of
from labeltrust.store.chains import chain_end
from labeltrust.store.flags import brief_flags
from labeltrust.store.freezes import standing_states
from labeltrust.store.inserting import known_id
from labeltrust.store.labelers import labeler_names
from labeltrust.store.overrides import newest_override
from labeltrust.store.projects import project_row
from labeltrust.store.session import reading
from labeltrust.store.snapshots import probation_sources, source_names
from labeltrust.store.tables import Project


def check_gate(deployment: Deployment, principal: Principal, project: str) -> Gate:
    """Return whether training on a project may proceed, with reasons and what stays out.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such project in scope.
    """
    principal.require("read", project)
    now = deployment.clock()
    with reading(deployment.engine) as session:
        facts = gate_facts(deployment, session, project_row(session, project), now)
    return gate(facts, now)


def require_open_gate(deployment: Deployment, principal: Principal, project: str) -> Gate:
    """Return the gate's answer where it is open.

    Raises:
        GateClosed: With the gate's reasons.
        NotAllowed: The role may not read.
        NotFound: There is no such project in scope.
    """
    found = check_gate(deployment, principal, project)
    if not found.open:
        raise GateClosed(project, found.reasons)
    return found


def gate_facts(
    deployment: Deployment, session: Session, project: Project, now: datetime
) -> GateFacts:
    """Read what the gate looks at, by a few short queries."""
    project_id = known_id(project.id)
    stored = latest_assessment(session, project_id)
    news = news_of(session, project, 0 if stored is None else stored.events_through)
    flags = brief_flags(session, project_id, statuses=STANDING)
    freezes = standing_states(session, project_id)
    probation = probation_sources(session, project_id)
    unvetted = probation_sources(session, project_id, ("probation",))
    names = source_names(session)
    return GateFacts(
        assessed_at=None if stored is None else stored.created_at,
        unread_since=None if news is None else moment(news.first_us),
        stale_after_seconds=deployment.settings.stale_after_seconds,
        broken=broken_part(session, project),
        without_provenance=_without_provenance(stored),
        provisional=_provisional(freezes),
        strong_flags=_strong(flags, freezes, now),
        probation=tuple(names[number] for number in unvetted),
        exclusions=_exclusions(session, holds(freezes, flags, probation, now), names),
        position=chain_end(session, project).position,
        override=newest_override(session, project_id),
    )


def _without_provenance(stored: StoredAssessment | None) -> int:
    """Return what the newest assessment counted; it looks at every label anyway."""
    if stored is None:
        return 0
    return int(json.loads(stored.document).get("provenance", {}).get("missing", 0))


def _provisional(freezes: Iterable[FreezeState]) -> Waiting:
    waiting = [freeze for freeze in freezes if freeze.kind == "provisional"]
    since = min((freeze.placed_at for freeze in waiting), default=None)
    return Waiting(ids=tuple(freeze.id for freeze in waiting), since=since)


def _strong(flags: Iterable[FlagState], freezes: Iterable[FreezeState], now: datetime) -> Waiting:
    held = {freeze.labeler_id for freeze in freezes if freeze.holds_labels(now)}
    waiting = [
        flag
        for flag in flags
        if flag.status == "open" and flag.strong and flag.labeler_id not in held
    ]
    since = min((flag.opened_at for flag in waiting), default=None)
    return Waiting(ids=tuple(flag.id for flag in waiting), since=since)


def _exclusions(
    session: Session, held: list[Hold], sources: dict[int, str]
) -> tuple[dict[str, object], ...]:
    names = labeler_names(session, (h.labeler_id for h in held if h.labeler_id is not None))
    return tuple(
        {
            "code": hold.code,
            "labeler": None if hold.labeler_id is None else names[hold.labeler_id],
            "source": None if hold.source_id is None else sources[hold.source_id],
            "import": hold.import_id,
            "since": None if hold.since is None else hold.since.isoformat(),
            "freeze": hold.freeze,
            "flag": hold.flag,
        }
        for hold in held
    )
