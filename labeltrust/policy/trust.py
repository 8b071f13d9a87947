"""How far a labeler's labels can be trusted: a probability with its interval and its reasons.

The score is the posterior probability that the labeler's chance-corrected accuracy is above the
project's floor. Accuracy is that of the average class, so that always saying the frequent class
earns nothing, and chance is one over the number of classes. An answer on gold (an audited item is
gold) counts in full; an answer that only peers speak of counts half of what it would tell if they
were right, and peers together no more than 50 gold answers a class: volume buys no trust.

Slow up, fast down: the whole record must speak for a labeler, and so must the recent one. The
interval runs from trusting peers not at all to trusting them like gold.
"""

from dataclasses import dataclass

import numpy as np

from labeltrust.inference.crowd import FittedCrowd
from labeltrust.policy.population import Bool, Float, Int
from labeltrust.policy.trust_evidence import Record, Right, recent_record, whole_record
from labeltrust.policy.trust_posterior import above, fitted_prior

PEER_WEIGHT = 0.5
MOST_FROM_PEERS = 50.0
"""Gold answers a class that all that peers say is worth at most."""
MOST_FROM_GOLD = 200.0
"""Gold answers a class that count: a long good past must not outweigh what comes now."""
TURNED = 0.25
"""Odds that somebody's recent record speaks of a change before it is looked at: unless it is far
from the whole one, it is chance."""
BOUNDS = (0.01, 0.99)
"""Nobody's labels are certain: accounts are sold on a Tuesday."""
_ENDS = 1e-3
_DOUBTED = 0.5
_LOWERED = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Trust of every labeler; arrays have shape (n_labelers,).

    Attributes:
        value: Posterior probability, within `BOUNDS`.
        low: Least of the probabilities with peers counting nothing, as stated, and fully.
        high: Greatest of them, by the whole record.
        n: Gold answers and answers with peers behind it; 0 where nothing is known.
        reason: One sentence with counts.
    """

    value: Float
    low: Float
    high: Float
    n: Int
    reason: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """The trust score of every labeler.

    Attributes:
        overall: Of the average class.
        classes: Of each class by its word; `n` is 0 where the labeler never met the class.
    """

    overall: Scores
    classes: tuple[tuple[str, Scores], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Odds:
    """Probabilities at one weight of peers: overall (n_labelers,), and (n_labelers, n_classes)."""

    whole: Float
    lately: Float
    each: Float


def trust_scores(
    crowd: FittedCrowd, floor: float, counts: Bool, words: tuple[str, ...] = ()
) -> Trust:
    """Return the trust score of every labeler, overall and by class.

    Args:
        crowd: The fitted crowd.
        floor: Chance-corrected accuracy, in (0, 1).
        counts: (n,) rows that count: of a labeler who turned only those since, so that trust
            falls fast.
        words: (n_classes,) word of each class; its number where there is none.
    """
    whole, recent = whole_record(crowd, counts), recent_record(crowd, counts)
    usual = np.clip(np.diag(crowd.model.typical), _ENDS, 1 - _ENDS)
    prior = fitted_prior(_seen(whole, PEER_WEIGHT), usual)
    chance = 1 / max(crowd.rows.n_classes, 2)
    least = chance + floor * (1 - chance)
    odds = [_odds(whole, recent, prior, least, weight) for weight in (PEER_WEIGHT, 0.0, 1.0)]
    names = words or tuple(str(c) for c in range(crowd.rows.n_classes))
    return Trust(
        overall=_overall(odds, whole, recent, names), classes=_by_class(odds, whole, names)
    )


def _seen(record: Record, weight: float) -> Right:
    gold = record.gold.at_most(MOST_FROM_GOLD)
    peers = record.peers.at_most(MOST_FROM_PEERS / max(weight, _ENDS))
    return Right(right=gold.right + weight * peers.right, n=gold.n + weight * peers.n)


def _odds(whole: Record, recent: Record, prior: Float, least: float, weight: float) -> _Odds:
    """Return the probabilities; a recent record only lowers, and only when it is clear."""
    now, each = above(_seen(whole, weight), prior, least)
    lately, _ = above(_seen(recent, weight), prior, least)
    likely = lately / (lately + (1 - lately) * TURNED)
    return _Odds(
        whole=np.clip(now, *BOUNDS),
        lately=np.clip(np.minimum(now, likely), *BOUNDS),
        each=np.clip(each, *BOUNDS),
    )


def _overall(odds: list[_Odds], whole: Record, recent: Record, names: tuple[str, ...]) -> Scores:
    stated = odds[0]
    lowered = stated.lately < stated.whole - _LOWERED
    reasons = tuple(
        _sentence(
            _said(whole, code),
            _lately(recent, code) if lowered[code] else "",
            _missed(whole, stated.each[code], names, code),
        )
        for code in range(stated.whole.size)
    )
    return Scores(
        value=stated.lately,
        low=np.min([o.lately for o in odds], axis=0),
        high=np.max([o.whole for o in odds], axis=0),
        n=np.rint(whole.gold.n.sum(axis=1) + whole.believed.n.sum(axis=1)).astype(np.int64),
        reason=reasons,
    )


def _by_class(
    odds: list[_Odds], whole: Record, names: tuple[str, ...]
) -> tuple[tuple[str, Scores], ...]:
    each = np.array([o.each for o in odds])
    n = np.rint(whole.gold.n + whole.believed.n).astype(np.int64)
    return tuple(
        (
            name,
            Scores(
                value=each[0, :, c],
                low=each[:, :, c].min(axis=0),
                high=each[:, :, c].max(axis=0),
                n=n[:, c],
                reason=tuple(_said(whole, code, slice(c, c + 1)) for code in range(n.shape[0])),
            ),
        )
        for c, name in enumerate(names)
    )


def _sentence(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


def _said(record: Record, code: int, classes: slice = slice(None)) -> str:
    gold, n_gold = (x[code, classes].sum() for x in (record.gold.right, record.gold.n))
    right, n = (x[code, classes].sum() for x in (record.believed.right, record.believed.n))
    other = "other " if n_gold else ""
    return _sentence(
        f"{gold:.0f} of {n_gold:.0f} gold right" if n_gold else "",
        f"peers believe {100 * right / n:.0f} % of {n:.0f} {other}labels" if round(n) else "",
    )


def _lately(recent: Record, code: int) -> str:
    said = _said(recent, code)
    return f"lately {said.replace('; ', ', ')}" if said else ""


def _missed(whole: Record, each: Float, names: tuple[str, ...], code: int) -> str:
    """Name the class that he is least trusted with, where that is more no than yes."""
    met = np.rint(whole.gold.n[code] + whole.believed.n[code]) > 0
    if not met.any():
        return ""
    worst = int(np.where(met, each, np.inf).argmin())
    n, right = whole.gold.n[code, worst], whole.gold.right[code, worst]
    by = ""
    if n <= right:
        n, right = whole.believed.n[code, worst], whole.believed.right[code, worst]
        by = " as peers see them"
    if each[worst] >= _DOUBTED or round(n - right) < 1:
        return ""
    return f"misses {n - right:.0f} of {n:.0f} {names[worst]}{by}"
