"""Labelers who watch their own score and flip as far as it stays in the crowd's range."""

from dataclasses import replace

import numpy as np

from labeltrust.simulate._base import Attack, Bool, Int, Order, Scene, eligible_rows, wrong_labels
from labeltrust.simulate._company import others_labels, turns

_UNREMARKABLE = 0.75  # as often in disagreement as the upper quartile of honest labelers
_FEW = 20  # labels below which a labeler's share says little


def apply(scene: Scene, order: Order, rng: np.random.Generator) -> Scene:
    """Put wrong labels where the share of own disagreements since ever stays within the budget.

    Every time the budget has room for one disagreement more, it is used with chance `rate`.
    """
    differs = _differs(scene, order)
    budget = _budget(scene, order, differs)
    room = _room(scene, order, differs, budget) & (rng.random(scene.item.size) < order.rate)
    return replace(scene, label=np.where(room, wrong_labels(scene, rng), scene.label))


def _differs(scene: Scene, order: Order) -> Bool:
    """Return which rows disagree with the plurality of the others, (n,)."""
    others = others_labels(scene, order)
    differs: Bool = (others.argmax(axis=1) != scene.label) & (others.max(axis=1) > 0)
    return differs


def _budget(scene: Scene, order: Order, differs: Bool) -> float:
    n = np.bincount(scene.labeler, minlength=scene.n_labelers)
    share = np.bincount(scene.labeler, differs, minlength=scene.n_labelers) / np.maximum(n, 1)
    outside = np.setdiff1d(np.flatnonzero(n >= min(_FEW, int(n.max()))), order.members)
    if not outside.size:
        return 0.0
    return float(np.quantile(share[outside], _UNREMARKABLE))


def _room(scene: Scene, order: Order, differs: Bool, budget: float) -> Bool:
    """Return the eligible rows at which the budget first has room for one more, (n,)."""
    eligible, turn = eligible_rows(scene, order), turns(scene)
    room = np.zeros(scene.item.size, dtype=np.bool_)
    for member in order.members:
        rows = np.flatnonzero(scene.labeler == member)
        rows = rows[np.argsort(turn[rows])]
        room[rows] = _rises(budget * (turn[rows].astype(float) + 1) - differs[rows].cumsum())
    # a row that disagrees anyway would not show whether it was poisoned
    return room & eligible & ~differs


def _rises(left: Int) -> Bool:
    level = np.maximum.accumulate(np.maximum(np.floor(left), 0.0))
    rises: Bool = np.diff(level, prepend=0.0) > 0
    return rises


ATTACK = Attack(title="flips as long as its score looks normal", apply=apply)
