"""Labelers who poison so little that every window looks honest."""

from dataclasses import replace

import numpy as np

from labeltrust.simulate._base import (
    Attack,
    Float,
    Order,
    Scene,
    eligible_rows,
    since_onset,
    wrong_labels,
)
from labeltrust.simulate._company import evenly, turns
from labeltrust.simulate._laws import mixed, wrong_chance


def apply(scene: Scene, order: Order, rng: np.random.Generator) -> Scene:
    """Flip every k-th label of each member, k = 1 / rate: never two in a row.

    The even spacing is what tells it from a uniform flip: no burst for a change detector.
    """
    phase = rng.random(scene.n_labelers)
    due = evenly(turns(scene), order.rate, phase[scene.labeler])
    hit = eligible_rows(scene, order) & due
    return replace(scene, label=np.where(hit, wrong_labels(scene, rng), scene.label))


def law(chance: Float, scene: Scene, order: Order) -> Float:
    """Return the member's chances, row by row: any wrong label at the rate."""
    return mixed(chance, since_onset(scene, order), order.rate, wrong_chance(scene))


ATTACK = Attack(title="flips a few labels, evenly spaced", apply=apply, law=law)
