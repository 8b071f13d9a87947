"""How the sample of an audit is drawn: strata, sizes, and every item's chance of being in it.

Items are sorted into strata by what others said (disputed, unanimous, alone) and, if asked for, by
the class given. Each stratum is sampled at random without replacement, with a size that is fixed
before anything is drawn. So each item's inclusion probability is known exactly (drawn / population
of its stratum), and the Horvitz-Thompson estimate is unbiased whatever the mixture
(Horvitz, Thompson 1952; Cochran 1977, chapter 5).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labeltrust.domain.audits import DISPUTED, KINDS, UNANIMOUS, AuditPlan, Stratum
from labeltrust.domain.errors import InvalidInput

Int = NDArray[np.int64]
Float = NDArray[np.float64]

MOST_CLASSES = 5
LEAST_CLASS_SHARE = 0.05
OTHER_CLASSES = "all other classes"
"""Classes beyond the five most frequent ones, or with less than 5 % of the items, are one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """The items that can be drawn.

    Attributes:
        item: (n,) item ids.
        label: (n,) codes of the label that is audited.
        kind: (n,) places in `KINDS`.
    """

    item: Int
    label: Int
    kind: Int

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
    """

    of_item: Int
    kind: Int
    label: tuple[str | None, ...]
    population: Int


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


def strata_of(candidates: Candidates, words: Sequence[str], *, by_class: bool) -> Strata:
    """Sort candidates into strata; empty ones are left out.

    >>> c = Candidates(item=np.arange(4), label=np.array([0, 0, 1, 1]), kind=np.array([0, 1, 1, 1]))
    >>> strata_of(c, ["a", "b"], by_class=True).population.tolist()
    [1, 1, 2]
    """
    group, names = _classes(candidates.label, words) if by_class else _no_classes(candidates)
    key = candidates.kind * len(names) + group
    found, of_item, population = np.unique(key, return_inverse=True, return_counts=True)
    return Strata(
        of_item=of_item.astype(np.int64),
        kind=found // len(names),
        label=tuple(names[int(k)] for k in found % len(names)),
        population=population.astype(np.int64),
    )


def _no_classes(candidates: Candidates) -> tuple[Int, list[str | None]]:
    return np.zeros(candidates.n, dtype=np.int64), [None]


def _classes(label: Int, words: Sequence[str]) -> tuple[Int, list[str | None]]:
    """Return the class group of each label: the frequent ones by name, the rest together."""
    found, place, n = np.unique(label, return_inverse=True, return_counts=True)
    ranked = np.argsort(-n, kind="stable")
    kept = [int(k) for k in ranked[:MOST_CLASSES] if n[k] >= LEAST_CLASS_SHARE * label.size]
    names: list[str | None] = [words[int(found[k])] for k in kept]
    group = np.full(max(found.size, 1), len(kept), dtype=np.int64)
    group[kept] = np.arange(len(kept))
    if len(kept) < found.size:
        names.append(OTHER_CLASSES)
    return group[place], names or [None]


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
            "needs one; draw more, or not by class"
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
    return tuple(
        Stratum(kind=KINDS[int(k)], label=label, population=int(n), drawn=int(m))
        for k, label, n, m in zip(strata.kind, strata.label, strata.population, drawn, strict=True)
    )


def by_kind(strata: Sequence[Stratum]) -> Mapping[str, int]:
    """Return how many items there are of each kind.

    >>> by_kind([Stratum(kind="disputed", label=None, population=7, drawn=2)])["disputed"]
    7
    """
    return {kind: sum(s.population for s in strata if s.kind == kind) for kind in KINDS}
