"""One flag with all that a reviewer needs to decide it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from labeltrust.domain.appeals import Appeal, Notice
from labeltrust.domain.cases import FlagCase, FreezeCase
from labeltrust.domain.clock import moment
from labeltrust.domain.principals import Principal
from labeltrust.domain.reviews import Comment
from labeltrust.policy.wording import facts_in_words
from labeltrust.services._appeal_cases import appeal_cases
from labeltrust.services._cases import flag_cases, freeze_cases
from labeltrust.services._reasons import Reason, reasons_of
from labeltrust.services.assign_flag import able
from labeltrust.services.decide_flag import seen_flag
from labeltrust.services.deployment import Deployment
from labeltrust.services.show_evidence import FlagEvidence, in_words
from labeltrust.store.appeals import list_appeals, notices_of
from labeltrust.store.comments import list_comments
from labeltrust.store.flag_charts import charts_of_flag
from labeltrust.store.flags import FlagRow
from labeltrust.store.freezes import freezes_of_labeler
from labeltrust.store.session import reading
from labeltrust.store.snapshots import SnapshotRow, newest_snapshots

_SNAPSHOTS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A snapshot that contains labels which a freeze would hold."""

    id: int
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WouldHold:
    """What a freeze from the onset on would hold, as of the newest assessment.

    Attributes:
        labels: How many labels, or None where no assessment has counted them.
        items: On how many items.
        snapshots: Snapshots made after the first of them came that did not leave them out, newest
            first.
        looked_at: How many snapshots were looked at, the newest ones.
    """

    labels: int | None
    items: int | None
    snapshots: tuple[Held, ...]
    looked_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewCase:
    """A flag as a reviewer decides it.

    Attributes:
        evidence: The flag, its items and accusers in words.
        sentence: Why, in one sentence with counts.
        reasons: What each signal says, strongest first.
        counts: The counts behind each of them in words, by signal; empty where it tells none.
        would_hold: What a freeze would hold.
        freezes: All freezes of the labeler, those that stand first.
        comments: What was written on it, oldest first.
        reviewers: Names of those who may decide it.
        notices: Notices of those freezes.
        appeals: Appeals against those freezes.
        charts: When each chart that is kept was seen, by signal.
        now: When this was read.
    """

    evidence: FlagEvidence
    sentence: str
    reasons: tuple[Reason, ...]
    counts: Mapping[str, str]
    would_hold: WouldHold
    freezes: tuple[FreezeCase, ...]
    comments: tuple[Comment, ...]
    reviewers: tuple[str, ...]
    notices: tuple[Notice, ...]
    appeals: tuple[Appeal, ...]
    charts: Mapping[str, datetime]
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What one read of the database gives."""

    flag: FlagCase
    freezes: tuple[FreezeCase, ...]
    comments: tuple[Comment, ...]
    reviewers: tuple[str, ...]
    notices: tuple[Notice, ...]
    appeals: tuple[Appeal, ...]
    charts: Mapping[str, datetime]
    snapshots: tuple[SnapshotRow, ...]


def show_case(deployment: Deployment, principal: Principal, flag_id: int) -> ReviewCase:
    """Return one flag with everything around it.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such flag in scope.
    """
    with reading(deployment.engine) as session:
        read = _read(session, seen_flag(session, principal, flag_id, "read"))
    reasons = reasons_of(read.flag)
    return ReviewCase(
        evidence=in_words(deployment, [read.flag])[0],
        sentence=sentence(read.flag, reasons),
        reasons=reasons,
        counts={reason.signal: facts_in_words(reason.facts) for reason in reasons},
        would_hold=_would_hold(read.flag, read.snapshots),
        freezes=tuple(sorted(read.freezes, key=lambda freeze: freeze.lifted_at is not None)),
        comments=read.comments,
        reviewers=read.reviewers,
        notices=read.notices,
        appeals=read.appeals,
        charts=read.charts,
        now=deployment.clock(),
    )


def _read(session: Session, row: FlagRow) -> _Read:
    frozen = freezes_of_labeler(session, row.project_id, row.state.labeler_id)
    numbers = [freeze.state.id for freeze in frozen]
    return _Read(
        flag=flag_cases(session, [row])[0],
        freezes=tuple(freeze_cases(session, frozen)),
        comments=tuple(list_comments(session, row.state.id)),
        reviewers=able(session, row.project),
        notices=tuple(notices_of(session, numbers)),
        appeals=tuple(appeal_cases(session, list_appeals(session, freezes=numbers))),
        charts=charts_of_flag(session, row.state.id),
        snapshots=tuple(newest_snapshots(session, row.project_id, _SNAPSHOTS)),
    )


def sentence(flag: FlagCase, reasons: tuple[Reason, ...]) -> str:
    """Return why a flag stands, in one sentence with counts."""
    disputed, held = flag.evidence.get("disputed"), _holds(flag).get("labels")
    parts = []
    if isinstance(disputed, int) and isinstance(held, int):
        parts.append(f"others believe another label on {disputed:,} of {held:,} labels")
    for reason in reasons:
        if not reason.corroborates:
            counts = facts_in_words(reason.facts)
            parts.append(f"{reason.title} ({counts})" if counts else reason.title)
    return "; ".join(parts)


def _would_hold(flag: FlagCase, snapshots: tuple[SnapshotRow, ...]) -> WouldHold:
    holds = _holds(flag)
    first = holds.get("first_received_us")
    since = moment(first) if isinstance(first, int) else None
    containing = [
        Held(id=row.id, created_at=row.created_at)
        for row in snapshots
        if since is not None and row.created_at >= since and not _left_out(row, flag)
    ]
    return WouldHold(
        labels=holds.get("labels"),
        items=holds.get("items"),
        snapshots=tuple(containing),
        looked_at=len(snapshots),
    )


def _holds(flag: FlagCase) -> Mapping[str, Any]:
    found = flag.evidence.get("holds")
    return found if isinstance(found, Mapping) else {}


def _left_out(row: SnapshotRow, flag: FlagCase) -> bool:
    """Say whether a snapshot left out all labels that a freeze for this flag would hold."""
    return any(
        hold["labeler"] == flag.labeler and _earlier(hold, flag)
        for hold in json.loads(row.manifest).get("excluded", ())
    )


def _earlier(hold: Mapping[str, Any], flag: FlagCase) -> bool:
    if hold["since"] is None:
        return True
    same_clock = hold["clock"] == flag.evidence.get("clock", "received")
    return (
        flag.since is not None
        and same_clock
        and datetime.fromisoformat(hold["since"]) <= flag.since
    )
