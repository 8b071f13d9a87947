"""A person's verdict on a flag, with everything that follows from it."""

from dataclasses import replace

from sqlmodel import Session

from labeltrust.domain.cases import FlagCase
from labeltrust.domain.errors import NotFound
from labeltrust.domain.flags import EVENT_OF, FlagState, next_status
from labeltrust.domain.freezes import HOLDS_LABELS, FreezeState
from labeltrust.domain.naming import MAX_NOTE, checked_note
from labeltrust.domain.principals import Principal
from labeltrust.services import _acts
from labeltrust.services._acts import Act, begin_act
from labeltrust.services._cases import flag_cases
from labeltrust.services._lifting import give_back
from labeltrust.services.approvals._base import Doing
from labeltrust.services.deployment import Deployment
from labeltrust.services.note_gate import note_gate
from labeltrust.services.second_person import require_second_person
from labeltrust.store.flags import FlagRow, get_flag
from labeltrust.store.freezes import list_freezes
from labeltrust.store.projects import project_row
from labeltrust.store.session import unit_of_work


def decide_flag(
    deployment: Deployment, principal: Principal, flag_id: int, *, verdict: str, note: str
) -> FlagCase:
    """Confirm, dismiss or reopen a flag.

    A dismissed flag gives back what the machine froze for it, or asks a second person to, where
    much was given back lately. A confirmed one turns its provisional
    holds into label freezes: the second person whom the circuit breaker waits for.

    Args:
        deployment: The installation.
        principal: Who decides.
        flag_id: Number of the flag.
        verdict: `confirm`, `dismiss` or `reopen`.
        note: Why, in words.

    Raises:
        NotAllowed: The role may not review.
        NotFound: There is no such flag in scope.
        Conflict: The flag cannot take this verdict now.
        InvalidInput: The verdict is unknown or the note is empty.
    """
    reason = checked_note(note, "note")
    with unit_of_work(deployment.engine) as session:
        row = seen_flag(session, principal, flag_id, "review")
        project = project_row(session, row.project)
        act = begin_act(session, project, principal.name, deployment.clock())
        state = get_flag(session, flag_id).state  # again, now that nobody else can act
        status = next_status(state.status, verdict)
        _acts.decide_flag(act, state, verdict=verdict, status=status, note=reason)
        _follow(Doing(deployment=deployment, act=act, reason=reason), principal, state, verdict)
        note_gate(deployment, act)
        return flag_cases(session, [get_flag(session, flag_id)])[0]


def seen_flag(session: Session, principal: Principal, flag_id: int, right: str) -> FlagRow:
    """Return a flag that a principal may act on; one out of scope is answered like a missing one.

    Raises:
        NotAllowed: The role lacks the right.
        NotFound: There is no such flag in scope.
    """
    principal.require(right)
    row = get_flag(session, flag_id)
    if not principal.sees(row.project):
        detail = f"no flag {flag_id}"
        raise NotFound(detail)
    return row


def _follow(doing: Doing, principal: Principal, flag: FlagState, verdict: str) -> None:
    act, reason = doing.act, f"flag {flag.id} {EVENT_OF[verdict].partition('.')[2]}: {doing.reason}"
    held = [
        row.state
        for row in list_freezes(act.session, act.project_id)
        if row.state.flag_id == flag.id and row.state.kind in HOLDS_LABELS
    ]
    if verdict == "dismiss":
        automatic = [freeze for freeze in held if freeze.automatic]
        give_back(replace(doing, reason=reason[:MAX_NOTE]), principal, automatic)
    for freeze in held:
        if verdict == "confirm" and freeze.kind == "provisional":
            _confirm(act, principal, freeze, reason)


def _confirm(act: Act, principal: Principal, hold: FreezeState, reason: str) -> None:
    require_second_person(act.session, hold.placed_by, principal, f"freeze {hold.id}")
    _acts.lift_freeze(act, hold, reason)
    label = replace(
        hold, kind="label", automatic=False, placed_at=act.at, placed_by=act.actor, lifted_at=None
    )
    _acts.place_freeze(act, label, reason)
