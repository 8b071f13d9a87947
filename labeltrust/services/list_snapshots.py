"""The snapshots of a project."""

from labeltrust.domain.listings import Listed, Listing
from labeltrust.domain.principals import Principal
from labeltrust.services.deployment import Deployment
from labeltrust.store.inserting import known_id
from labeltrust.store.projects import project_row
from labeltrust.store.session import reading
from labeltrust.store.snapshots import SnapshotLine, find_snapshots, snapshot_lines


def list_snapshots(
    deployment: Deployment,
    principal: Principal,
    project: str,
    *,
    before: int | None = None,
    limit: int = 100,
) -> list[SnapshotLine]:
    """Return snapshots without their manifests, newest first.

    Args:
        deployment: The installation.
        principal: Who reads.
        project: Name of the project.
        before: Only snapshots with a smaller number.
        limit: At most so many.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such project in scope.
    """
    principal.require("read", project)
    with reading(deployment.engine) as session:
        project_id = known_id(project_row(session, project).id)
        return snapshot_lines(session, project_id, before=before, limit=limit)


def search_snapshots(
    deployment: Deployment, principal: Principal, project: str, wanted: Listing
) -> Listed[SnapshotLine]:
    """Return snapshots of a project as a table asks for them.

    Args:
        deployment: The installation.
        principal: Who reads.
        project: Name of the project.
        wanted: Sorted by `id`, `created_at`, `created_by`, `events_through` or `rows`.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such project in scope.
    """
    principal.require("read", project)
    with reading(deployment.engine) as session:
        return find_snapshots(session, known_id(project_row(session, project).id), wanted)
