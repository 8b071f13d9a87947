"""What changed since the last look: for whoever watches, at the cost of a few small reads."""

from labeltrust.domain.principals import Principal
from labeltrust.services.check_gate import check_gate
from labeltrust.services.deployment import Deployment
from labeltrust.store.pulse import Opened, ProjectPulse, Pulse, read_pulse
from labeltrust.store.session import reading

__all__ = ["Opened", "ProjectPulse", "Pulse", "gate_is_open", "look"]

_WATCHER = Principal(name="system:watcher", role="auditor", projects=None)


def look(deployment: Deployment, after_flag: int | None) -> Pulse:
    """Return the pulse of all projects; whoever is told of it sees a part by scope.

    Args:
        deployment: The installation.
        after_flag: Tell of flags opened after this one; None tells of none.
    """
    with reading(deployment.engine) as session:
        return read_pulse(session, deployment.clock(), after_flag)


def gate_is_open(deployment: Deployment, project: str) -> bool:
    """Say how the gate of a project stands.

    Raises:
        NotFound: There is no such project any more.
    """
    return check_gate(deployment, _WATCHER, project).open
