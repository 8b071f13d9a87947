"""One-parameter families of what a labeler would say, given what his peers say of each item.

Each turns rows into likelihoods on the family's grid; larger parameters are worse.

    shift   log odds of an error, against the typical labeler of the reference
    flip    log odds of saying x where the truth is t, against the typical labeler
    blind   share of answers given without looking, by the labeler's own habit
    lean    log odds of the labeler's favourite label, against the others of the same item
"""

from collections.abc import Callable

import numpy as np
from scipy.special import expit, logit

from labeltrust.counts._ordering import ordered
from labeltrust.inference.crowd import FittedCrowd
from labeltrust.inference.crowd_rows import CrowdRows, Float, Int
from labeltrust.inference.population_mixture import Prior

OfRows = Callable[[Int], Float]
"""Row numbers (k,) to values by row and grid point (k, n_grid)."""
_TINY = 1e-12
_SPREADS = np.array([0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.85, 1.0, 1.25, 1.5])
SHIFTS = np.linspace(-4.0, 8.0, 49)
SHIFT_PRIOR = Prior(
    grid=SHIFTS, means=np.linspace(-3.0, 3.0, 25), spreads=_SPREADS, others=(0.5, 5.0)
)
BLIND = np.linspace(-1.0, 1.0, 61)
BLIND_PRIOR = Prior(
    grid=BLIND,
    means=np.linspace(-0.5, 0.5, 21),
    spreads=np.array([0.02, 0.04, 0.06, 0.08, 0.1, 0.13, 0.16, 0.2, 0.25, 0.3, 0.35, 0.4]),
    others=(0.3, 1.0),
)
LEANS = np.array([10.0, 30.0, 100.0, 300.0, 1000.0])
"""Odds ratios of the favourite label against the others of the same item. The first is the most an
honest labeler may lean: where others give it to half the items, he gives it to 91 %."""


def shift_family(crowd: FittedCrowd) -> OfRows:
    """Return likelihoods of a labeler who errs more, or less, than the typical one.

    In true class s the log odds of an error move by the parameter; which wrong label it becomes is
    as for the typical labeler. At the far end of the grid he is always wrong.
    """
    typical = crowd.model.typical
    error = 1 - np.diag(typical)
    wrong = typical * (1 - np.eye(error.size)) / np.maximum(error, _TINY)[:, None]
    rate = expit(logit(np.clip(error, 1e-4, 1 - 1e-4))[:, None] + SHIFTS)

    def likelihood(rows: Int) -> Float:
        belief, label = crowd.belief[rows], crowd.rows.label[rows]
        right = belief[np.arange(rows.size), label]
        seen: Float = (1 - rate)[label]
        seen *= right[:, None]
        seen += (belief * wrong.T[label]) @ rate
        seen += _TINY
        return seen

    return likelihood


def flip_family(crowd: FittedCrowd, true: int, said: int) -> OfRows:
    """Return likelihoods of saying `said`, or not, by the log odds of doing so on `true`.

    On items of class `true` the log odds move by the parameter; on others he says it as often as
    the typical labeler.
    """
    typical = crowd.model.typical
    rate = expit(logit(np.clip(typical[true, said], 1e-4, 1 - 1e-4)) + SHIFTS)
    elsewhere = typical[:, said].copy()
    elsewhere[true] = 0.0
    parts = np.stack([np.ones(SHIFTS.size), rate])

    def likelihood(rows: Int) -> Float:
        belief, hit = crowd.belief[rows], crowd.rows.label[rows] == said
        fixed = belief @ elsewhere
        fixed = np.where(hit, fixed, 1 - fixed)
        moving = np.where(hit, belief[:, true], -belief[:, true])
        seen: Float = np.stack([fixed, moving], axis=1) @ parts
        return np.maximum(seen, _TINY, out=seen)

    return likelihood


def blind_family(crowd: FittedCrowd) -> OfRows:
    """Return likelihoods of a labeler who answers a share of items by habit, without looking.

    0 is the typical labeler, 1 only habit; below 0 a share of items is answered without error, so
    that the better half of honest labelers has its place too.
    """
    typical = crowd.model.typical
    habit = habits(crowd.rows, crowd.order)
    share, skill = np.maximum(BLIND, 0.0), np.maximum(-BLIND, 0.0)
    parts = np.stack([1 - share - skill, share, skill])

    def likelihood(rows: Int) -> Float:
        belief, label = crowd.belief[rows], crowd.rows.label[rows]
        looked = (belief * typical.T[label]).sum(axis=1)
        knew = belief[np.arange(rows.size), label]
        seen: Float = np.stack([looked, habit[rows], knew], axis=1) @ parts
        seen += _TINY
        return seen

    return likelihood


def lean_family(crowd: FittedCrowd) -> OfRows:
    """Return likelihoods of giving one's favourite label, or not, by the odds ratio `LEANS`.

    The odds of the others are those of the reference labels on the same item, with one label more
    that is drawn from all items: so no item is certain, and few labels look like most items do.
    """
    mine = favourites(crowd.rows)[crowd.rows.labeler]
    usual = crowd.model.prior @ crowd.model.typical

    def likelihood(rows: Int) -> Float:
        others, favourite = crowd.others[rows], mine[rows]
        same = others[np.arange(rows.size), favourite]
        share = (same + usual[favourite]) / (others.sum(axis=1) + 1)
        odds = (share / np.maximum(1 - share, _TINY))[:, None] * LEANS
        hit = (crowd.rows.label[rows] == favourite)[:, None]
        seen: Float = np.where(hit, odds, 1.0) / (1 + odds)
        return seen

    return likelihood


def favourites(rows: CrowdRows) -> Int:
    """Return the class that each labeler gives most, (n_labelers,)."""
    cell = rows.labeler * rows.n_classes + rows.label
    mix = np.bincount(cell, minlength=rows.n_labelers * rows.n_classes)
    most: Int = mix.reshape(rows.n_labelers, rows.n_classes).argmax(axis=1)
    return most


def habits(rows: CrowdRows, order: Int) -> Float:
    """Return the chance of each row's label by the labeler's earlier answers alone, (n,).

    The predictive rule of Krichevsky and Trofimov (1981): (earlier equal + 1/2) / (earlier + C/2).
    It only looks back, so that betting on it is fair.

    >>> from labeltrust.counts import block
    >>> from labeltrust.inference.crowd_rows import crowd_rows
    >>> b = block([1, 2], [0, 0], [1, 1], n_labelers=1, values=[0, 1], received_us=[1, 2])
    >>> habits(crowd_rows(b), np.array([0, 1])).tolist()
    [0.5, 0.75]
    """
    labeler, label = rows.labeler[order], rows.label[order]
    earlier = _rank_within(labeler)
    equal = _rank_within(labeler * rows.n_classes + label)
    out = np.empty(rows.n)
    out[order] = (equal + 0.5) / (earlier + rows.n_classes / 2)
    return out


def _rank_within(key: Int) -> Int:
    """Return how often each key occurred before its place, (n,)."""
    order, by_key = ordered(key)
    place, first = np.arange(key.size), np.ones(key.size, dtype=np.bool_)
    np.not_equal(by_key[1:], by_key[:-1], out=first[1:])
    rank = np.empty(key.size, dtype=np.int64)
    rank[order] = place - np.maximum.accumulate(np.where(first, place, 0))
    return rank
