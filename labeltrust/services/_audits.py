"""Audits into what is shown, and who may see how much of one."""

from collections.abc import Collection, Sequence

from sqlmodel import Session

from labeltrust.domain.audits import AuditCase, AuditState
from labeltrust.domain.errors import NotFound
from labeltrust.domain.principals import Principal
from labeltrust.services._cases import lookups_of
from labeltrust.services.deployment import Deployment
from labeltrust.store.audit_work import Reviewer, answered_by
from labeltrust.store.audits import AuditRow, get_audit
from labeltrust.store.labelers import by_lookup, labeler_names, spaces_among

UNDO = {
    "drawn": "labeltrust audit cancel {id} --reason …",
    "under_way": "labeltrust audit cancel {id} --reason …",
    "cancelled": "labeltrust audit resume {id} --reason …",
    "done": "withdraw the gold labels that it gave: labeltrust gold withdraw …",
}


def seen_audit(session: Session, principal: Principal, audit: int, right: str) -> AuditRow:
    """Return an audit that a principal may act on; one out of scope is like a missing one.

    Raises:
        NotAllowed: The role lacks the right.
        NotFound: There is no such audit in scope.
    """
    principal.require(right)
    row = get_audit(session, audit)
    if not principal.sees(row.project):
        detail = f"no audit {audit}"
        raise NotFound(detail)
    return row


def reviewer_name(principal: Principal) -> str:
    """Return the name under which a principal re-labels.

    >>> reviewer_name(Principal(name="person:ann", role="reviewer", projects=None, person="ann"))
    'ann'
    """
    return principal.person or principal.name


def known_reviewer(
    deployment: Deployment, session: Session, name: str, project_ids: Collection[int]
) -> Reviewer:
    """Return a reviewer with the labelers who bear the same name: they may be the same person."""
    spaces = spaces_among(session, project_ids)
    lookups = {key for n in {name, name.lower()} for key in lookups_of(deployment, spaces, n)}
    found = frozenset(known.labeler_id for known in by_lookup(session, lookups))
    return Reviewer(name=name, labeler_ids=found)


def sees_all(principal: Principal, row: AuditRow, answered: int) -> bool:
    """Say whether a principal may know whom an audit is about, and what it found so far."""
    return knows_all(principal, row.state, answered)


def knows_all(principal: Principal, state: AuditState, answered: int) -> bool:
    """Say whether a principal may know whom an audit is about, and what it found so far.

    Who re-labels in it does not, nor who is here to review, until it is closed.
    """
    if state.status in {"done", "cancelled"}:
        return True
    reviews = reviewer_name(principal) in state.plan.reviewers or answered > 0
    return principal.may("assess") and not reviews


def audit_cases(
    session: Session, principal: Principal, rows: Sequence[AuditRow]
) -> list[AuditCase]:
    """Return audits as a principal may see them."""
    ids = [row.state.labeler_id for row in rows if row.state.labeler_id is not None]
    names = labeler_names(session, ids)
    given = answered_by(session, [row.state.id for row in rows], reviewer_name(principal))
    return [
        _case(row, names, blind=not sees_all(principal, row, given.get(row.state.id, 0)))
        for row in rows
    ]


def _case(row: AuditRow, names: dict[int, str], *, blind: bool) -> AuditCase:
    state = row.state
    shown = None if state.labeler_id is None else names[state.labeler_id]
    return AuditCase(
        id=state.id,
        project=row.project,
        question=state.question,
        labeler=None if blind else shown,
        flag=None if blind else state.flag_id,
        blind=blind,
        status=state.status,
        reason="" if blind else state.reason,
        items=row.items,
        turns=row.turns,
        answered=row.answered,
        drawn_at=state.drawn_at,
        drawn_by=state.drawn_by,
        closed_at=state.closed_at,
        closed_by=state.closed_by,
        note=state.note,
        undo=UNDO[state.status].format(id=state.id),
    )
