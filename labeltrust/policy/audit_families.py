"""What the items of an audit are told apart by: classes given, windows of time, signals."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from labeltrust.domain.audits import FAMILIES, AuditPlan
from labeltrust.domain.clock import moment
from labeltrust.domain.errors import InvalidInput

Int = NDArray[np.int64]

MOST_CLASSES = 5
LEAST_CLASS_SHARE = 0.05
OTHER_CLASSES = "all other classes"
"""Classes beyond the five most frequent ones, or with less than 5 % of the items, are one."""
MOST_WINDOWS = 5
_PRECISIONS = ("%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f")


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """Items in groups.

    Attributes:
        of_item: (n,) number of each item's group.
        names: Of the groups; None where they are not told apart.
    """

    of_item: Int
    names: tuple[str | None, ...]

    def named(self, rows: Int) -> tuple[str | None, ...]:
        """Return the names of some items' groups."""
        return tuple(self.names[k] for k in self.of_item[rows].tolist())


def everything(n: int) -> Groups:
    """Return one group of so many items."""
    return Groups(of_item=np.zeros(n, dtype=np.int64), names=(None,))


def crossed(families: Sequence[Groups]) -> Int:
    """Return a number for each combination of groups, (n,).

    >>> one = Groups(of_item=np.array([0, 0, 1]), names=("a", "b"))
    >>> two = Groups(of_item=np.array([0, 1, 1]), names=("c", "d"))
    >>> crossed([one, two]).tolist()
    [0, 1, 3]
    """
    key = np.zeros(families[0].of_item.size, dtype=np.int64)
    for family in families:
        key = key * len(family.names) + family.of_item
    return key


def stratified(plan: AuditPlan, names: Sequence[str]) -> AuditPlan:
    """Return a plan that stratifies by some families alone.

    Raises:
        InvalidInput: A name is none of `FAMILIES`.

    >>> stratified(AuditPlan(), ["time", "signal"]).stratify
    ('time', 'signal')
    """
    for name in names:
        if name not in FAMILIES:
            detail = f"stratify is {name[:80]!r}, must be some of {', '.join(FAMILIES)}"
            raise InvalidInput(detail, place="stratify")
    by_class, by_time, by_signal = (name in names for name in FAMILIES)
    return replace(plan, by_class=by_class, by_time=by_time, by_signal=by_signal)


def classes(label: Int, words: Sequence[str], most: int = MOST_CLASSES) -> Groups:
    """Sort labels into the frequent classes, by name, and the rest together.

    >>> classes(np.array([0, 0, 1, 2]), ["a", "b", "c"], most=1).names
    ('a', 'all other classes')
    """
    found, place, n = np.unique(label, return_inverse=True, return_counts=True)
    ranked = np.argsort(-n, kind="stable")
    kept = [int(k) for k in ranked[:most] if n[k] >= LEAST_CLASS_SHARE * label.size]
    names: list[str | None] = [words[int(found[k])] for k in kept]
    group = np.full(max(found.size, 1), len(kept), dtype=np.int64)
    group[kept] = np.arange(len(kept))
    if len(kept) < found.size:
        names.append(OTHER_CLASSES)
    return Groups(of_item=group[place], names=tuple(names) or (None,))


def windows(time_us: Int, most: int = MOST_WINDOWS) -> Groups:
    """Cut times into windows of about equal numbers of labels, named by their first and last day.

    Labels of one moment stay together; windows that begin on one day are named by the minute.

    >>> day = 86_400_000_000
    >>> windows(np.arange(4) * day, most=2).names
    ('1970-01-01 to 1970-01-02', '1970-01-03 to 1970-01-04')
    """
    times, of_item, n = np.unique(time_us, return_inverse=True, return_counts=True)
    if times.size < 2 or most < 2:  # noqa: PLR2004 - one window is all there is
        return everything(time_us.size)
    before = np.cumsum(n) - n
    _, window = np.unique(before * most // time_us.size, return_inverse=True)
    edges = [0, *(np.flatnonzero(np.diff(window)) + 1).tolist(), times.size]
    spans = [(int(times[a]), int(times[b - 1])) for a, b in pairwise(edges)]
    return Groups(of_item=window[of_item].astype(np.int64), names=_named(spans))


def _named(spans: Sequence[tuple[int, int]]) -> tuple[str, ...]:
    """Name windows as coarsely as tells them apart."""
    names: list[str] = []
    for precision in _PRECISIONS:
        words = [[moment(at).strftime(precision) for at in span] for span in spans]
        names = [" to ".join(dict.fromkeys(ends)) for ends in words]
        ends = [words[0][0], *(end for a, b in pairwise(words) for end in (a[1], b[0]))]
        if all(a != b for a, b in zip(ends[1::2], ends[2::2], strict=True)):
            break
    return tuple(names)
