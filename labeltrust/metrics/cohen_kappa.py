"""Cohen's kappa: of two labelers, of one against his peers, and of one against the consensus.

Sources: Cohen (1960), "A coefficient of agreement for nominal scales"; Cohen (1968), weighted
kappa; Fleiss, Cohen, Everitt (1969), "Large sample standard errors of kappa and weighted kappa";
Lin (1989), the concordance coefficient, which is quadratic kappa of two columns of numbers.
"""

from dataclasses import dataclass

import numpy as np

from labeltrust.counts._base import coded
from labeltrust.counts.concordance import NUMERIC, Concordance
from labeltrust.counts.flips import Flips
from labeltrust.counts.pairs import Pairs
from labeltrust.counts.peers import Peers
from labeltrust.metrics._estimates import (
    Estimates,
    Float,
    Int,
    around,
    divided,
    estimates,
    unseen_share,
)
from labeltrust.metrics._jackknife import margins
from labeltrust.metrics._kappa_table import (
    ALIKE,
    KIND_OF_LEVEL,
    LEAST,
    NONE_SHARED,
    ROUNDING,
    Tables,
    table_kappas,
)
from labeltrust.metrics._peer_sums import peer_sums, without_groups


@dataclass(frozen=True, slots=True, kw_only=True)
class PairKappas:
    """Kappa of every two labelers with a shared item; arrays have shape (n_pairs,).

    Attributes:
        one: Labeler codes, each smaller than its `two`.
        two: Labeler codes.
        kappa: The kappas; n counts shared items.
    """

    one: Int
    two: Int
    kappa: Estimates


def pairwise_kappa(counts: Pairs, kind: str | None = None) -> PairKappas:
    """Return Cohen's kappa of all pairs of labelers that share an item.

    Args:
        counts: Pair-label counts.
        kind: Weights `equal`, `linear` or `quadratic`; by default those of the level
            (`KIND_OF_LEVEL`).

    >>> from labeltrust.counts import block, pairs
    >>> b = block([1, 1, 2, 2, 3, 3], [0, 1] * 3, [0, 0, 1, 1, 1, 0], n_labelers=2, values=[0, 1])
    >>> round(pairwise_kappa(pairs.count(b)).kappa[0].value, 2)
    0.4
    """
    a, b, x, y = counts.table.index
    size = max(counts.table.shape[1], 1)
    key, pair = coded(a * size + b)
    tables = Tables(
        pair=pair,
        one=x,
        two=y,
        weight=counts.table.sums[0],
        n_pairs=key.size,
        values=counts.values,
    )
    found = table_kappas(tables, kind or KIND_OF_LEVEL[counts.level])
    return PairKappas(one=key // size, two=key % size, kappa=found)


def n_peers(counts: Pairs) -> Int:
    """Return with how many others each labeler shares an item: (n_labelers,).

    Of an item with more than `counts.pairs.MOST_PAIRED` labelers, those that he is paired with.
    """
    pairs = counts.table.over(0, 1)
    return np.bincount(np.concatenate(pairs.index), minlength=counts.table.shape[0])


def peer_kappa(counts: Peers, kind: str | None = None) -> Estimates:
    """Return each labeler's kappa with a random peer of the same item.

    Chance agreement is that of his own label frequencies with his peers' on the shared items. The
    interval leaves out random groups of items in turn, as the pairs on one item go together.

    Returns:
        (n_labelers,) kappas in [-1, 1]; n counts shared items.

    >>> from labeltrust.counts import block, peers
    >>> b = block([1, 1, 2, 2, 3, 3], [0, 1] * 3, [0, 0, 1, 1, 1, 0], n_labelers=2, values=[0, 1])
    >>> round(peer_kappa(peers.count(b))[0].value, 2)
    0.4
    """
    found = peer_sums(counts, kind or KIND_OF_LEVEL[counts.level])
    room = found.items - found.chance
    value = _over(found.observed - found.chance, room)
    return _resampled(value, found.items, room[:, 0])


def kappa_to_consensus(flips: Flips, means: Concordance, kind: str | None = None) -> Estimates:
    """Return each labeler's kappa with what the others of the same items say without him.

    Nominal and ordinal labels are compared with the plurality of the others (none where they tie);
    numbers with the mean of the others, by quadratic weights (Lin 1989).

    Returns:
        (n_labelers,) kappas in [-1, 1]; n counts items whose others have a plurality, or a mean.

    >>> from labeltrust.counts import block, concordance, flips
    >>> b = block([1, 1, 2, 2, 3, 3], [0, 1] * 3, [0, 0, 1, 1, 1, 0], n_labelers=2, values=[0, 1])
    >>> round(kappa_to_consensus(flips.count(b), concordance.count(b))[0].value, 2)
    0.4
    """
    if flips.level in NUMERIC:
        return _kappa_to_mean(means)
    labeler, consensus, label = flips.observed.index
    tables = Tables(
        pair=labeler,
        one=label,
        two=consensus,
        weight=flips.observed.sums[0],
        n_pairs=flips.observed.shape[0],
        values=flips.values,
    )
    return table_kappas(tables, kind or KIND_OF_LEVEL[flips.level])


def _kappa_to_mean(means: Concordance) -> Estimates:
    """Return 1 - E(x - y)^2 / (E(x - y')^2 of unpaired x and y'), with every group left out."""
    n, x, y, xx, yy, xy = (
        without_groups(means.moments.dense(k)) for k in range(means.moments.sums.shape[0])
    )
    apart = xx + yy - 2 * xy
    by_chance = xx + yy - _over(2 * x * y, n)
    value = np.where(by_chance > ROUNDING * n, 1 - _over(apart, by_chance), np.nan)
    return _resampled(value, n, by_chance[:, 0])


def _resampled(value: Float, items: Float, room: Float) -> Estimates:
    n = items[:, 0]
    hidden = divided(unseen_share(n) * n, room)
    low, high = around(value[:, 0], margins(value, items), hidden, LEAST)
    gaps = (NONE_SHARED, n == 0), (ALIKE, room <= ROUNDING * n)
    return estimates(value[:, 0], low, high, n, *gaps)


def _over(above: Float, below: Float) -> Float:
    ratio: Float = np.divide(above, below, out=np.full(above.shape, np.nan), where=below > 0)
    return ratio
