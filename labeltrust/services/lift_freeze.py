"""End a freeze: what it held returns to exports."""

from labeltrust.domain.cases import FreezeCase
from labeltrust.domain.errors import NotFound
from labeltrust.domain.freezes import require_change
from labeltrust.domain.naming import checked_note
from labeltrust.domain.principals import Principal
from labeltrust.services import _acts
from labeltrust.services._acts import begin_act
from labeltrust.services._cases import freeze_cases
from labeltrust.services.deployment import Deployment
from labeltrust.store.freezes import get_freeze
from labeltrust.store.projects import project_row
from labeltrust.store.session import unit_of_work


def lift_freeze(
    deployment: Deployment, principal: Principal, freeze_id: int, *, reason: str
) -> FreezeCase:
    """Lift a freeze; its undo is a new freeze.

    Raises:
        NotAllowed: The role may not freeze.
        NotFound: There is no such freeze in scope.
        Conflict: It is lifted already.
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
        require_change(state, "lift")
        _acts.lift_freeze(act, state, note)
        return freeze_cases(session, [get_freeze(session, freeze_id)])[0]
