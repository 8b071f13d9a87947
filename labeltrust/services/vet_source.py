"""Vet a source: compare it with the trusted ones before its labels count, and decide."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from sqlmodel import Session

from labeltrust.domain.access import Source, SourceChange
from labeltrust.domain.errors import InvalidInput, NotFound
from labeltrust.domain.principals import Principal
from labeltrust.policy.vetting import Comparison, Counts, Labeled, compared, feature_comparison
from labeltrust.services._heavy import heavily
from labeltrust.services.add_source import change_source
from labeltrust.services.deployment import Deployment
from labeltrust.services.manageable import seen_source
from labeltrust.store.content_digests import content_marks
from labeltrust.store.inserting import known_id
from labeltrust.store.judgments import LoadedJudgments, read_judgments
from labeltrust.store.projects import project_row, questions_of
from labeltrust.store.session import reading
from labeltrust.store.slices import Int
from labeltrust.store.snapshots import probation_sources
from labeltrust.store.sources import source_projects

DECISIONS: Final[Mapping[str, str]] = {
    "trust": "trusted",
    "keep": "probation",
    "reject": "rejected",
}
_MOST_FEATURES: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Vetting:
    """A source beside the trusted sources of a project.

    Attributes:
        source: Name of the source.
        project: Whose labels are compared.
        question: Of which question.
        status: Of the source now.
        labels: Labels of the source that stand now; `trusted` counts those of trusted sources.
        comparisons: What was compared, with interval and n or a reason.
        concerns: How many of them are concerns.
    """

    source: str
    project: str
    question: str
    status: str
    labels: int
    trusted: int
    comparisons: tuple[Comparison, ...]
    concerns: int


def vet_source(
    deployment: Deployment,
    principal: Principal,
    source: str,
    project: str,
    question: str | None = None,
) -> Vetting:
    """Compare a source with the trusted sources of a project; nothing is stored.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such project in scope, no such question, or the source does not
            speak for it.
    """
    principal.require("read", project)
    with reading(deployment.engine) as session:
        row = seen_source(session, principal, source)
        if project not in source_projects(session, row):
            detail = f"source {source[:200]!r} does not speak for project {project[:200]!r}"
            raise NotFound(detail)
        number, status = known_id(row.id), row.status
        asked = _question(session, project, question)
        untrusted = probation_sources(session, known_id(project_row(session, project).id))
    found = heavily(deployment, _compared, project, asked, number, tuple(untrusted))
    labels, trusted, comparisons = found
    return Vetting(
        source=source,
        project=project,
        question=asked,
        status=status,
        labels=labels,
        trusted=trusted,
        comparisons=comparisons,
        concerns=sum(one.concern for one in comparisons),
    )


def decide_vetting(
    deployment: Deployment, principal: Principal, source: str, decision: str, *, reason: str
) -> Source:
    """Trust a source, keep it on probation, or reject it; each other decision is the undo.

    Args:
        deployment: The installation.
        principal: Who decides.
        source: Name of the source.
        decision: `trust`, `keep` or `reject`: rejected labels never count, and the gate does not
            wait for them.
        reason: What was checked.

    Raises:
        NotAllowed: The role may not manage, or not this source.
        NotFound: There is no such source in scope.
        InvalidInput: The decision is none, or the reason is empty.
    """
    if decision not in DECISIONS:
        detail = f"decision is {decision[:80]!r}, must be one of {', '.join(DECISIONS)}"
        raise InvalidInput(detail, place="decision")
    change = SourceChange(status=DECISIONS[decision])
    return change_source(deployment, principal, source, change, reason=reason, decision=decision)


def _question(session: Session, project: str, question: str | None) -> str:
    names = [one.name for one in questions_of(session, project_row(session, project))]
    if question is None:
        return "label" if "label" in names else names[0]
    if question not in names:
        detail = f"project {project[:200]!r} has no question {question[:200]!r}"
        raise NotFound(detail)
    return question


def _compared(
    deployment: Deployment, project: str, question: str, source: int, untrusted: tuple[int, ...]
) -> tuple[int, int, tuple[Comparison, ...]]:
    loaded = read_judgments(deployment.engine, project, question)
    new = loaded.source == source
    trusted = ~new & ~np.isin(loaded.source, list(untrusted))
    either = new | trusted
    order = np.argsort(loaded.gold_item, kind="stable")
    labeled = Labeled(
        item=loaded.item[either],
        label=loaded.label[either],
        new=new[either],
        gold_item=loaded.gold_item[order],
        gold_label=loaded.gold_label[order],
        words=loaded.words,
    )
    ours, theirs = np.unique(loaded.item[new]), np.unique(loaded.item[trusted])
    features = _features(loaded, ours, theirs)
    doubles = Counts(new=_doubles(deployment, ours), trusted=_doubles(deployment, theirs))
    found = compared(labeled, features, doubles)
    return int(new.sum()), int(trusted.sum()), tuple(found)


def _features(loaded: LoadedJudgments, ours: Int, theirs: Int) -> list[Comparison]:
    """Compare the features of items that only one side labeled."""
    sides = np.setdiff1d(ours, theirs), np.setdiff1d(theirs, ours)
    out = []
    for name, (items, values) in sorted(loaded.features.items())[:_MOST_FEATURES]:
        kind = "number" if values.dtype.kind == "f" else "category"
        columns = [_column(items, values, side) for side in sides]
        out.append(feature_comparison(name, kind, columns[0], columns[1]))
    return out


def _column(items: Int, values: Any, side: Int) -> Any:  # noqa: ANN401 - numbers or texts
    """Return the values of some items, absent where nothing was told of one."""
    if not items.size:
        return np.full(side.size, np.nan)
    place = np.minimum(np.searchsorted(items, side), items.size - 1)
    known = items[place] == side
    none = np.nan if values.dtype.kind == "f" else "absent"
    return np.where(known, values[place], none)


def _doubles(deployment: Deployment, items: Int) -> tuple[int, int]:
    """Return how many of some items show what another of them shows, and of how many."""
    found, marks = content_marks(deployment.engine, items.tolist())
    if not found.size:
        return 0, 0
    times = np.bincount(marks)
    return int((times[marks] > 1).sum()), int(found.size)
