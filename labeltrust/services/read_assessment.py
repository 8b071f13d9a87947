"""The newest assessment as it stands: stored numbers, with flags and freezes of this moment."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from labeltrust.domain.errors import NotFound
from labeltrust.domain.flags import FlagState
from labeltrust.domain.principals import Principal
from labeltrust.services.deployment import Deployment
from labeltrust.store.assessments import StoredAssessment, latest_assessment
from labeltrust.store.flags import list_flags
from labeltrust.store.freezes import list_freezes
from labeltrust.store.inserting import known_id
from labeltrust.store.projects import project_row
from labeltrust.store.session import reading

Document = dict[str, Any]


def read_assessment(deployment: Deployment, principal: Principal, project: str) -> Document:
    """Return the document of the contract for the newest assessment.

    Numbers are those of the assessment; `flag` and `frozen` of each labeler are those of now.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such project in scope, or nothing was assessed yet.
    """
    principal.require("read", project)
    with reading(deployment.engine) as session:
        project_id = known_id(project_row(session, project).id)
        stored = latest_assessment(session, project_id)
        standing = standing_of(session, project_id, deployment.clock())
    return with_standing(document_of(stored, project), standing)


def document_of(stored: StoredAssessment | None, project: str) -> Document:
    """Return a stored document, or say what to do where there is none.

    Raises:
        NotFound: Nothing was assessed yet.
    """
    if stored is None:
        detail = f"project {project!r} was not assessed yet; run `labeltrust assess`"
        raise NotFound(detail)
    document: Document = json.loads(stored.document)
    return document


def standing_of(
    session: Session, project_id: int, now: datetime
) -> Mapping[int, tuple[FlagState | None, bool]]:
    """Return the flag that counts and whether labels are held, by labeler id."""
    standing: dict[int, tuple[FlagState | None, bool]] = {}
    for row in list_flags(session, project_id):
        if row.state.status != "dismissed":
            standing[row.state.labeler_id] = (row.state, False)
    for freeze in list_freezes(session, project_id):
        labeler = freeze.state.labeler_id
        if labeler is not None and freeze.state.holds_labels(now):
            standing[labeler] = (standing.get(labeler, (None, False))[0], True)
    return standing


def with_standing(
    document: Document, standing: Mapping[int, tuple[FlagState | None, bool]]
) -> Document:
    """Return a document whose labelers carry their flag and freeze of this moment."""
    nothing = (None, False)
    labelers = []
    for entry in document["labelers"]:
        flag, frozen = standing.get(entry["id"], nothing)
        labelers.append({**entry, "frozen": frozen, "flag": shown_flag(flag)})
    return {**document, "labelers": labelers}


def shown_flag(flag: FlagState | None) -> Document | None:
    """Return a flag as the assessment document shows it."""
    if flag is None:
        return None
    return {
        "id": flag.id,
        "status": flag.status,
        "severity": flag.severity,
        "signals": list(flag.signals),
        "since": None if flag.since is None else flag.since.isoformat(),
        "contested": flag.contested,
        "strong": flag.strong,
    }
