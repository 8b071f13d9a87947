"""The overview of a project: its numbers, how they moved, what is new, and where labels come from.

A few bounded queries, whatever the number of labels and labelers.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from labeltrust.domain.cases import FlagCase, FreezeCase
from labeltrust.domain.clock import moment
from labeltrust.domain.principals import Principal
from labeltrust.domain.projects import Project
from labeltrust.services._cases import flag_cases, freeze_cases
from labeltrust.services.deployment import Deployment
from labeltrust.services.read_assessment import Document
from labeltrust.store.assessed import figures_of
from labeltrust.store.assessments import latest_assessment
from labeltrust.store.inserting import known_id
from labeltrust.store.overviews import (
    FeedingSource,
    Happening,
    NewestSnapshot,
    feeding_sources,
    happenings,
    newest_flags,
    newest_freezes,
    newest_snapshot,
)
from labeltrust.store.projects import project_of, project_row
from labeltrust.store.session import reading_at_once
from labeltrust.store.tables import AssessmentPoint
from labeltrust.store.trends import points_of

_NEWEST = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A source that feeds a project.

    Attributes:
        name: Its name.
        platform: Whose payloads it sends.
        status: `trusted` or `probation`.
        labels: Current labels it brought, as of the newest assessment.
        newest_at: When the newest of them was received, or None.
    """

    name: str
    platform: str
    status: str
    labels: int
    newest_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """A project as its first page shows it; `assessed` is None until the first assessment.

    Attributes:
        project: The project.
        assessed: The newest assessment without its labelers.
        figures: What is drawn of it, see `policy/figures.py`.
        points: Its main numbers over time, oldest first.
        happenings: Freezes, flags and snapshots of late, oldest first.
        flags: The newest open flags; `n_flags`: how many are open.
        freezes: The newest freezes that stand; `n_freezes`: how many stand.
        snapshot: The newest one, or None.
        sources: Where labels come from.
    """

    project: Project
    assessed: Document | None
    figures: Mapping[str, Any]
    points: Sequence[AssessmentPoint]
    happenings: Sequence[Happening]
    flags: Sequence[FlagCase]
    n_flags: int
    freezes: Sequence[FreezeCase]
    n_freezes: int
    snapshot: NewestSnapshot | None
    sources: Sequence[Feed]


def show_overview(deployment: Deployment, principal: Principal, project: str) -> Overview:
    """Return the overview of a project.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such project in scope.
    """
    principal.require("read", project)
    with reading_at_once(deployment.engine) as session:
        row = project_row(session, project)
        number = known_id(row.id)
        stored = latest_assessment(session, number)
        assessed = None if stored is None else json.loads(stored.document)
        figures = _figures(session, number, assessed)
        flags, n_flags = newest_flags(session, number, _NEWEST)
        freezes, n_freezes = newest_freezes(session, number, _NEWEST)
        return Overview(
            project=project_of(session, row),
            assessed=assessed,
            figures=figures,
            points=points_of(session, number),
            happenings=happenings(session, number),
            flags=flag_cases(session, flags),
            n_flags=n_flags,
            freezes=freeze_cases(session, freezes),
            n_freezes=n_freezes,
            snapshot=newest_snapshot(session, number),
            sources=[_feed(s, figures) for s in feeding_sources(session, number)],
        )


def _figures(session: Session, project_id: int, assessed: Document | None) -> dict[str, Any]:
    if assessed is None:
        return {}
    found: dict[str, Any] = json.loads(figures_of(session, project_id, assessed["question"]))
    return found


def _feed(source: FeedingSource, figures: Mapping[str, Any]) -> Feed:
    labels, newest_us = figures.get("sources", {}).get(str(source.id), (0, None))
    return Feed(
        name=source.name,
        platform=source.platform,
        status=source.status,
        labels=labels,
        newest_at=None if newest_us is None else moment(newest_us),
    )
