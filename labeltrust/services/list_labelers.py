"""Labelers of a project: the table, and one of them with all evidence."""

from dataclasses import dataclass

from labeltrust.domain.cases import FlagCase, FreezeCase
from labeltrust.domain.errors import NotFound
from labeltrust.domain.principals import Principal
from labeltrust.services._cases import flag_cases, freeze_cases, labeler_named
from labeltrust.services.deployment import Deployment
from labeltrust.services.read_assessment import Document, read_assessment
from labeltrust.store.flags import list_flags
from labeltrust.store.freezes import list_freezes
from labeltrust.store.inserting import known_id
from labeltrust.store.projects import project_row
from labeltrust.store.session import reading


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
    document = read_assessment(deployment, principal, project)
    with reading(deployment.engine) as session:
        row = project_row(session, project)
        number = labeler_named(deployment, session, row, labeler, source)
        project_id = known_id(row.id)
        flags = [f for f in list_flags(session, project_id) if f.state.labeler_id == number]
        freezes = list_freezes(session, project_id, lifted=True)
        held = [f for f in freezes if f.state.labeler_id == number]
        return LabelerCase(
            assessed=_entry(document, number, labeler),
            flags=tuple(flag_cases(session, flags)),
            freezes=tuple(freeze_cases(session, held)),
        )


def _entry(document: Document, number: int, labeler: str) -> Document:
    for entry in document["labelers"]:
        if entry["id"] == number:
            return dict(entry)
    detail = f"labeler {labeler[:200]!r} is in no assessment yet; run `labeltrust assess`"
    raise NotFound(detail)


def _least_trusted_first(entry: Document) -> tuple[bool, float, str]:
    value = entry["trust"]["value"]
    return (value is None, 0.0 if value is None else value, entry["labeler"])
