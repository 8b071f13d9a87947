"""How the sample of an audit is drawn: strata, sizes, and every item's chance of being in it.

Items are sorted into strata by what others said (disputed, unanimous, alone) and, if asked for, by
the class given, by when it was given, and by what rests on them (see `audit_families`). Each
stratum is sampled at random without replacement, with a size that is fixed before anything is
drawn. So each item's inclusion probability is known exactly (drawn / population of its stratum),
and the Horvitz-Thompson estimate is unbiased whatever the mixture (Horvitz, Thompson 1952; Cochran
1977, chapter 5).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labeltrust.domain.audits import DISPUTED, KINDS, UNANIMOUS, AuditPlan, Stratum
from labeltrust.domain.errors import InvalidInput
from labeltrust.policy.audit_families import (
    MOST_CLASSES,
    MOST_WINDOWS,
    Groups,
    classes,
    crossed,
    everything,
    windows,
)

USUAL_SIZE = 50
"""Enough for 30 disputed items out of a mixture of 60 %."""
LEAST_EACH = 3
Int = NDArray[np.int64]
Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """The items that can be drawn.

    Attributes:
        item: (n,) item ids.
        label: (n,) codes of the label that is audited.
        kind: (n,) places in `KINDS`.
        time_us: (n,) when the label was given, microseconds since 1970; None: not asked for.
        signal: What rests on each; None: not asked for.
    """

    item: Int
    label: Int
    kind: Int
    time_us: Int | None = None
    signal: Groups | None = None

    @property
    def n(self) -> int:
        """How many items there are."""
        return int(self.item.size)


@dataclass(frozen=True, slots=True, kw_only=True)
class Strata:
    """Candidates sorted into strata.

    Attributes:
        of_item: (n,) number of each candidate's stratum.
        kind: (n_strata,) places in `KINDS`.
        label: Name of the class of each stratum, or None.
        population: (n_strata,) items of each.
        window: Dates of each stratum, or None; empty where none is told apart by them.
        signal: What rests on each stratum, or None; empty likewise.
    """

    of_item: Int
    kind: Int
    label: tuple[str | None, ...]
    population: Int
    window: tuple[str | None, ...] = ()
    signal: tuple[str | None, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A drawn sample, in the random order in which it is worked through.

    Attributes:
        row: (k,) places in the candidates.
        stratum: (k,) numbers of strata.
        probability: (k,) inclusion probabilities.
    """

    row: Int
    stratum: Int
    probability: Float


def strata_of(
    candidates: Candidates, words: Sequence[str], *, by_class: bool, most: int | None = None
) -> Strata:
    """Sort candidates into strata; empty ones are left out.

    Args:
        candidates: The items; what they do not tell is no stratum.
        words: Canonical labels by code.
        by_class: Tell classes apart.
        most: So many strata at most: windows, then classes, are made fewer until they fit.

    >>> c = Candidates(item=np.arange(4), label=np.array([0, 0, 1, 1]), kind=np.array([0, 1, 1, 1]))
    >>> strata_of(c, ["a", "b"], by_class=True).population.tolist()
    [1, 1, 2]
    """
    found = _sorted_into(candidates, words, (by_class * MOST_CLASSES, MOST_WINDOWS))
    if most is None:
        return found
    for n_windows in range(MOST_WINDOWS - 1, 0, -1):
        if found.population.size <= most:
            return found
        found = _sorted_into(candidates, words, (by_class * MOST_CLASSES, n_windows))
    for n_classes in range(MOST_CLASSES - 1, -1, -1):
        if found.population.size <= most:
            return found
        found = _sorted_into(candidates, words, (by_class * n_classes, 1))
    return found


def most_strata(plan: AuditPlan) -> int | None:
    """Return how many strata a plan can fill: three items each, so that a small sample reaches all.

    Classes alone are few; None: they need no bound.

    >>> most_strata(AuditPlan(size=60, by_time=True)), most_strata(AuditPlan())
    (20, None)
    """
    if not (plan.by_time or plan.by_signal):
        return None
    return max((plan.size or USUAL_SIZE) // LEAST_EACH, 1)


def _sorted_into(candidates: Candidates, words: Sequence[str], most: tuple[int, int]) -> Strata:
    """Sort candidates into strata of so many classes and windows at most."""
    one = everything(candidates.n)
    label = classes(candidates.label, words, most[0]) if most[0] else one
    time = windows(candidates.time_us, most[1]) if candidates.time_us is not None else one
    signal = candidates.signal or one
    kind = Groups(of_item=candidates.kind, names=KINDS)
    key = crossed((kind, label, time, signal))
    _, first, of_item, population = np.unique(
        key, return_index=True, return_inverse=True, return_counts=True
    )
    return Strata(
        of_item=of_item.astype(np.int64),
        kind=candidates.kind[first],
        label=label.named(first),
        population=population.astype(np.int64),
        window=time.named(first),
        signal=signal.named(first),
    )


def allocation(strata: Strata, plan: AuditPlan, size: int) -> Int:
    """Return how many items of each stratum are drawn; they sum to the size, or to all there are.

    Every stratum gets its share of the random part, and of the part of its kind; what a kind has
    too few items for goes to the others. Each has one item at least, so that none is unknown.

    Raises:
        InvalidInput: The size is smaller than the number of strata.

    >>> s = Strata(of_item=np.array([]), kind=np.array([0, 1, 2]), label=(None,) * 3,
    ...            population=np.array([1000, 1000, 2000]))
    >>> allocation(s, AuditPlan(), 100).tolist()
    [66, 21, 13]
    """
    size = min(size, int(strata.population.sum()))
    if size < strata.population.size:
        detail = (
            f"size is {size}, and the items fall into {strata.population.size} parts of which each "
            "needs one; draw more, or stratify by less"
        )
        raise InvalidInput(detail, place="size")
    wanted = size * _shares(strata, plan)
    drawn: Int = np.ones(strata.population.size, dtype=np.int64)
    return _filled(drawn, wanted, strata.population, size)


def _shares(strata: Strata, plan: AuditPlan) -> Float:
    """Return each stratum's share of the sample."""
    population = strata.population.astype(np.float64)
    share = plan.random * population / population.sum()
    spare = 0.0
    for kind, part in ((DISPUTED, plan.disputed), (UNANIMOUS, plan.unanimous)):
        mine = strata.kind == KINDS.index(kind)
        if mine.any():
            share[mine] += part * population[mine] / population[mine].sum()
        else:
            spare += part
    found: Float = share + spare * population / population.sum()
    return found


def _filled(drawn: Int, wanted: Float, population: Int, size: int) -> Int:
    """Give one item after another to the stratum that lacks most of what it should have."""
    for _ in range(size - int(drawn.sum())):
        lack = np.where(drawn < population, wanted - drawn, -np.inf)
        drawn[int(np.argmax(lack))] += 1
    return drawn


def draw(strata: Strata, drawn: Int, rng: np.random.Generator) -> Sample:
    """Draw the sample and put it into random order.

    >>> s = Strata(of_item=np.array([0, 0, 1]), kind=np.array([0, 1]), label=(None, None),
    ...            population=np.array([2, 1]))
    >>> sorted(draw(s, np.array([1, 1]), np.random.default_rng(1)).probability.tolist())
    [0.5, 1.0]
    """
    rows = [
        rng.choice(np.flatnonzero(strata.of_item == k), size=int(n), replace=False)
        for k, n in enumerate(drawn)
    ]
    row = np.concatenate(rows).astype(np.int64) if rows else np.zeros(0, dtype=np.int64)
    row = rng.permutation(row)
    stratum = strata.of_item[row]
    return Sample(row=row, stratum=stratum, probability=(drawn / strata.population)[stratum])


def told(strata: Strata, drawn: Int) -> tuple[Stratum, ...]:
    """Return strata as they stand on record."""
    n = strata.population.size
    rows = zip(
        strata.kind.tolist(), strata.label, strata.population.tolist(), drawn.tolist(),
        strata.window or (None,) * n, strata.signal or (None,) * n, strict=True,
    )  # fmt: skip
    return tuple(
        Stratum(
            kind=KINDS[kind], label=label, population=size, drawn=k, window=window, signal=signal
        )
        for kind, label, size, k, window, signal in rows
    )


def by_kind(strata: Sequence[Stratum]) -> Mapping[str, int]:
    """Return how many items there are of each kind.

    >>> by_kind([Stratum(kind="disputed", label=None, population=7, drawn=2)])["disputed"]
    7
    """
    return {kind: sum(s.population for s in strata if s.kind == kind) for kind in KINDS}
