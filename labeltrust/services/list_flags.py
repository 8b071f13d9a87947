"""The review queue: flags of a project, oldest first."""

from labeltrust.domain.cases import FlagCase
from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.flags import STATUSES
from labeltrust.domain.principals import Principal
from labeltrust.services._cases import flag_cases
from labeltrust.services.decide_flag import seen_flag
from labeltrust.services.deployment import Deployment
from labeltrust.store import flags
from labeltrust.store.inserting import known_id
from labeltrust.store.projects import project_row
from labeltrust.store.session import reading


def list_flags(
    deployment: Deployment,
    principal: Principal,
    project: str,
    *,
    status: str | None = None,
    after: int = 0,
    limit: int | None = None,
) -> list[FlagCase]:
    """Return flags, oldest first.

    Args:
        deployment: The installation.
        principal: Who reads.
        project: Name of the project.
        status: `open`, `confirmed`, `dismissed`, or None for all.
        after: Only flags with a greater number.
        limit: At most so many.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such project in scope.
        InvalidInput: There is no such status.
    """
    principal.require("read", project)
    if status is not None and status not in STATUSES:
        detail = f"status is {status[:80]!r}, must be one of {', '.join(STATUSES)}"
        raise InvalidInput(detail, place="status", code="unknown_status")
    with reading(deployment.engine) as session:
        project_id = known_id(project_row(session, project).id)
        rows = flags.list_flags(session, project_id, status=status, after=after, limit=limit)
        return flag_cases(session, rows)


def show_flag(deployment: Deployment, principal: Principal, flag_id: int) -> FlagCase:
    """Return one flag with its evidence.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such flag in scope.
    """
    with reading(deployment.engine) as session:
        row = seen_flag(session, principal, flag_id, "read")
        return flag_cases(session, [row])[0]
