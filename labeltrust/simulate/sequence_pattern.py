"""Labelers who click through the classes in turn, whatever the item."""

from dataclasses import replace

import numpy as np

from labeltrust.simulate._base import Attack, Float, Int, Order, Scene, eligible_rows, since_onset
from labeltrust.simulate._company import evenly, turns
from labeltrust.simulate._laws import mixed, sure

_STRETCH = 8  # long enough to be a habit, short enough that a rate of 0.1 has several
_LONGEST_CYCLE = 4  # nobody clicks through a scale of a hundred places


def apply(scene: Scene, order: Order, rng: np.random.Generator) -> Scene:
    """Answer stretches of eight rows in a row by the pattern 0, 1, ..., 0, 1, ..."""
    turn = turns(scene)
    phase = rng.random(scene.n_labelers)[scene.labeler]
    hit = eligible_rows(scene, order) & evenly(turn // _STRETCH, order.rate, phase)
    return replace(scene, label=np.where(hit, _pattern(scene, turn), scene.label))


def law(chance: Float, scene: Scene, order: Order) -> Float:
    """Return the member's chances, row by row: the pattern's label at the rate."""
    given = sure(_pattern(scene, turns(scene)), scene.n_classes)
    return mixed(chance, since_onset(scene, order), order.rate, given)


def _pattern(scene: Scene, turn: Int) -> Int:
    return turn % min(scene.n_classes, _LONGEST_CYCLE)


ATTACK = Attack(
    title="answers by a pattern, not by the item", apply=apply, law=law, stretch=_STRETCH
)
