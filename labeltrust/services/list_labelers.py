"""Labelers of a project: the table, and one of them with all evidence."""

from dataclasses import dataclass

from sqlmodel import Session

from labeltrust.domain.cases import FlagCase, FreezeCase
from labeltrust.domain.errors import NotFound
from labeltrust.domain.principals import Principal
from labeltrust.services._cases import flag_cases, freeze_cases, labeler_named
from labeltrust.services.deployment import Deployment
from labeltrust.services.read_assessment import (
    Document,
    entry_of,
    head_of,
    read_assessment,
    standing_among,
    stood,
)
from labeltrust.store.assessed import some_parts
from labeltrust.store.assessments import latest_assessment
from labeltrust.store.flags import list_flags
from labeltrust.store.freezes import freezes_of_labeler
from labeltrust.store.inserting import known_id
from labeltrust.store.projects import project_row
from labeltrust.store.session import reading_at_once
from labeltrust.store.tables import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelerCase:
    """One labeler: what the newest assessment says, and every flag and freeze there ever was."""

    assessed: Document
    flags: tuple[FlagCase, ...]
    freezes: tuple[FreezeCase, ...]


def list_labelers(deployment: Deployment, principal: Principal, project: str) -> list[Document]:
    """Return the labelers of the newest assessment, the least trusted first.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such project in scope, or nothing was assessed yet.
    """
    document = read_assessment(deployment, principal, project)
    return sorted(document["labelers"], key=_least_trusted_first)


def show_labeler(
    deployment: Deployment,
    principal: Principal,
    project: str,
    labeler: str,
    *,
    source: str | None = None,
) -> LabelerCase:
    """Return one labeler with evidence.

    Args:
        deployment: The installation.
        principal: Who reads.
        project: Name of the project.
        labeler: Outside id, as the source gave it.
        source: Whose labeler, where two sources use the same id.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such project or labeler, or nothing was assessed yet.
        InvalidInput: Two sources call different labelers by this name.
    """
    principal.require("read", project)
    with reading_at_once(deployment.engine) as session:
        row = project_row(session, project)
        number = labeler_named(deployment, session, row, labeler, source)
        return _case(deployment, session, row, number, labeler)


def show_labeler_by_id(
    deployment: Deployment, principal: Principal, project: str, labeler_id: int
) -> LabelerCase:
    """Return one labeler with evidence, by opaque id.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such project or labeler, or nothing was assessed yet.
    """
    principal.require("read", project)
    with reading_at_once(deployment.engine) as session:
        row = project_row(session, project)
        return _case(deployment, session, row, labeler_id, f"#{labeler_id}")


def _case(
    deployment: Deployment, session: Session, project: Project, number: int, name: str
) -> LabelerCase:
    project_id = known_id(project.id)
    question = head_of(latest_assessment(session, project_id), project.name)["question"]
    found = some_parts(session, project_id, question, [number]).get(number)
    if found is None:
        detail = f"labeler {name[:200]!r} is in no assessment yet; run `labeltrust assess`"
        raise NotFound(detail)
    flags = list_flags(session, project_id, labeler_id=number)
    held = freezes_of_labeler(session, project_id, number)
    standing = standing_among((f.state for f in flags), (f.state for f in held), deployment.clock())
    return LabelerCase(
        assessed=stood(question, [entry_of(found)], standing)[0],
        flags=tuple(flag_cases(session, flags)),
        freezes=tuple(freeze_cases(session, held)),
    )


def _least_trusted_first(entry: Document) -> tuple[bool, float, str]:
    value = entry["trust"]["value"]
    return (value is None, 0.0 if value is None else value, entry["labeler"])
