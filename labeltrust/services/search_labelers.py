"""A page of the table of labelers, found by the database; never the whole project."""

from collections.abc import Sequence
from dataclasses import dataclass

from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.flags import STANDING
from labeltrust.domain.principals import Principal
from labeltrust.services.deployment import Deployment
from labeltrust.services.read_assessment import (
    Document,
    entry_of,
    head_of,
    standing_among,
    stood,
)
from labeltrust.store.assessed import some_parts
from labeltrust.store.assessments import latest_assessment
from labeltrust.store.flags import brief_flags
from labeltrust.store.freezes import standing_states
from labeltrust.store.inserting import known_id
from labeltrust.store.labeler_search import SORTS, STANDINGS, LabelerSearch
from labeltrust.store.labeler_search import search_labelers as search
from labeltrust.store.projects import project_row
from labeltrust.store.session import reading_at_once

_FEW = 500  # of more, as a download has, everybody's flags and freezes are read
__all__ = ["LabelerPage", "LabelerSearch", "search_labelers"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelerPage:
    """Labelers as the assessment document shows them, how many match, how many there are."""

    entries: Sequence[Document]
    n_found: int
    n_all: int


def search_labelers(
    deployment: Deployment, principal: Principal, project: str, wanted: LabelerSearch
) -> LabelerPage:
    """Return one page of the labelers of the newest assessment.

    Numbers are those of the assessment; flags and freezes, also those sorted and filtered by, are
    those of now.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such project in scope, or nothing was assessed yet.
        InvalidInput: There is no such order or standing.
    """
    principal.require("read", project)
    if wanted.sort.removeprefix("-") not in SORTS or wanted.standing not in STANDINGS:
        detail = f"cannot sort by {wanted.sort[:80]!r} or show {wanted.standing[:80]!r}"
        raise InvalidInput(detail, code="unknown_order")
    with reading_at_once(deployment.engine) as session:
        project_id = known_id(project_row(session, project).id)
        question = head_of(latest_assessment(session, project_id), project)["question"]
        found = search(session, project_id, question, wanted)
        parts = some_parts(session, project_id, question, found.labeler_ids)
        shown = found.labeler_ids if len(found.labeler_ids) <= _FEW else None
        flags = brief_flags(session, project_id, labeler_ids=shown, statuses=STANDING)
        freezes = standing_states(session, project_id, labeler_ids=shown)
    standing = standing_among(flags, freezes, deployment.clock())
    entries = [entry_of(parts[number]) for number in found.labeler_ids]
    return LabelerPage(
        entries=stood(question, entries, standing), n_found=found.n_found, n_all=found.n_all
    )
