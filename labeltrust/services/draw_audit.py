"""Draw the sample of an audit, or tell its price before."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sqlmodel import Session

from labeltrust.domain.audits import AuditCase, AuditPlan, AuditState, checked_plan
from labeltrust.domain.clock import microseconds
from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.flags import FlagState
from labeltrust.domain.naming import checked_note
from labeltrust.domain.principals import Principal
from labeltrust.policy.audit_cost import AuditCost
from labeltrust.policy.audit_marks import ALWAYS, Details
from labeltrust.policy.audit_weighting import Weights
from labeltrust.services import _audit_acts
from labeltrust.services._acts import begin_act
from labeltrust.services._audit_groups import Target
from labeltrust.services._audit_samples import draw_sample
from labeltrust.services._audits import audit_cases, known_reviewer
from labeltrust.services._cases import labeler_named
from labeltrust.services._heavy import heavily
from labeltrust.services.decide_flag import seen_flag
from labeltrust.services.deployment import Deployment
from labeltrust.store.audits import get_audit
from labeltrust.store.chains import chain_end
from labeltrust.store.flags import brief_flags
from labeltrust.store.inserting import known_id
from labeltrust.store.projects import project_row
from labeltrust.store.session import reading, unit_of_work

_ACCUSED = ("open", "confirmed")


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditDraft:
    """What is to be audited.

    Attributes:
        project: Name of the project.
        reason: Why, in words.
        labeler: Outside id of a labeler; None for the labels of all.
        source: Whose labeler, where two sources use the same id.
        flag: Number of a flag: its labeler and question, and the labels from its onset on.
        question: Name of the question.
        plan: How the sample is drawn.
    """

    project: str
    reason: str = ""
    labeler: str | None = None
    source: str | None = None
    flag: int | None = None
    question: str | None = None
    plan: AuditPlan = field(default_factory=AuditPlan)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnAudit:
    """A drawn audit and its price."""

    audit: AuditCase
    cost: AuditCost


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedAudit:
    """An audit that nobody has drawn.

    Attributes:
        cost: What it takes.
        weights: What a draw by the posterior would go by; None: items are drawn by strata.
    """

    cost: AuditCost
    weights: Weights | None


def price_audit(deployment: Deployment, principal: Principal, draft: AuditDraft) -> AuditCost:
    """Return what an audit would cost; nothing is drawn. Raises as `weigh_audit` does."""
    return weigh_audit(deployment, principal, draft).cost


def weigh_audit(deployment: Deployment, principal: Principal, draft: AuditDraft) -> PricedAudit:
    """Return what an audit would cost and go by; nothing is drawn.

    Raises:
        NotAllowed: The role may not assess.
        NotFound: Project, labeler, flag or question is not there.
        InvalidInput: The plan cannot be drawn, or there is nothing to audit.
    """
    target, plan = _target(deployment, principal, draft), _drawable(draft.plan)
    found = heavily(deployment, draw_sample, draft.project, target, plan)
    return PricedAudit(cost=found.cost, weights=found.weights)


def draw_audit(deployment: Deployment, principal: Principal, draft: AuditDraft) -> DrawnAudit:
    """Draw the sample of an audit and give the work to reviewers.

    Raises:
        NotAllowed: The role may not assess.
        NotFound: Project, labeler, flag or question is not there.
        InvalidInput: No reason, the plan cannot be drawn, or there is nothing to audit.
    """
    reason = checked_note(draft.reason, "reason")
    plan = _drawable(draft.plan)
    plan = replace(plan, choices=(), seed=plan.seed or secrets.randbelow(2**53))
    target = _target(deployment, principal, draft)
    drawn = heavily(deployment, draw_sample, draft.project, target, plan)
    with unit_of_work(deployment.engine) as session:
        act = begin_act(
            session, project_row(session, draft.project), principal.name, deployment.clock()
        )
        state = AuditState(
            id=0,
            question=target.question,
            labeler_id=target.labeler_id,
            flag_id=target.flag_id,
            status="drawn",
            plan=replace(
                plan, size=len(drawn.sample), choices=drawn.choices, since_us=target.since_us,
                clock=target.clock,
            ),
            strata=drawn.cost.strata,
            position=target.position,
            reason=reason,
            drawn_at=act.at,
            drawn_by=act.actor,
        )  # fmt: skip
        number = _audit_acts.draw(act, state, drawn.sample, drawn.turns)
        (case,) = audit_cases(session, principal, [get_audit(session, number)])
    return DrawnAudit(audit=case, cost=drawn.cost)


def _drawable(plan: AuditPlan) -> AuditPlan:
    """Return a checked plan as it is drawn; what may stop early has no parts of parts.

    Only parts that are one random sample each can be looked at after every verdict.
    """
    plan = checked_plan(plan)
    if not plan.stops_early:
        return plan
    return replace(plan, by_class=False, by_time=False, by_signal=False)


def _target(deployment: Deployment, principal: Principal, draft: AuditDraft) -> Target:
    principal.require("assess", draft.project)
    with reading(deployment.engine) as session:
        project = project_row(session, draft.project)
        labeler, question = None, draft.question or "label"
        # imported labels were received at one moment: windows go by when they were given
        since_us, clock, details = None, "occurred", _plain(ALWAYS)
        if draft.flag is not None:
            flag = seen_flag(session, principal, draft.flag, "read")
            if flag.project != draft.project:
                detail = f"flag {draft.flag} is of another project"
                raise InvalidInput(detail, place="flag")
            labeler, question = flag.state.labeler_id, draft.question or flag.state.question
            since_us, clock = _onset(flag.state)
            details = _details(flag.state)
        elif draft.labeler is not None:
            labeler = labeler_named(deployment, session, project, draft.labeler, draft.source)
        number = known_id(project.id)
        names = draft.plan.reviewers
        return Target(
            project_id=number,
            question=question or "label",
            labeler_id=labeler,
            flag_id=draft.flag,
            position=chain_end(session, project).position,
            reviewers=tuple(known_reviewer(deployment, session, n, [number]) for n in names),
            since_us=since_us,
            clock=clock,
            details=details,
            flagged=_flagged(session, number, question) if draft.plan.by_signal else frozenset(),
        )


def _plain(details: Details) -> Details:
    """Return details that another process can be handed."""
    return {signal: dict(detail) for signal, detail in details.items()}


def _details(flag: FlagState) -> Details:
    """Return what the signals of a flag say, those that accuse first."""
    found: dict[str, Mapping[str, object]] = {}
    for key in ("signals", "corroborated_by"):
        said = flag.evidence.get(key)
        for name, reading_ in said.items() if isinstance(said, Mapping) else ():
            detail = reading_.get("detail") if isinstance(reading_, Mapping) else None
            found.setdefault(str(name), detail if isinstance(detail, Mapping) else {})
    return _plain(found)


def _flagged(session: Session, project_id: int, question: str) -> frozenset[int]:
    """Return the labelers with a flag that is not dismissed."""
    flags = brief_flags(session, project_id, statuses=_ACCUSED)
    return frozenset(f.labeler_id for f in flags if f.question in {"", question})


def _onset(flag: FlagState) -> tuple[int | None, str]:
    """Return from when on a flag is about labels, and by which clock."""
    return None if flag.since is None else microseconds(flag.since), flag.clock
