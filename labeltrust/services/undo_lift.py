"""Undo a lift: the same labels are held again, by a new freeze."""

from dataclasses import replace

from labeltrust.domain.cases import FreezeCase
from labeltrust.domain.errors import Conflict, NotFound
from labeltrust.domain.freezes import FreezeState, require_undo
from labeltrust.domain.naming import checked_note
from labeltrust.domain.principals import Principal
from labeltrust.services._acts import Act, begin_act, place_freeze
from labeltrust.services._cases import freeze_cases
from labeltrust.services.deployment import Deployment
from labeltrust.services.note_gate import note_gate
from labeltrust.store.freezes import get_freeze, list_freezes
from labeltrust.store.projects import project_row
from labeltrust.store.session import unit_of_work


def undo_lift(
    deployment: Deployment, principal: Principal, freeze_id: int, *, reason: str
) -> FreezeCase:
    """Hold again what a lift gave back, within a day of it, and return the new freeze.

    Scope, kind, start and clock are those of the lifted one. It stands in the name of who undid the
    lift, so a hold that a second person must confirm waits for somebody else.

    Raises:
        NotAllowed: The role may not freeze.
        NotFound: There is no such freeze in scope.
        Conflict: It stands, was lifted too long ago, or something holds these labels again.
        InvalidInput: The reason is empty.
    """
    principal.require("freeze")
    note = checked_note(reason, "reason")
    with unit_of_work(deployment.engine) as session:
        row = get_freeze(session, freeze_id)
        if not principal.sees(row.project):
            detail = f"no freeze {freeze_id}"
            raise NotFound(detail)
        project = project_row(session, row.project)
        act = begin_act(session, project, principal.name, deployment.clock())
        state = get_freeze(session, freeze_id).state  # again, now that nobody else can act
        require_undo(state, act.at)
        again = _again(act, state)
        _refuse_held(act, again)
        placed = place_freeze(act, again, f"lift of freeze {freeze_id} undone: {note}")
        note_gate(deployment, act)
        return freeze_cases(session, [get_freeze(session, placed.id)])[0]


def _again(act: Act, lifted: FreezeState) -> FreezeState:
    return replace(
        lifted, id=0, automatic=False, placed_at=act.at, placed_by=act.actor, lifted_at=None
    )


def _refuse_held(act: Act, wanted: FreezeState) -> None:
    for row in list_freezes(act.session, act.project_id):
        if row.state.covers(wanted):
            detail = f"freeze {row.state.id} holds these labels already"
            raise Conflict(detail)
