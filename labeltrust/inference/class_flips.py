"""How often a labeler calls class t class x beyond what his own skill explains, for all pairs.

The pair is compared with the labeler's *other* answers: his skill is fitted to all of them but the
pair's own, so neither a weak labeler nor one who errs a lot on hard items has a rate, and neither
has one who flips in another direction. Given that skill the pair's count is binomial, which makes
the estimate and its likelihood ratio closed forms; all pairs of all labelers are done at once.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, xlogy

from labeltrust.inference.answer_table import AnswerTable
from labeltrust.inference.crowd_rows import Float
from labeltrust.inference.skill import WIDE, Law, law_of

_STEPS = 10
_REACH = 5.0
_CHUNK_CELLS = 4_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassFlips:
    """Flips of every ordered pair; arrays have shape (n_labelers, n_classes, n_classes), [t, x].

    Attributes:
        times: Answers x on items believed to be of class t.
        of: Answers on those items.
        expected: Times that the labeler's other answers lead one to expect.
        rate: Share of those items flipped beyond skill; NaN on the diagonal and without items.
        error: Its standard error, from the signed root of the likelihood ratio with half a count
            taken off an excess, and from the uncertainty of the skill.
    """

    times: Float
    of: Float
    expected: Float
    rate: Float
    error: Float


def class_flips(table: AnswerTable, spread: float = WIDE) -> ClassFlips:
    """Estimate all flips of all labelers.

    Args:
        table: Everybody's answers.
        spread: Standard deviation of the prior of skill, see `skill_spread`.

    Source: the binomial likelihood ratio of Barndorff-Nielsen and Cox (1994), section 3.2.

    >>> n = np.array([[[[45.0, 5], [5, 45]]] * 2, [[[45.0, 5], [20, 30]]] * 2])
    >>> typical = np.array([[[0.9, 0.1], [0.1, 0.9]]] * 2)
    >>> found = class_flips(AnswerTable(n=n, typical=typical))
    >>> found.rate[:, 1, 0].round(1).tolist()
    [-0.0, 0.3]
    """
    law, n_labelers, c = law_of(table), table.n.shape[0], table.n_classes
    size = max(_CHUNK_CELLS // (table.typical.size * c), 1)
    parts = [
        _flips(table.n[start : start + size], law, spread)
        for start in range(0, max(n_labelers, 1), size)
    ]
    joined = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in ("times", "of", "expected", "rate", "error")
    }
    return ClassFlips(**joined)


def _flips(n: Float, law: Law, spread: float) -> ClassFlips:
    shift, told = _skill_without(n, law, spread)
    error = expit(law.odds + shift[..., None, None])  # (l, t, x, kind, class)
    c = n.shape[-1]
    own = np.stack([error[:, t, :, :, t] for t in range(c)], axis=1)  # (l, t, x, kind)
    wrong = np.moveaxis(law.wrong, 0, -1)  # (t, x, kind)
    total = np.moveaxis(n.sum(axis=-1), 1, -1)[:, :, None, :]  # (l, t, 1, kind)
    of = np.broadcast_to(total.sum(axis=-1), (n.shape[0], c, c))
    times = n.sum(axis=1)
    expected = (total * own * wrong).sum(axis=-1)
    drift = (total * own * (1 - own) * wrong).sum(axis=-1)
    rate, scatter = _rate(times, of, np.clip(expected, 1e-6, None))
    share = np.clip(expected / np.maximum(of, 1e-9), 0, 0.999)
    moved = drift / np.maximum(of, 1e-9) / (1 - share) / np.sqrt(told)
    known = (of >= 1) & ~np.eye(c, dtype=np.bool_)
    return ClassFlips(
        times=times,
        of=of,
        expected=expected,
        rate=np.where(known, rate, np.nan),
        error=np.where(known, np.sqrt(scatter**2 + moved**2), np.nan),
    )


def _skill_without(n: Float, law: Law, spread: float) -> tuple[Float, Float]:
    """Fit the shift of every (labeler, t, x) without the answers x on t; and its information.

    Given that an answer on t is not x, the log odds of its being right fall by one for every unit
    of the shift, as they do elsewhere: so Newton's steps keep their simple form.
    """
    c = n.shape[-1]
    total = n.sum(axis=-1)
    right = np.diagonal(n, axis1=2, axis2=3)
    others = np.moveaxis(total[..., None] - n, 1, -1)  # (l, t, x, kind): answers on t but x
    sure = np.moveaxis(right, 1, -1)[:, :, None, :]  # (l, t, 1, kind)
    beside = np.moveaxis(1 - law.wrong, 0, -1)  # (t, x, kind)
    shift = np.zeros((n.shape[0], c, c))
    told = np.ones_like(shift)
    for _ in range(_STEPS):
        chance = expit(law.odds + shift[..., None, None])
        own = np.stack([chance[:, t, :, :, t] for t in range(c)], axis=1)
        seen = total[:, None, None]
        slope = ((seen - right[:, None, None]) - seen * chance).sum(axis=(3, 4))
        bend = (seen * chance * (1 - chance)).sum(axis=(3, 4))
        mine = np.moveaxis(total, 1, -1)[:, :, None, :]
        slope -= ((mine - sure) - mine * own).sum(axis=-1)
        bend -= (mine * own * (1 - own)).sum(axis=-1)
        correct = (1 - own) / (1 - own * (1 - beside))
        slope += (others * correct - sure).sum(axis=-1)
        bend += (others * correct * (1 - correct)).sum(axis=-1)
        told = np.maximum(bend, 0) + 1 / spread**2
        shift = shift + np.clip((slope - shift / spread**2) / told, -1, 1)
        shift = np.clip(shift, -_REACH, _REACH)
    return shift, told


def _rate(times: Float, of: Float, expected: Float) -> tuple[Float, Float]:
    n = np.maximum(of, 1e-9)
    share = np.clip(expected / n, 1e-9, 0.999)
    rate = (times / n - share) / (1 - share)
    half = np.clip(times - expected, 0, 0.5)
    k = np.clip(times - half, 0, n)
    ratio = xlogy(k, k / (n * share)) + xlogy(n - k, (n - k) / (n * (1 - share)))
    root = np.sqrt(2 * np.maximum(ratio, 0))
    near = np.sqrt(share * (1 - share) / n) / (1 - share)
    error = np.where(root > 1, np.abs(rate) / np.maximum(root, 1e-9), near)
    return rate, np.maximum(error, 1e-6)
