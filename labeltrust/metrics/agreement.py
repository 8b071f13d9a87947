"""Percent agreement, and Gwet's AC1 and AC2, of the project and of each labeler with his peers.

Sources: Gwet (2008), "Computing inter-rater reliability and its variance in the presence of high
agreement"; Gwet (2014), "Handbook of Inter-Rater Reliability", 4th edition, chapters 4 and 5.
AC1 keeps its size where one label is far more common than the rest, where kappa and alpha fall.
"""

import numpy as np

from labeltrust.counts._base import Float
from labeltrust.counts._similarity import Weighted, total_similarity
from labeltrust.counts.agreement import KINDS, Agreement
from labeltrust.counts.peers import Peers
from labeltrust.domain.estimates import Measured
from labeltrust.metrics._estimates import Estimates, around, estimates, unseen_share
from labeltrust.metrics._jackknife import margins
from labeltrust.metrics._peer_sums import margin_products, peer_sums, without_groups

NONE_PAIRED = "no item has two labelers"
NONE_SHARED = "no items shared with another labeler"
ONE_LABEL = "the scale has a single label"
LEAST = -1.0
_ROUNDING = 1e-9


def percent_agreement(counts: Agreement, kind: str = "equal") -> Measured:
    """Return the probability that two labelers of a random item agree.

    Args:
        counts: Agreement of a project.
        kind: Similarity `equal`; `linear` and `quadratic` give part of the credit to near labels.

    Returns:
        A share in [0, 1]; n counts items with at least two labelers.

    >>> from labeltrust.counts import agreement, block
    >>> b = block([1, 1, 1, 2], [0, 1, 2, 0], [0, 0, 1, 1], n_labelers=3, values=[0, 1])
    >>> round(percent_agreement(agreement.count(b)).value, 3)
    0.333
    """
    _, paired, alike = _project(counts, kind)
    return _share(_ratio(alike, paired), paired, NONE_PAIRED)[0]


def gwet_ac(counts: Agreement, kind: str = "equal") -> Measured:
    """Return Gwet's AC1 (`equal`) or AC2 (`linear`, `quadratic`) of the project.

    Chance agreement is T / (q (q - 1)) sum of pi (1 - pi), with T the sum of all q^2 similarities
    (q for AC1) and pi the labels' mean shares over all items, single judgments included.

    Returns:
        A coefficient of at most 1; n counts items with at least two labelers.

    >>> from labeltrust.counts import agreement, block
    >>> b = block([1, 1, 2, 2], [0, 1, 0, 1], [0, 0, 0, 1], n_labelers=2, values=[0, 1])
    >>> round(gwet_ac(agreement.count(b)).value, 3)
    0.2
    """
    items, paired, alike = _project(counts, kind)
    shares = counts.shares.dense()
    kept = np.vstack([shares.sum(axis=0), shares.sum(axis=0) - shares])
    share = _ratio(kept, items.T)
    unequal = (share * (1 - share)).sum(axis=1)[None, :]
    chance = _chance(unequal, kind, counts.values)
    return _corrected(_ratio(alike, paired), chance, paired, NONE_PAIRED, counts.values.size)[0]


def peer_agreement(counts: Peers, kind: str = "equal") -> Estimates:
    """Return each labeler's probability to agree with a random peer on a random shared item.

    Returns:
        (n_labelers,) shares in [0, 1]; n counts shared items.

    >>> from labeltrust.counts import block, peers
    >>> b = block([1, 1, 1], [0, 1, 2], [0, 0, 1], n_labelers=3, values=[0, 1])
    >>> peer_agreement(peers.count(b)).value.tolist()
    [0.5, 0.5, 0.0]
    """
    found = peer_sums(counts, kind)
    return _share(_ratio(found.observed, found.items), found.items, NONE_SHARED)


def peer_gwet_ac(counts: Peers, kind: str = "equal") -> Estimates:
    """Return each labeler's AC1 or AC2 with a random peer of the same item.

    The labels' shares are the mean of his own and his peers' on the shared items.

    Returns:
        (n_labelers,) coefficients of at most 1; n counts shared items.

    >>> from labeltrust.counts import block, peers
    >>> b = block([1, 1, 2, 2], [0, 1, 0, 1], [0, 0, 0, 1], n_labelers=2, values=[0, 1])
    >>> peer_gwet_ac(peers.count(b)).value.round(3).tolist()
    [0.2, 0.2]
    """
    found = peer_sums(counts, kind)
    own, peers = counts.table.over(0, 1, 2), counts.table.over(0, 1, 3)
    squares = np.zeros_like(found.items)
    for weight, one, two in ((1, own, own), (2, own, peers), (1, peers, peers)):
        squares += weight * margin_products(one, two, "equal", counts.values)
    unequal = 1 - _ratio(squares, 4 * found.items**2)
    share = _ratio(found.observed, found.items)
    chance = _chance(unequal, kind, counts.values)
    return _corrected(share, chance, found.items, NONE_SHARED, counts.values.size)


def _project(counts: Agreement, kind: str) -> tuple[Float, Float, Float]:
    """Return items, paired items and summed similarity, each (1, 1 + N_GROUPS)."""
    wanted = (0, 1, 2 + KINDS.index(kind))
    items, paired, alike = (without_groups(counts.items.dense(k)[None, :]) for k in wanted)
    return items, paired, alike


def _chance(unequal: Float, kind: str, values: Float) -> Float:
    labels = np.arange(values.size)
    one = np.zeros(values.size, dtype=np.int64)
    every = Weighted(group=one, label=labels, weight=np.ones(values.size))
    total = float(total_similarity(kind, (one, labels), every, values).sum())
    return unequal * total / max(values.size * (values.size - 1), 1)


def _share(value: Float, items: Float, none: str) -> Estimates:
    """Return shares with intervals in [0, 1]; where nothing varied, what n items may hide."""
    share, n = value[:, 0], items[:, 0]
    margin = margins(value, items)
    margin = np.where(margin > _ROUNDING, margin, unseen_share(n))
    low, high = np.maximum(share - margin, 0.0), np.minimum(share + margin, 1.0)
    return estimates(share, low, high, n, (none, n == 0))


def _corrected(share: Float, chance: Float, items: Float, none: str, n_labels: int) -> Estimates:
    value, n = _ratio(share - chance, 1 - chance), items[:, 0]
    hidden = _ratio(unseen_share(n), 1 - chance[:, 0])
    low, high = around(value[:, 0], margins(value, items), hidden, LEAST)
    single = np.full(n.size, n_labels < 2)  # noqa: PLR2004 - chance takes two labels
    return estimates(value[:, 0], low, high, n, (none, n == 0), (ONE_LABEL, single))


def _ratio(above: Float, below: Float) -> Float:
    shape = np.broadcast(above, below).shape
    ratio: Float = np.divide(above, below, out=np.full(shape, np.nan), where=below > 0)
    return ratio
