"""Hold the labels of a flagged labeler out of exports, from the flag itself."""

from datetime import datetime

from labeltrust.domain.cases import FreezeCase
from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.freezes import CLOCKS, FreezeState
from labeltrust.domain.naming import checked_note
from labeltrust.domain.principals import Principal
from labeltrust.services._acts import begin_act, place_freeze
from labeltrust.services._cases import freeze_cases
from labeltrust.services.decide_flag import seen_flag
from labeltrust.services.deployment import Deployment
from labeltrust.services.freeze_labels import refuse_covered
from labeltrust.store.freezes import get_freeze
from labeltrust.store.projects import project_row
from labeltrust.store.session import unit_of_work


def freeze_flagged(
    deployment: Deployment,
    principal: Principal,
    flag_id: int,
    *,
    since: datetime | None,
    clock: str,
    reason: str,
) -> FreezeCase:
    """Place a label freeze that rests on a flag.

    Args:
        deployment: The installation.
        principal: Who freezes.
        flag_id: Number of the flag.
        since: Labels from this moment on; None for all.
        clock: Which time of a label is compared with `since`.
        reason: Why, in words.

    Raises:
        NotAllowed: The role may not freeze.
        NotFound: There is no such flag in scope.
        InvalidInput: An unknown clock, an empty reason.
        Conflict: A freeze that stands holds all of this already.
    """
    why = checked_note(reason, "reason")
    if clock not in CLOCKS:
        detail = f"clock is {clock[:80]!r}, must be one of {', '.join(CLOCKS)}"
        raise InvalidInput(detail, place="clock", code="unknown_clock")
    with unit_of_work(deployment.engine) as session:
        row = seen_flag(session, principal, flag_id, "freeze")
        project = project_row(session, row.project)
        act = begin_act(session, project, principal.name, deployment.clock())
        wanted = FreezeState(
            id=0,
            kind="label",
            labeler_id=row.state.labeler_id,
            flag_id=flag_id,
            since=since,
            clock=clock,
            placed_at=act.at,
            placed_by=act.actor,
        )
        refuse_covered(act, wanted)
        placed = place_freeze(act, wanted, why)
        return freeze_cases(session, [get_freeze(session, placed.id)])[0]
