"""The newest assessment as it stands: stored numbers, with flags and freezes of this moment."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from labeltrust.domain.errors import NotFound
from labeltrust.domain.flags import STANDING, FlagState
from labeltrust.domain.freezes import FreezeState
from labeltrust.domain.principals import Principal
from labeltrust.services.deployment import Deployment
from labeltrust.store.assessed import StoredPart, all_parts
from labeltrust.store.assessments import StoredAssessment, latest_assessment
from labeltrust.store.flags import brief_flags
from labeltrust.store.freezes import standing_states
from labeltrust.store.inserting import known_id
from labeltrust.store.projects import project_row
from labeltrust.store.session import reading_at_once

Document = dict[str, Any]


def read_assessment(deployment: Deployment, principal: Principal, project: str) -> Document:
    """Return the document of the contract for the newest assessment.

    Numbers are those of the assessment; `flag` and `frozen` of each labeler are those of now.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such project in scope, or nothing was assessed yet.
    """
    principal.require("read", project)
    with reading_at_once(deployment.engine) as session:
        project_id = known_id(project_row(session, project).id)
        stored = latest_assessment(session, project_id)
        standing = standing_of(session, project_id, deployment.clock())
        whole = whole_document(session, stored, project)
    return with_standing(whole, standing)


def whole_document(session: Session, stored: StoredAssessment | None, project: str) -> Document:
    """Return a stored document with its labelers.

    Raises:
        NotFound: Nothing was assessed yet.
    """
    head = head_of(stored, project)
    number = 0 if stored is None else stored.project_id
    others = {
        name: {**part, "labelers": _entries(session, number, name)}
        for name, part in head["questions"].items()
    }
    return {**head, "labelers": _entries(session, number, head["question"]), "questions": others}


def head_of(stored: StoredAssessment | None, project: str) -> Document:
    """Return a stored document without its labelers, or say what to do where there is none.

    Raises:
        NotFound: Nothing was assessed yet.
    """
    if stored is None:
        detail = f"project {project!r} was not assessed yet; run `labeltrust assess`"
        raise NotFound(detail)
    document: Document = json.loads(stored.document)
    return document


def _entries(session: Session, project_id: int, question: str) -> list[Document]:
    return [entry_of(part) for part in all_parts(session, project_id, question)]


def entry_of(part: StoredPart) -> Document:
    """Return a labeler's part as the document shows it."""
    return {"labeler": part.name, **json.loads(part.part)}


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
    flags = brief_flags(session, project_id, statuses=STANDING)
    return standing_among(flags, standing_states(session, project_id), now)


def standing_among(
    flags: Iterable[FlagState], freezes: Iterable[FreezeState], now: datetime
) -> Standing:
    """Return what stands against labelers, of some flags (oldest first) and freezes."""
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
        name: {**part, "labelers": stood(name, part["labelers"], standing)}
        for name, part in document["questions"].items()
    }
    labelers = stood(main, document["labelers"], standing)
    return {**document, "labelers": labelers, "questions": others}


def stood(question: str, labelers: list[Document], standing: Standing) -> list[Document]:
    """Return labelers of a question with their flag and freeze of this moment."""
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
