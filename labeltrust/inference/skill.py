"""What a labeler's own skill explains, and what it does not.

An honest labeler errs more or less often than the typical one, by one shift of the log odds of an
error (his skill), and where he errs he confuses what everybody confuses. What goes beyond that is
measured as a *rate*: the share of his answers that must have been replaced to explain the rest.

    flipped     by a wrong class drawn evenly, whatever others confuse
    random      by any class drawn evenly
    t as x      by x, on items that the peers believe to be of class t

Because skill is fitted to each labeler, a weak honest labeler has rate 0 like an able one, and an
able one who flips a third of his answers has not: that is where the power comes from. Honest
labelers differ in rates too, by habits of their own; their spread is for the population to learn.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from labeltrust.domain.estimates import Undefined
from labeltrust.inference.answer_table import AnswerTable
from labeltrust.inference.crowd_rows import Bool, Float
from labeltrust.inference.population_null import fit_null

WIDE = 2.0
"""Standard deviation of a prior of skill that only keeps those finite who never err."""
NARROW = 0.6
"""Width of the prior of skill in signals, in spreads of honest skill. Narrower than honest labelers
are, so that part of an unusual skill stays visible as a rate: then how often and how he errs count
together. How much of it honest labelers show is learned with their spread of rates."""
_LEAST_SPREAD, _MOST_SPREAD = 0.15, 2.0
_RATES = np.concatenate([np.linspace(-0.1, 0.3, 17), np.linspace(0.35, 0.95, 13)])
_CLOSE = 1e-3
_STEPS = 12
_LEAST = 1e-6
_REACH = 5.0
_CELLS = 1 << 22
"""Numbers reckoned with at a time: bounds memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Shares of replaced answers, beyond skill; arrays (n_labelers,) or (n_labelers, …).

    Attributes:
        rate: Most likely share, below 0 where there is less of it than skill leads one to expect.
        error: Standard error: the rate over the signed root of its likelihood ratio, so that
            `rate / error` is as normal as the counts allow (Barndorff-Nielsen and Cox 1994, 3.2).
    """

    rate: Float
    error: Float


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """The typical labeler in parts: log odds of an error, and where errors go."""

    odds: Float
    wrong: Float

    def chance(self, shift: Float) -> Float:
        """Return P(given | believed) at shifts (…,): (…, N_KINDS, n_classes, n_classes)."""
        error = expit(self.odds + shift[..., None, None])[..., None]
        same = np.eye(self.wrong.shape[-1])
        mixed: Float = error * self.wrong + (1 - error) * same
        return mixed


def law_of(table: AnswerTable) -> Law:
    """Split the typical labeler of a table into how often he errs and where to."""
    right = np.diagonal(table.typical, axis1=1, axis2=2)
    error = np.clip(1 - right, 1e-4, 1 - 1e-4)
    off = table.typical * (1 - np.eye(table.n_classes))
    return Law(odds=logit(error), wrong=off / np.maximum(off.sum(-1, keepdims=True), 1e-12))


def skill_spread(table: AnswerTable, reference: Bool) -> float:
    """Return the width of the prior of skill that signals use: `NARROW` times the honest spread.

    Args:
        table: Everybody's answers.
        reference: (n_labelers,) who may be honest.
    """
    law, shift = law_of(table), shifts(table)
    chance = expit(law.odds + shift[:, None, None])
    told = (table.n.sum(axis=-1) * chance * (1 - chance)).sum(axis=(1, 2))
    error = 1 / np.sqrt(np.maximum(told, 1e-9))
    null = fit_null(np.where(told > 1, shift, np.nan), error, reference)
    if isinstance(null, Undefined):
        return _MOST_SPREAD
    return float(np.clip(NARROW * null.spread, _LEAST_SPREAD, _MOST_SPREAD))


def shifts(table: AnswerTable, spread: float = WIDE) -> Float:
    """Return every labeler's skill: the shift of his log odds of an error, (n_labelers,).

    Args:
        table: Everybody's answers.
        spread: Standard deviation of the prior, which is centred on the typical labeler.

    0 for the typical labeler and for those without answers; above 0 for weaker ones.

    >>> n = np.array([[[[80.0, 20], [20, 80]]] * 2, [[[60.0, 40], [40, 60]]] * 2])
    >>> found = shifts(AnswerTable(n=n, typical=np.array([[[0.8, 0.2], [0.2, 0.8]]] * 2)))
    >>> found.round(2).tolist()
    [0.0, 0.98]
    """
    total = table.n.sum(axis=-1)
    wrong = total - np.diagonal(table.n, axis1=2, axis2=3)
    return _newton(law_of(table).odds, total, wrong, spread)


def _newton(odds: Float, total: Float, wrong: Float, spread: float) -> Float:
    shift = np.zeros(total.shape[0])
    for _ in range(_STEPS):
        chance = expit(odds + shift[:, None, None])
        slope = (wrong - total * chance).sum(axis=(1, 2)) - shift / spread**2
        bend = (total * chance * (1 - chance)).sum(axis=(1, 2)) + 1 / spread**2
        shift = np.clip(shift + np.clip(slope / bend, -1, 1), -_REACH, _REACH)
    return shift


def replaced(table: AnswerTable, by: Float, spread: float = WIDE) -> Rates:
    """Estimate the share of each labeler's answers replaced by draws from `by`, skill fitted.

    Args:
        table: Everybody's answers.
        by: (n_classes, n_classes) chance of each replacement by the class believed in.
        spread: Standard deviation of the prior of skill, see `skill_spread`.

    >>> weak, flips = (np.array([[[a, b, c], [b, a, b], [c, b, a]]] * 2)
    ...                for a, b, c in ((60.0, 37, 3), (60.0, 20, 20)))
    >>> typical = np.array([[[0.8, 0.185, 0.015], [0.1, 0.8, 0.1], [0.015, 0.185, 0.8]]] * 2)
    >>> evenly = (1 - np.eye(3)) / 2
    >>> table = AnswerTable(n=np.array([weak, flips]), typical=typical)
    >>> (replaced(table, evenly).rate > 0.2).tolist()
    [False, True]
    """
    law, start = law_of(table), shifts(table, spread)
    size = max(_CELLS // (_RATES.size * law.wrong.size), 1)
    parts = [slice(a, a + size) for a in range(0, start.size, size)]
    curves = [_profiled(table.n[at], (law, spread), start[at], by) for at in parts]
    curve = np.concatenate([np.empty((0, _RATES.size)), *curves])
    nothing = int(np.abs(_RATES).argmin())
    rate, best = _peak(curve)
    ratio = np.maximum(best - curve[:, nothing], 0.0)
    step, near = _first_step(curve, nothing)
    return _rates(rate, step, ratio, near)


def _profiled(n: Float, known: tuple[Law, float], start: Float, by: Float) -> Float:
    """Return the log likelihood at each rate with the best shift, by Newton steps from the skill.

    Args:
        n: (n_labelers, N_KINDS, n_classes, n_classes) answers.
        known: The typical labeler, and the width of the prior of skill.
        start: (n_labelers,) shifts to start from.
        by: (n_classes, n_classes) what answers are replaced by.

    Returns:
        (n_labelers, n_rates).
    """
    law, spread = known
    rate = _RATES[:, None, None, None, None]
    shift = np.repeat(start[None], _RATES.size, axis=0)
    away = (1 - rate) * (law.wrong - np.eye(by.shape[0]))
    total, axes = n.sum(axis=-1, keepdims=True), (2, 3, 4)
    for _ in range(4):
        whole = np.maximum((1 - rate) * law.chance(shift) + rate * by, _LEAST)
        error = expit(law.odds + shift[..., None, None])[..., None]
        moves = error * (1 - error) * away
        slope = (n * moves / whole).sum(axis=axes) - shift / spread**2
        told = (total * moves**2 / whole).sum(axis=axes)
        shift = np.clip(shift + np.clip(slope / (told + 1 / spread**2), -1, 1), -_REACH, _REACH)
    whole = np.maximum((1 - rate) * law.chance(shift) + rate * by, _LEAST)
    likelihood: Float = (n * np.log(whole)).sum(axis=axes) - shift**2 / spread**2 / 2
    return likelihood.T


def _peak(curve: Float) -> tuple[Float, Float]:
    """Return the place and height of each curve's peak, by the parabola through three points."""
    k = np.clip(curve.argmax(axis=1), 1, _RATES.size - 2)
    row = np.arange(curve.shape[0])
    x0, x1, x2 = (_RATES[k + d] for d in (-1, 0, 1))
    y0, y1, y2 = (curve[row, k + d] for d in (-1, 0, 1))
    left, right = (y1 - y0) / (x1 - x0), (y2 - y1) / (x2 - x1)
    bend = (right - left) / (x2 - x0)
    at = np.where(bend < 0, (x0 + x1) / 2 - left / (2 * np.minimum(bend, -1e-12)), x1)
    at = np.clip(at, x0, x2)
    height = y1 + left * (at - x1) + bend * (at - x1) * (at - x0)
    return at, np.maximum(height, curve.max(axis=1))


def _first_step(curve: Float, at: int) -> tuple[Float, Float]:
    """Return the first Newton step from rate 0, and the standard error by the curvature there."""
    width = _RATES[at + 1] - _RATES[at]
    slope = (curve[:, at + 1] - curve[:, at - 1]) / (2 * width)
    bend = (2 * curve[:, at] - curve[:, at - 1] - curve[:, at + 1]) / width**2
    bend = np.maximum(bend, 1e-2)
    return slope / bend, 1 / np.sqrt(bend)


def _rates(rate: Float, step: Float, ratio: Float, near: Float) -> Rates:
    """Take the error from the likelihood ratio, or from the curvature where the rate is near 0.

    No share of answers can be much less than none. Whose likelihood still rises at the lowest rate
    gets the first step from 0 instead, or the honest spread would be learned from a distribution
    that is cut off.
    """
    root = np.sqrt(2 * ratio)
    error = np.where(root > 1, np.abs(rate) / np.maximum(root, 1e-9), near)
    cut = rate <= _RATES[0] + _CLOSE
    return Rates(
        rate=np.where(cut, np.minimum(step, rate), rate),
        error=np.maximum(np.where(cut, near, error), 1e-6),
    )
