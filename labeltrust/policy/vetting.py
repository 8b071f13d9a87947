"""A source that is not trusted yet beside those that are: before any of its labels counts.

Each comparison stands by itself with interval and n, and none decides: a person does. Concerns are
charged for all comparisons together (Benjamini-Hochberg), so a source like the others raises one
with a chance of at most `LEVEL`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy import stats

from labeltrust.domain.estimates import Measured, Undefined
from labeltrust.metrics.feature_drift import (
    Bool,
    Drift,
    Float,
    Int,
    category_drift,
    number_drift,
)
from labeltrust.metrics.gold_accuracy import wilson
from labeltrust.policy.drift import SMALL_PSI

LEVEL: Final = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Labeled:
    """Current judgments of one question, by column, each (n,).

    Attributes:
        item: Ids of items.
        label: Codes of labels.
        new: They come from the source in question; all others come from trusted ones.
        gold_item: (g,) ids of gold items, ascending.
        gold_label: (g,) their labels.
        words: Labels by code.
    """

    item: Int
    label: Int
    new: Bool
    gold_item: Int
    gold_label: Int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One thing that is compared.

    Attributes:
        name: Stable word, such as `gold_accuracy`; features are `feature: NAME`.
        title: For people.
        new: Of the source in question, or how far both lie apart.
        trusted: Of the trusted sources; None where `new` is a difference.
        p_value: Of no difference, None where nothing can be said.
        q_value: The same charged for all comparisons.
        concern: The difference is no chance, large enough, and to the source's disadvantage.
    """

    name: str
    title: str
    new: Measured
    trusted: Measured | None = None
    p_value: float | None = None
    q_value: float | None = None
    concern: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Items of each side that are something, of those that could be."""

    new: tuple[int, int]
    trusted: tuple[int, int]


def compared(labeled: Labeled, features: Sequence[Comparison], doubles: Counts) -> list[Comparison]:
    """Return all comparisons of a source with the trusted ones, concerns marked.

    Args:
        labeled: Judgments of both sides.
        features: Comparisons of features, see `feature_comparison`.
        doubles: Items whose content another item has as well.
    """
    found = [
        _mix(labeled),
        _agreement(labeled),
        _gold(labeled),
        _shares("duplicates", "Items whose content is there twice", doubles, more_is_worse=True),
        *features,
    ]
    return _judged(found)


def feature_comparison(name: str, kind: str, new: Float, trusted: Float) -> Comparison:
    """Compare one feature of the items of both sides.

    Args:
        name: Of the feature.
        kind: `number` or `category`; categories are texts.
        new: Values of the source's items.
        trusted: Values of the others' items.
    """
    drift = (number_drift if kind == "number" else category_drift)(new, trusted)  # type: ignore[arg-type]
    return _apart(f"feature: {name}", f"Feature {name}: how far apart (PSI)", drift)


def _apart(name: str, title: str, drift: Drift) -> Comparison:
    value = drift.psi.value
    far = value is not None and value >= SMALL_PSI
    return Comparison(name=name, title=title, new=drift.psi, p_value=drift.p_value, concern=far)


def _mix(labeled: Labeled) -> Comparison:
    words = np.array(labeled.words or ("",), dtype=np.str_)[labeled.label]
    new, trusted = (words[rows] for rows in _sides(labeled))
    drift = category_drift(new, trusted)
    return _apart("label_mix", "Mix of labels: how far apart (PSI)", drift)


def _agreement(labeled: Labeled) -> Comparison:
    """Compare one label of each shared item with what most of the trusted labels on it say.

    Beside it the same for a trusted label against the other trusted ones.
    """
    n_labels = max(len(labeled.words), 1)
    items, place = np.unique(labeled.item, return_inverse=True)
    trusted = ~labeled.new
    cells = place * n_labels + labeled.label
    votes = np.bincount(cells[trusted], minlength=items.size * n_labels)
    table = votes.reshape(items.size, n_labels)
    new = _first(place, labeled.new, items.size)
    ours = _agreeing(labeled.label, new, table)
    held = _first(place, trusted, items.size)
    has = held >= 0
    less = table.copy()
    less[np.flatnonzero(has), labeled.label[held[has]]] -= 1
    theirs = _agreeing(labeled.label, held, less)
    counts = Counts(new=ours, trusted=theirs)
    return _shares("agreement", "Agreement with trusted labels of the same items", counts)


def _sides(labeled: Labeled) -> tuple[Int, Int]:
    """Return the rows of both sides, one an item: labels of one item are not independent."""
    items, place = np.unique(labeled.item, return_inverse=True)
    first = [_first(place, rows, items.size) for rows in (labeled.new, ~labeled.new)]
    return first[0][first[0] >= 0], first[1][first[1] >= 0]


def _first(place: Int, rows: Bool, n_items: int) -> Int:
    """Return of each item the first of some rows, -1 where it has none."""
    out = np.full(n_items, -1, dtype=np.int64)
    chosen = np.flatnonzero(rows)[::-1]
    out[place[chosen]] = chosen
    return out


def _agreeing(label: Int, row: Int, table: Int) -> tuple[int, int]:
    """Return how many rows agree with the one most frequent label of their item, of how many."""
    most = table.max(axis=1, initial=0)
    single = ((table == most[:, None]).sum(axis=1) == 1) & (most > 0) & (row >= 0)
    agree = label[row[single]] == table[single].argmax(axis=1)
    return int(agree.sum()), int(single.sum())


def _gold(labeled: Labeled) -> Comparison:
    """Compare accuracy on gold items, one label of each item and side."""
    if not labeled.gold_item.size:
        nothing = Undefined(reason="no gold items")
        return Comparison(name="gold_accuracy", title=_GOLD, new=nothing, trusted=nothing)
    place = np.searchsorted(labeled.gold_item, labeled.item)
    place = np.minimum(place, labeled.gold_item.size - 1)
    known = labeled.gold_item[place] == labeled.item
    right = labeled.gold_label[place] == labeled.label
    sides = [
        (int(right[rows][known[rows]].sum()), int(known[rows].sum())) for rows in _sides(labeled)
    ]
    return _shares("gold_accuracy", _GOLD, Counts(new=sides[0], trusted=sides[1]))


_GOLD: Final = "Accuracy on gold items"


def _shares(name: str, title: str, counts: Counts, *, more_is_worse: bool = False) -> Comparison:
    hits, n = np.array([counts.new, counts.trusted]).T
    both = wilson(hits, n, "no item that could be compared")
    new, trusted = both[0], both[1]
    if new.value is None or trusted.value is None:
        return Comparison(name=name, title=title, new=new, trusted=trusted)
    p_value = float(stats.fisher_exact(np.array([hits, n - hits])).pvalue)
    worse = new.value > trusted.value if more_is_worse else new.value < trusted.value
    return Comparison(
        name=name, title=title, new=new, trusted=trusted, p_value=p_value, concern=bool(worse)
    )


def _judged(found: Sequence[Comparison]) -> list[Comparison]:
    told = [one.p_value for one in found if one.p_value is not None]
    adjusted = iter(stats.false_discovery_control(told) if told else ())
    out = []
    for one in found:
        q_value = None if one.p_value is None else float(next(adjusted))
        surely = q_value is not None and q_value <= LEVEL
        out.append(replace(one, q_value=q_value, concern=one.concern and surely))
    return out
