"""Decide an appeal: another person than who froze or confirmed, with a written reason."""

from labeltrust.domain.appeals import Appeal, require_outcome
from labeltrust.domain.clock import microseconds
from labeltrust.domain.errors import NotFound
from labeltrust.domain.flags import next_status
from labeltrust.domain.naming import checked_note
from labeltrust.domain.principals import Principal
from labeltrust.services import _acts
from labeltrust.services._acts import Act, begin_act
from labeltrust.services._appeal_cases import appeal_cases
from labeltrust.services.deployment import Deployment
from labeltrust.services.second_person import require_second_person
from labeltrust.store.acts import acts_since
from labeltrust.store.appeals import AppealRow, close_appeal, get_appeal
from labeltrust.store.flags import get_flag
from labeltrust.store.freezes import get_freeze
from labeltrust.store.history import About
from labeltrust.store.projects import project_row
from labeltrust.store.session import unit_of_work

_MANY = 1_000_000


def decide_appeal(
    deployment: Deployment, principal: Principal, appeal_id: int, *, outcome: str, reason: str
) -> Appeal:
    """Uphold or overturn the freeze that an appeal is against.

    Overturned, the freeze is lifted and a confirmed flag behind it is reopened: it is decided anew.

    Args:
        deployment: The installation.
        principal: Who decides.
        appeal_id: Number of the appeal.
        outcome: `upheld` or `overturned`.
        reason: Why, in words.

    Raises:
        NotAllowed: The role may not review, or the person froze or confirmed.
        NotFound: There is no such appeal in scope.
        InvalidInput: There is no such outcome, or the reason is empty.
        Conflict: It is decided already.
    """
    why = checked_note(reason, "reason")
    principal.require("review")
    with unit_of_work(deployment.engine) as session:
        seen = get_appeal(session, appeal_id)
        if not principal.sees(seen.project):
            detail = f"no appeal {appeal_id}"
            raise NotFound(detail)
        project = project_row(session, seen.project)
        act = begin_act(session, project, principal.name, deployment.clock())
        row = get_appeal(session, appeal_id)  # again, now that nobody else can act
        require_outcome(appeal_cases(session, [row])[0], outcome)
        for actor in sorted(_involved(act, row)):
            require_second_person(session, actor, principal, f"appeal {appeal_id}")
        close_appeal(session, appeal_id, outcome, actor=act.actor, decision=why, at=act.at)
        said = {"appeal": appeal_id, "freeze": row.freeze, "outcome": outcome, "reason": why}
        _acts.note(act, "appeal.decided", said, About(labeler_alias_id=row.labeler_id))
        if outcome == "overturned":
            _give_back(act, row, f"appeal {appeal_id} overturned: {why}")
        return appeal_cases(session, [get_appeal(session, appeal_id)])[0]


def _involved(act: Act, row: AppealRow) -> set[str]:
    """Return who placed the freeze, and everybody who ever confirmed the flag behind it."""
    actors = {row.placed_by}
    if row.flag is not None:
        flag = get_flag(act.session, row.flag)
        opened = microseconds(flag.state.opened_at) - 1
        confirmed = acts_since(
            act.session,
            opened,
            ["flag.confirmed"],
            projects=frozenset({row.project}),
            limit=_MANY,
        )
        actors |= {one.actor for one in confirmed if one.detail.get("flag") == row.flag}
    return actors


def _give_back(act: Act, row: AppealRow, why: str) -> None:
    freeze = get_freeze(act.session, row.freeze).state
    if freeze.lifted_at is None:
        _acts.lift_freeze(act, freeze, why)
    if row.flag is None:
        return
    flag = get_flag(act.session, row.flag).state
    if flag.status == "confirmed":
        status = next_status(flag.status, "reopen")
        _acts.decide_flag(act, flag, verdict="reopen", status=status, note=why)
