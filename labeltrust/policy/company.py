"""Who else: who leans to a group of suspects, meets them often, or labels right beside them.

Leaning compares, on the very items that suspects labeled since their onset, how often somebody
agrees with the suspects with how often with everybody else there. An item's difficulty and class
cancel, and nobody's truth is needed. Meeting and timing tell of work that was arranged.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labeltrust.inference.crowd_rows import summed

Int = NDArray[np.int64]
Float = NDArray[np.float64]

LEAST = 10
"""Items from which a leaning is told."""
CLOSE_SECONDS = 600.0
_Z95 = 1.959963984540054
_SECOND_US = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """The current judgments of a question; arrays have shape (n,), items and labels are codes."""

    item: Int
    labeler: Int
    label: Int
    at_us: Int
    n_labelers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """What each labeler has to do with the suspects; arrays have shape (n_labelers,).

    Attributes:
        items: Items of both, labeled by a suspect since his onset.
        expected: As many as of those who are not suspected, by the labeler's work in that time; NaN
            for suspects.
        meets: Standard deviations beyond that.
        close: Pairs of labels of one item with at most `CLOSE_SECONDS` between them.
        close_expected: As many as among those who are not suspected.
        hurries: Standard deviations beyond that.
        n: Items from which the leaning is told.
        lean: Agreement with suspects beyond that with the others, in [-1, 1]; NaN below `LEAST`.
        low: Lower end of its 95 % interval.
        high: Upper end.
        between: (n_labelers, n_suspects) leaning to each suspect alone; NaN below `LEAST`.
    """

    items: Int
    expected: Float
    meets: Float
    close: Int
    close_expected: Float
    hurries: Float
    n: Int
    lean: Float
    low: Float
    high: Float
    between: Float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pairs:
    """A suspect's label and another one of its item; `lean` is NaN where nobody else spoke."""

    suspect: Int
    row: Int
    lean: Float
    is_close: NDArray[np.bool_]


def company(work: Work, suspects: Int, since_us: Int) -> Company:
    """Compare everybody with a group of suspects; a suspect is compared with the rest of it.

    Args:
        work: All judgments.
        suspects: (k,) codes of labelers.
        since_us: (k,) the onset of each.

    >>> twice = Work(item=np.repeat(np.arange(20), 4), labeler=np.tile(np.arange(4), 20),
    ...              label=np.tile([1, 1, 0, 0], 20), at_us=np.zeros(80, dtype=np.int64),
    ...              n_labelers=4)
    >>> company(twice, np.array([0]), np.array([0])).lean[1:].tolist()
    [1.0, -0.5, -0.5]
    """
    pairs = _pairs(work, suspects, since_us)
    begun = int(since_us.min(initial=np.iinfo(np.int64).max))
    items, expected, met_spread = _met(work, pairs, suspects, begun)
    close, close_expected, close_spread = _timing(work, pairs, suspects)
    lean, error, n = _leaning(work, pairs.row, pairs.lean)
    between = np.full((work.n_labelers, suspects.size), np.nan)
    for k in range(suspects.size):
        mine = pairs.suspect == k
        between[:, k], _, _ = _leaning(work, pairs.row[mine], pairs.lean[mine])
    return Company(
        items=items,
        expected=expected,
        meets=(items - expected) / np.sqrt(met_spread + 0.5),
        close=close,
        close_expected=close_expected,
        hurries=(close - close_expected) / np.sqrt(close_spread + 0.5),
        n=n,
        lean=lean,
        low=np.maximum(lean - _Z95 * error, -1.0),
        high=np.minimum(lean + _Z95 * error, 1.0),
        between=between,
    )


def _pairs(work: Work, suspects: Int, since_us: Int) -> _Pairs:
    """Pair every label of a suspect since the onset with all others of its item."""
    place = np.full(work.n_labelers, -1)
    place[suspects] = np.arange(suspects.size)
    mine = place[work.labeler]
    chosen = np.flatnonzero((mine >= 0) & (work.at_us >= np.append(since_us, 0)[mine]))
    order = np.argsort(work.item, kind="stable")
    first = np.searchsorted(work.item[order], work.item[chosen])
    n = np.searchsorted(work.item[order], work.item[chosen], side="right") - first
    one = np.repeat(chosen, n)
    offset = np.arange(one.size) - np.repeat(np.cumsum(n) - n, n)
    two = order[np.repeat(first, n) + offset]
    apart = work.labeler[one] != work.labeler[two]
    one, two = one[apart], two[apart]
    same = work.label[one] == work.label[two]
    gap = np.abs(work.at_us[one] - work.at_us[two]) / _SECOND_US
    return _Pairs(
        suspect=mine[one],
        row=two,
        lean=same - _usual(work, mine < 0)[two],
        is_close=gap <= CLOSE_SECONDS,
    )


def _usual(work: Work, others: NDArray[np.bool_]) -> Float:
    """Return (n,) how often the others of a label's item agree with it; NaN without others."""
    size = int(work.label.max(initial=0)) + 1
    cell = work.item * size + work.label
    n_items = int(work.item.max(initial=-1)) + 1
    agree = np.bincount(cell[others], minlength=n_items * size)[cell] - others
    there = np.bincount(work.item[others], minlength=n_items)[work.item] - others
    found: Float = np.divide(agree, there, out=np.full(there.size, np.nan), where=there > 0)
    return found


def _met(work: Work, pairs: _Pairs, suspects: Int, since_us: int) -> tuple[Int, Float, Float]:
    """Return items of both, as many as expected, and the variance; NaN for suspects."""
    late = work.at_us >= since_us
    met = np.unique(pairs.row)
    met = met[late[met]]
    honest = ~np.isin(work.labeler, suspects)
    usual = honest[met].sum() / max((late & honest).sum(), 1)
    shared = np.bincount(work.labeler[met], minlength=work.n_labelers).astype(np.int64)
    done = np.bincount(work.labeler[late], minlength=work.n_labelers).astype(np.float64)
    # there is one suspect less whom a suspect could meet, so others tell nothing of them
    done[suspects] = np.nan
    return shared, done * usual, done * usual * (1 - usual)


def _timing(work: Work, pairs: _Pairs, suspects: Int) -> tuple[Int, Float, Float]:
    """Return close pairs, as many as expected, and the variance."""
    who = work.labeler[pairs.row]
    n = np.bincount(who, minlength=work.n_labelers).astype(np.float64)
    close = np.bincount(who[pairs.is_close], minlength=work.n_labelers).astype(np.int64)
    honest = ~np.isin(who, suspects)
    usual = float(pairs.is_close[honest].mean()) if honest.any() else 0.0
    return close, n * usual, n * usual * (1 - usual)


def _leaning(work: Work, row: Int, lean: Float) -> tuple[Float, Float, Int]:
    """Return mean, standard error and n a labeler; several suspects on one item count once."""
    known = np.isfinite(lean)
    rows, place = np.unique(row[known], return_inverse=True)
    each = summed(place, lean[known], rows.size) / np.bincount(place, minlength=rows.size)
    who = work.labeler[rows]
    n = np.bincount(who, minlength=work.n_labelers).astype(np.int64)
    enough = n >= LEAST
    mean = summed(who, each, work.n_labelers) / np.maximum(n, 1)
    square = summed(who, (each - mean[who]) ** 2, work.n_labelers)
    error = np.sqrt(square / np.maximum(n - 1, 1) / np.maximum(n, 1))
    return np.where(enough, mean, np.nan), np.where(enough, error, np.nan), n
