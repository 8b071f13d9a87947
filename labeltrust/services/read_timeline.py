"""What happened in a project, out of its history: flags, freezes, training sets, the gate."""

from datetime import datetime

from labeltrust.domain.principals import Principal
from labeltrust.services._incident_timeline import (
    Concerned,
    TimelineEntry,
    hidden_audits,
    timeline,
)
from labeltrust.services.deployment import Deployment
from labeltrust.store.flags import brief_flags
from labeltrust.store.inserting import known_id
from labeltrust.store.labelers import labeler_names
from labeltrust.store.projects import project_row
from labeltrust.store.session import reading

__all__ = ["TimelineEntry", "read_timeline"]
_NO_INCIDENT = 0


def read_timeline(
    deployment: Deployment, principal: Principal, project: str, window: tuple[datetime, datetime]
) -> tuple[list[TimelineEntry], bool]:
    """Return what happened to the flagged and their project, oldest first.

    Args:
        deployment: The installation.
        principal: Who reads.
        project: Name of the project.
        window: From the first moment to the last one, by our clock.

    Returns:
        The entries, and whether the beginning is left out.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such project in scope.
    """
    principal.require("read", project)
    with reading(deployment.engine) as session:
        row = project_row(session, project)
        flags = brief_flags(session, known_id(row.id))
        names = labeler_names(session, {flag.labeler_id for flag in flags})
        numbers = frozenset(flag.id for flag in flags)
        about = Concerned(
            incident=_NO_INCIDENT,
            names={("labeler", number): name for number, name in names.items()},
            flags=numbers,
            freezes=None,
            hidden=hidden_audits(session, principal, row, (names, numbers)),
        )
        return timeline(session, row, about, window)
