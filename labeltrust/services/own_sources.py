"""The sources that are labeltrust's own: what comes by hand, by file or by a person's key."""

from collections.abc import Collection
from typing import Final

from sqlmodel import Session, col, select

from labeltrust.domain.access import SourceDraft
from labeltrust.domain.errors import Conflict
from labeltrust.domain.principals import Principal
from labeltrust.services.deployment import Deployment
from labeltrust.store.history import SYSTEM, append
from labeltrust.store.inserting import insert_new, known_id
from labeltrust.store.session import reading, unit_of_work
from labeltrust.store.sources import find_source, insert_source, source_projects
from labeltrust.store.tables import Project, Source, SourceProject

API: Final = "api"
IMPORT: Final = "import"
# No adapter has this name, so no webhook call can speak for such a source.
OWN_PLATFORM: Final = "labeltrust"


def link_own_source(
    deployment: Deployment, principal: Principal, name: str, projects: Collection[str]
) -> frozenset[str]:
    """Let a source speak for projects on a principal's behalf; make the source if it is new.

    Args:
        deployment: The installation.
        principal: Who brings labels in.
        name: The source's name.
        projects: Names; those that are not there are passed over.

    Returns:
        All projects that the source may speak for now.

    Raises:
        NotAllowed: The role may not write events; or it may not manage, and the source is one
            whose secret would then speak for more projects.
    """
    principal.require("write_events")
    for _ in range(3):
        known, is_enough = _linked(deployment, name, projects)
        if is_enough:
            return known
        try:
            return _link(deployment, principal, name, projects)
        except Conflict:
            continue  # another server made it in the same moment
    detail = f"source {name!r} is being changed; try again"
    raise Conflict(detail)


def _linked(
    deployment: Deployment, name: str, projects: Collection[str]
) -> tuple[frozenset[str], bool]:
    """Return what a source speaks for, and whether that is all there is of these projects."""
    with reading(deployment.engine) as session:
        row = find_source(session, name)
        if row is None:
            return frozenset(), False
        known = frozenset(source_projects(session, row))
        missing = set(projects) - known
        return known, not (missing and _projects(session, missing))


def _projects(session: Session, names: Collection[str]) -> list[Project]:
    return list(session.exec(select(Project).where(col(Project.name).in_(list(names)))))


def _link(
    deployment: Deployment, principal: Principal, name: str, projects: Collection[str]
) -> frozenset[str]:
    with unit_of_work(deployment.engine) as session:
        row = find_source(session, name) or _made(deployment, session, principal, name)
        before = set(source_projects(session, row))
        new = [p for p in _projects(session, projects) if p.name not in before]
        if new and row.platform != OWN_PLATFORM:
            principal.require("manage")
        for project in new:
            link = SourceProject(source_id=known_id(row.id), project_id=known_id(project.id))
            insert_new(session, link, "linked by another server already")
        if new:
            names = sorted(project.name for project in new)
            _note(deployment, session, principal, "source.linked", {"source": name, "new": names})
        return frozenset(before | {project.name for project in new})


def _made(deployment: Deployment, session: Session, principal: Principal, name: str) -> Source:
    draft = SourceDraft(name=name, platform=OWN_PLATFORM, projects=())
    row = insert_source(session, draft, deployment.clock())
    _note(deployment, session, principal, "source.added", {"source": name})
    return row


def _note(
    deployment: Deployment,
    session: Session,
    principal: Principal,
    kind: str,
    detail: dict[str, object],
) -> None:
    append(
        session,
        chain=SYSTEM,
        type=kind,
        actor=principal.name,
        at=deployment.clock(),
        detail=detail,
    )
