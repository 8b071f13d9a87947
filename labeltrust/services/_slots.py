"""What an assessment counts for the indicators, of labels that it has at hand anyway."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from labeltrust.domain.clock import microseconds
from labeltrust.domain.measures import HOUR
from labeltrust.metrics._estimates import Int
from labeltrust.metrics.pair_slots import Rows, SlotColumns, pair_slots, slots_of
from labeltrust.metrics.seasonal_shift import label_design_effect
from labeltrust.services.slis._base import SPAN_SECONDS
from labeltrust.store.judgments import LoadedJudgments
from labeltrust.store.project_slots import Slots, keep_slots, kept_slots, labels_between
from labeltrust.store.tallies import KEPT_HOURS

PAIRS, LABELS, FRESH = "pairs", "labels", "fresh"
SAME_OR_NOT = frozenset({"nominal", "ordinal"})
"""Levels whose labels are the same or not; of others agreement is a matter of degree."""
MOST_CLASSES = 50
"""Rarer classes are one."""
_US = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Lately:
    """The judgments of items that were labeled within the span, in the order of the chain.

    Attributes:
        rows: Their columns; `group` holds the code of the labeler until rings are known.
        level: Level of measurement.
        words: Labels by code.
        now: Seconds since 1970.
    """

    rows: Rows
    level: str
    words: tuple[str, ...]
    now: int


def lately_of(loaded: LoadedJudgments, kept: NDArray[np.bool_], now: datetime) -> Lately:
    """Return what the indicators need of the judgments of a question, small and by itself."""
    at = loaded.received_us // _US
    seconds = microseconds(now) // _US
    new = kept & (at >= seconds - SPAN_SECONDS)
    wanted = kept & np.isin(loaded.item, np.unique(loaded.item[new]))
    return Lately(
        rows=Rows(
            item=loaded.item[wanted],
            group=loaded.labeler[wanted],
            label=loaded.label[wanted],
            source=loaded.source[wanted],
            at=at[wanted],
        ),
        level=loaded.level,
        words=tuple(loaded.words),
        now=seconds,
    )


def counted_slots(
    lately: Lately, names: Sequence[str], rings: Iterable[Mapping[str, Any]]
) -> dict[str, Slots]:
    """Return pairs and labels by slot.

    Args:
        lately: The judgments.
        names: Names of labelers by code.
        rings: Rings of the assessment; labels of one ring prove nothing of each other.
    """
    if lately.level not in SAME_OR_NOT:
        return {}
    fine = lately.now - KEPT_HOURS * HOUR
    group = _grouped(lately.rows.group, names, rings)
    rows = Rows(
        item=lately.rows.item,
        group=group,
        label=lately.rows.label,
        source=lately.rows.source,
        at=lately.rows.at,
    )
    pairs = pair_slots(rows, lately.now - SPAN_SECONDS, fine)
    return {PAIRS: _of_pairs(pairs), LABELS: _of_labels(lately, fine)}


def _grouped(labeler: Int, names: Sequence[str], rings: Iterable[Mapping[str, Any]]) -> Int:
    code = {name: k for k, name in enumerate(names)}
    group = np.arange(len(names), dtype=np.int64)
    for ring in rings:
        members = [code[name] for name in ring["members"] if name in code]
        if members:
            group[members] = group[members[0]]
    found: Int = group[labeler]
    return found


def _of_pairs(found: SlotColumns) -> Slots:
    rows = np.stack([found.at, found.source, found.valid, found.bad], axis=1)
    return Slots(rows=rows, facts={"deff": found.deff})


def _of_labels(lately: Lately, fine: int) -> Slots:
    inside = lately.rows.at >= lately.now - SPAN_SECONDS
    label, words = _classes(lately.rows.label[inside], lately.words)
    index = np.stack([slots_of(lately.rows.at[inside], fine), lately.rows.source[inside], label])
    cell, n = np.unique(index, axis=1, return_counts=True)
    deff = label_design_effect(lately.rows.item[inside], label, len(words))
    return Slots(
        rows=np.concatenate([cell, n[None]]).T.astype(np.int64),
        facts={"deff": deff, "classes": words},
    )


def _classes(label: Int, words: tuple[str, ...]) -> tuple[Int, list[str]]:
    """Return labels by class, the rare ones as one class at the end."""
    n = np.bincount(label, minlength=len(words))
    if n.size <= MOST_CLASSES:
        return label, list(words)
    common = np.argsort(-n, kind="stable")[: MOST_CLASSES - 1]
    code = np.full(n.size, MOST_CLASSES - 1, dtype=np.int64)
    code[common] = np.arange(common.size)
    return code[label], [words[k] for k in common.tolist()] + ["(others)"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The part of a chain that an assessment was the first to see, and how old may be fresh."""

    chain_id: int
    after: int
    through: int
    fresh_within: timedelta


def keep_counted(
    session: Session, project_id: int, found: Mapping[str, Slots], part: Part, at: datetime
) -> None:
    """Keep what an assessment counted, and how fresh it found the labels, when it is stored.

    Args:
        session: An open unit of work.
        project_id: Of which.
        found: What was counted, by kind.
        part: What it was the first to see.
        at: Now.
    """
    for kind, slots in found.items():
        keep_slots(session, project_id, kind, slots, at)
    late = microseconds(at - part.fresh_within)
    n, n_late = labels_between(session, part.chain_id, part.after, part.through, late)
    if not n:
        return
    now = microseconds(at) // _US
    before = kept_slots(session, project_id, FRESH)
    rows = np.array([[now, n, n_late]], dtype=np.int64)
    if before is not None:
        rows = np.concatenate([before.rows, rows])
    keep_slots(session, project_id, FRESH, Slots(rows=_thinned(rows, now)), at)


def _thinned(rows: Int, now: int) -> Int:
    """Return freshness by slot: of five minutes lately, of an hour before, nothing too old."""
    rows = rows[rows[:, 0] >= now - SPAN_SECONDS]
    slot, place = np.unique(slots_of(rows[:, 0], now - KEPT_HOURS * HOUR), return_inverse=True)
    sums = [np.bincount(place, weights=rows[:, k], minlength=slot.size) for k in (1, 2)]
    found: Int = np.stack([slot, *sums], axis=1).astype(np.int64)
    return found
