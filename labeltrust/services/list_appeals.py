"""Appeals against freezes: those that wait, and how the others ended."""

from labeltrust.domain.appeals import Appeal
from labeltrust.domain.errors import NotFound
from labeltrust.domain.listings import Listed, Listing
from labeltrust.domain.principals import Principal
from labeltrust.services._appeal_cases import appeal_cases
from labeltrust.services.deployment import Deployment
from labeltrust.store import appeals
from labeltrust.store.session import reading


def list_appeals(
    deployment: Deployment, principal: Principal, *, after: int = 0, limit: int | None = None
) -> tuple[Appeal, ...]:
    """Return the appeals of all projects in scope, oldest first.

    Args:
        deployment: The installation.
        principal: Who reads.
        after: Only appeals with a greater number.
        limit: At most so many.

    Raises:
        NotAllowed: The role may not read.
    """
    principal.require("read")
    with reading(deployment.engine) as session:
        rows = appeals.list_appeals(session, projects=principal.projects, after=after, limit=limit)
        return tuple(appeal_cases(session, rows))


def search_appeals(deployment: Deployment, principal: Principal, wanted: Listing) -> Listed[Appeal]:
    """Return the appeals of all projects in scope as a table asks for them.

    Args:
        deployment: The installation.
        principal: Who reads.
        wanted: Filters `status` and `project`; sorted by `appeal`, `labeler`, `freeze`, `status`,
            `opened_at`, `due_at` or `decided_by`.

    Raises:
        NotAllowed: The role may not read.
    """
    principal.require("read")
    with reading(deployment.engine) as session:
        found = appeals.find_appeals(session, principal.projects, wanted)
        return found.of(appeal_cases(session, found.rows))


def show_appeal(deployment: Deployment, principal: Principal, appeal_id: int) -> Appeal:
    """Return one appeal.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such appeal in scope.
    """
    principal.require("read")
    with reading(deployment.engine) as session:
        row = appeals.get_appeal(session, appeal_id)
        if not principal.sees(row.project):
            detail = f"no appeal {appeal_id}"
            raise NotFound(detail)
        return appeal_cases(session, [row])[0]
