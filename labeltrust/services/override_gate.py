"""Ask for an override of a closed gate, and end one before its time."""

from datetime import datetime

from labeltrust.domain.approvals import Approval
from labeltrust.domain.errors import Conflict
from labeltrust.domain.naming import checked_note
from labeltrust.domain.overrides import Override, checked_until
from labeltrust.domain.principals import Principal
from labeltrust.services._acts import begin_act, note
from labeltrust.services.approvals._base import Doing
from labeltrust.services.approvals.gate_override import proposed
from labeltrust.services.ask_approval import ask_within
from labeltrust.services.check_gate import gate_facts
from labeltrust.services.deployment import Deployment
from labeltrust.services.note_gate import note_gate
from labeltrust.store.overrides import end_override, newest_override
from labeltrust.store.projects import project_row
from labeltrust.store.session import unit_of_work

_KIND = "gate_override"


def ask_override(
    deployment: Deployment, principal: Principal, project: str, *, until: datetime, reason: str
) -> Approval:
    """Ask a second person to open the gate until a moment, although it is closed.

    What is asked about is what closes the gate now; what comes later closes it again.

    Raises:
        NotAllowed: The role may not freeze, or nobody knows who asks.
        NotFound: There is no such project in scope.
        InvalidInput: The reason is empty, or the moment no near future.
        Conflict: The gate is open, or closed for tampering.
    """
    principal.require("freeze", project)
    words = checked_note(reason, "reason")
    with unit_of_work(deployment.engine) as session:
        row = project_row(session, project)
        act = begin_act(session, row, principal.name, deployment.clock())
        checked_until(until, act.at)
        change = proposed(gate_facts(deployment, session, row, act.at), act.at, until)
        doing = Doing(deployment=deployment, act=act, reason=words)
        return ask_within(doing, principal, _KIND, change)


def revoke_override(
    deployment: Deployment, principal: Principal, project: str, *, reason: str
) -> Override:
    """End an override before its time; one person is enough. Its undo is to ask again.

    Raises:
        NotAllowed: The role may not freeze.
        NotFound: There is no such project in scope.
        InvalidInput: The reason is empty.
        Conflict: None stands.
    """
    principal.require("freeze", project)
    words = checked_note(reason, "reason")
    with unit_of_work(deployment.engine) as session:
        act = begin_act(session, project_row(session, project), principal.name, deployment.clock())
        found = newest_override(session, act.project_id)
        if found is None or not found.stands(act.at):
            raise Conflict("no override of this gate stands")
        end_override(session, found.id, by=act.actor, reason=words, at=act.at)
        note(act, "gate.override_ended", {"override": found.id, "reason": words})
        note_gate(deployment, act)
        ended = newest_override(session, act.project_id)
        return ended or found
