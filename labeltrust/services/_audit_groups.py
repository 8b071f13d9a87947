"""When the items of an audit were labeled, and what rests on them: out of the labels on record."""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from labeltrust.counts import Judgments, block
from labeltrust.domain.audits import AuditPlan
from labeltrust.inference.inferred_labels import label_chances
from labeltrust.policy.audit_candidates import Labeled, dissent
from labeltrust.policy.audit_families import Groups
from labeltrust.policy.audit_marks import (
    Details,
    Marked,
    flagged_groups,
    signal_groups,
)
from labeltrust.policy.audit_sampling import Candidates
from labeltrust.store.audit_work import Reviewer
from labeltrust.store.judgments import LoadedJudgments

Int = NDArray[np.int64]
Float = NDArray[np.float64]
Bool = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a draft means: row ids instead of names; `since_us` and `clock` as in a plan.

    Attributes:
        details: What signals of the flag say, by name.
        flagged: Ids of the labelers of the project that are flagged.
    """

    project_id: int
    question: str
    labeler_id: int | None
    flag_id: int | None
    position: int
    reviewers: tuple[Reviewer, ...]
    since_us: int | None = None
    clock: str = "received"
    details: Details = field(default_factory=dict)
    flagged: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """The labels on record.

    Attributes:
        loaded: All of the question.
        kept: (n,) False where one is not looked at.
        code: Of the audited labeler, or None.
    """

    loaded: LoadedJudgments
    kept: Bool
    code: int | None

    def block(self) -> Judgments:
        """Return the labels as counters read them."""
        loaded, kept = self.loaded, self.kept
        return block(
            loaded.item[kept],
            loaded.labeler[kept],
            loaded.label[kept],
            n_labelers=len(loaded.labelers),
            values=loaded.values,
            level=loaded.level,
            gold=(loaded.gold_item, loaded.gold_label),
            occurred_us=loaded.occurred_us[kept],
            received_us=loaded.received_us[kept],
            duration_seconds=loaded.duration_seconds[kept],
            features=loaded.features,
        )


def times_of(loaded: LoadedJudgments, clock: str) -> Int:
    """Return the times of labels by a clock, `received` or `occurred`."""
    return loaded.occurred_us if clock == "occurred" else loaded.received_us


def doubts(pool: Candidates, crowd: Crowd, labeled: Labeled) -> Float:
    """Return the posterior probability that each candidate's label is wrong, (n,).

    It comes out of the labels alone, so that a draw can be repeated whatever trust became since.
    Where nothing is inferred, such as of boxes and numbers, it is the share of others who differ.
    """
    judgments = crowd.block()
    chance = label_chances(judgments)
    if chance is None:
        return dissent(labeled, pool, crowd.code)
    found: Float = 1 - chance[np.searchsorted(judgments.item_id, pool.item), pool.label]
    return np.clip(found, 0.0, 1.0)


def told_apart(pool: Candidates, crowd: Crowd, target: Target, plan: AuditPlan) -> Candidates:
    """Return candidates with what a plan wants told of them."""
    if plan.by_time:
        pool = replace(pool, time_us=_times(pool, crowd, target.clock))
    if plan.by_signal:
        pool = replace(pool, signal=_signals(pool, crowd, target))
    return pool


def _times(pool: Candidates, crowd: Crowd, clock: str) -> Int:
    """Return when each item got its label; its last one, where the labels of all are audited."""
    rows = crowd.kept.copy()
    if crowd.code is not None:
        rows &= crowd.loaded.labeler == crowd.code
    found = np.full(pool.n, np.iinfo(np.int64).min)
    place = np.searchsorted(pool.item, crowd.loaded.item[rows])
    np.maximum.at(found, place, times_of(crowd.loaded, clock)[rows])
    return found


def _signals(pool: Candidates, crowd: Crowd, target: Target) -> Groups | None:
    if crowd.code is None:
        codes = [k for k, who in enumerate(crowd.loaded.labelers) if who.id in target.flagged]
        return flagged_groups(crowd.block(), codes, pool.item)
    marked = Marked(
        block=crowd.block(), labeler=crowd.code, words=crowd.loaded.words, details=target.details
    )
    return signal_groups(marked, pool.item)
