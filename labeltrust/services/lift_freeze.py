"""End freezes: what they held returns to exports; much at once takes a second person."""

from collections.abc import Sequence

from sqlmodel import Session

from labeltrust.domain.approvals import Approval
from labeltrust.domain.cases import FreezeCase
from labeltrust.domain.errors import InvalidInput, NotFound
from labeltrust.domain.freezes import FreezeState, require_change
from labeltrust.domain.naming import checked_note
from labeltrust.domain.principals import Principal
from labeltrust.services import _acts
from labeltrust.services._acts import begin_act
from labeltrust.services._cases import freeze_cases
from labeltrust.services._lifting import ask_to_lift, takes_two
from labeltrust.services.approvals._base import Doing
from labeltrust.services.deployment import Deployment
from labeltrust.services.note_gate import note_gate
from labeltrust.store import tables
from labeltrust.store.freezes import get_freeze
from labeltrust.store.projects import project_row
from labeltrust.store.session import unit_of_work


def lift_freeze(
    deployment: Deployment, principal: Principal, freeze_id: int, *, reason: str
) -> FreezeCase | Approval:
    """Lift a freeze; its undo is a new freeze.

    Returns:
        The freeze, lifted; or, where one person has given back much within a day already, the
        request that waits for a second one.

    Raises:
        NotAllowed: The role may not freeze.
        NotFound: There is no such freeze in scope.
        Conflict: It is lifted already, or that is asked for already.
        InvalidInput: The reason is empty.
    """
    found = lift_freezes(deployment, principal, [freeze_id], reason=reason)
    return found if isinstance(found, Approval) else found[0]


def lift_freezes(
    deployment: Deployment, principal: Principal, freeze_ids: Sequence[int], *, reason: str
) -> list[FreezeCase] | Approval:
    """Lift freezes of one project; more than one at once is asked of a second person.

    Raises:
        NotAllowed: The role may not freeze, or nobody knows who asks.
        NotFound: One of them is not in scope.
        Conflict: One of them is lifted already, or that is asked for already.
        InvalidInput: The reason is empty, or they are of several projects.
    """
    principal.require("freeze")
    note = checked_note(reason, "reason")
    wanted = sorted(set(freeze_ids))
    with unit_of_work(deployment.engine) as session:
        project = _project(session, principal, wanted)
        act = begin_act(session, project, principal.name, deployment.clock())
        # Read now that nobody else can act.
        states = [get_freeze(session, number).state for number in wanted]
        for state in states:
            require_change(state, "lift")
        if len(states) > 1 or takes_two(act, states):
            return ask_to_lift(
                Doing(deployment=deployment, act=act, reason=note), principal, states
            )
        found = _lifted(act, states, note)
        note_gate(deployment, act)
        return found


def _lifted(act: _acts.Act, states: Sequence[FreezeState], note: str) -> list[FreezeCase]:
    for state in states:
        _acts.lift_freeze(act, state, note)
    return freeze_cases(act.session, [get_freeze(act.session, state.id) for state in states])


def _project(session: Session, principal: Principal, numbers: Sequence[int]) -> tables.Project:
    """Return the one project of freezes in scope."""
    names = set()
    for number in numbers:
        name = get_freeze(session, number).project
        if not principal.sees(name):
            detail = f"no freeze {number}"
            raise NotFound(detail)
        names.add(name)
    if len(names) != 1:
        raise InvalidInput("name freezes of one project", place="freezes")
    return project_row(session, names.pop())
