"""The newest assessment as it stands: stored numbers, with flags and freezes of this moment."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What stands against labelers now.

    Attributes:
        flags: The flag that counts, by question and labeler id.
        frozen: Ids of labelers of whom labels are held.
    """

    flags: Mapping[tuple[str, int], FlagState]
    frozen: frozenset[int]


def standing_of(session: Session, project_id: int, now: datetime) -> Standing:
    """Return what stands against the labelers of a project; dismissed flags do not count."""
    flags = [row.state for row in list_flags(session, project_id)]
    freezes = [row.state for row in list_freezes(session, project_id)]
    return Standing(
        flags={
            (flag.question, flag.labeler_id): flag for flag in flags if flag.status != "dismissed"
        },
        frozen=frozenset(
            f.labeler_id for f in freezes if f.labeler_id is not None and f.holds_labels(now)
        ),
    )


def with_standing(document: Document, standing: Standing) -> Document:
    """Return a document whose labelers carry their flag and freeze of this moment."""
    main = document["question"]
    others = {
        name: {**part, "labelers": _stood(name, part["labelers"], standing)}
        for name, part in document["questions"].items()
    }
    labelers = _stood(main, document["labelers"], standing)
    return {**document, "labelers": labelers, "questions": others}


def _stood(question: str, labelers: list[Document], standing: Standing) -> list[Document]:
    return [
        {
            **entry,
            "frozen": entry["id"] in standing.frozen,
            "flag": shown_flag(standing.flags.get((question, entry["id"]))),
        }
        for entry in labelers
    ]


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
