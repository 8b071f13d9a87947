"""How far a labeler's labels can be trusted: a probability with its interval and its reasons.

The score is the posterior probability that the labeler's chance-corrected accuracy is above the
project's floor. Accuracy is that of the average class, so that always saying the frequent class
earns nothing, and chance is one over the number of classes. Gold counts in full, what peers say of
an item counts a quarter and no more than a hundred items: trust is bounded, and cannot be bought by
volume. Each class starts from the crowd's typical accuracy.

The interval runs from trusting peers not at all to trusting them like gold.
"""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from labeltrust.inference.crowd import FittedCrowd
from labeltrust.inference.crowd_rows import summed
from labeltrust.policy.population import Bool, Float, Int

PEER_WEIGHT = 0.25
MOST_FROM_PEERS = 100.0
_TINY = 1e-9
PRIOR_LABELS = 4.0
"""Labels that the crowd's typical accuracy is worth, per class."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """The trust score of every labeler; arrays have shape (n_labelers,).

    Attributes:
        value: Posterior probability, in [0, 1].
        low: Least of the probabilities with peers counting nothing, as stated, and fully.
        high: Greatest of them.
        n: Gold answers and peer-judged items behind it.
        reason: One sentence with counts.
    """

    value: Float
    low: Float
    high: Float
    n: Int
    reason: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Right:
    """Right and all answers by labeler and true class; shape (n_labelers, n_classes)."""

    right: Float
    n: Float


def trust_scores(crowd: FittedCrowd, floor: float, counts: Bool) -> Trust:
    """Return the trust score of every labeler.

    Args:
        crowd: The fitted crowd.
        floor: Chance-corrected accuracy, in (0, 1).
        counts: (n,) rows that count: of a labeler who turned only those since, so that trust
            falls fast.
    """
    gold, (believed, peers) = _gold(crowd, counts), _peers(crowd, counts)
    usual = np.diag(crowd.model.typical)
    weights = (0.0, PEER_WEIGHT, 1.0)
    none, value, full = (_probability(gold, peers, w, usual, floor) for w in weights)
    n_gold, n_peers = gold.n.sum(axis=1), believed.n.sum(axis=1)
    return Trust(
        value=value,
        low=np.minimum(np.minimum(none, full), value),
        high=np.maximum(np.maximum(none, full), value),
        n=np.rint(n_gold + n_peers).astype(np.int64),
        reason=tuple(_reason(gold, believed, code) for code in range(crowd.rows.n_labelers)),
    )


def _gold(crowd: FittedCrowd, counts: Bool) -> _Right:
    rows = crowd.rows
    true = rows.gold[rows.item]
    at = np.flatnonzero((true >= 0) & counts)
    cell = rows.labeler[at] * rows.n_classes + true[at]
    size, shape = rows.n_labelers * rows.n_classes, (rows.n_labelers, rows.n_classes)
    right = summed(cell, rows.label[at] == true[at], size).reshape(shape)
    return _Right(right=right, n=summed(cell, np.ones(at.size), size).reshape(shape))


def _peers(crowd: FittedCrowd, counts: Bool) -> tuple[_Right, _Right]:
    """Count items that have peers and no gold, by the peers' belief in each class.

    Returns:
        As believed, for the reason; and corrected for the peers' own doubt, for the score: a
        typical labeler's answers are believed less often than they are right, so what is compared
        is the distance to what a typical labeler of the same items gets, and an item of which the
        peers are unsure counts for less.
    """
    rows, typical = crowd.rows, crowd.model.typical
    at = np.flatnonzero(counts & (rows.gold[rows.item] < 0) & (crowd.others.sum(axis=1) > 0))
    belief = crowd.belief[at]
    said = np.eye(rows.n_classes)[rows.label[at]]
    right, n, usual, sure = (
        _by_labeler(rows.labeler[at], values, rows.n_labelers)
        for values in (belief * said, belief, belief * (belief @ typical), belief**2)
    )
    slope = sure / np.maximum(n, _TINY)
    distance = (right - usual) / np.maximum(sure, _TINY)
    accuracy = np.clip(np.diag(typical) + distance, 0.0, 1.0)
    corrected = _Right(right=accuracy * n * slope**2, n=n * slope**2)
    return _Right(right=right, n=n), corrected


def _by_labeler(labeler: Int, values: Float, n_labelers: int) -> Float:
    columns = [summed(labeler, column, n_labelers) for column in values.T]
    return np.array(columns).T.reshape(n_labelers, values.shape[1])


def _probability(gold: _Right, peers: _Right, weight: float, usual: Float, floor: float) -> Float:
    """Return P(chance-corrected accuracy > floor), the mean of one Beta per class, as a normal."""
    n_classes = usual.size
    said = weight * peers.n.sum(axis=1, keepdims=True)
    share = weight * np.minimum(1.0, MOST_FROM_PEERS / np.maximum(said, _TINY))
    right = PRIOR_LABELS * usual + gold.right + share * peers.right
    wrong = PRIOR_LABELS * (1 - usual) + gold.n - gold.right + share * (peers.n - peers.right)
    total = right + wrong
    mean = (right / total).mean(axis=1)
    variance = (right * wrong / (total**2 * (total + 1))).sum(axis=1) / n_classes**2
    chance = 1 / max(n_classes, 2)
    least = chance + floor * (1 - chance)
    above: Float = stats.norm.cdf((mean - least) / np.sqrt(np.maximum(variance, 1e-12)))
    return above


def _reason(gold: _Right, believed: _Right, code: int) -> str:
    parts = []
    n_gold, n_peers = int(gold.n[code].sum()), round(float(believed.n[code].sum()))
    if n_gold:
        parts.append(f"{int(gold.right[code].sum())} of {n_gold} gold right")
    if n_peers:
        share = float(believed.right[code].sum() / believed.n[code].sum())
        parts.append(f"peers believe {share:.0%} of {n_peers} other labels")
    return "; ".join(parts)
