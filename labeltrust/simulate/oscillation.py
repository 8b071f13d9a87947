"""Labelers who are bad in bursts and behave in between."""

from dataclasses import replace

import numpy as np

from labeltrust.simulate._base import (
    Attack,
    Bool,
    Float,
    Order,
    Scene,
    chosen_rows,
    since_onset,
    wrong_labels,
)
from labeltrust.simulate._laws import mixed, wrong_chance

_PERIODS = 7  # bursts in a record: four weeks give two bad days, two good ones, and so on


def apply(scene: Scene, order: Order, rng: np.random.Generator) -> Scene:
    """Put wrong labels on the chosen rows of every first half of a period since the onset."""
    hit = chosen_rows(scene, order, rng) & _bad_times(scene, order)
    return replace(scene, label=np.where(hit, wrong_labels(scene, rng), scene.label))


def law(chance: Float, scene: Scene, order: Order) -> Float:
    """Return the member's chances: any wrong label at the rate, in bursts."""
    bad = since_onset(scene, order) & _bad_times(scene, order)
    return mixed(chance, bad, order.rate, wrong_chance(scene))


def _bad_times(scene: Scene, order: Order) -> Bool:
    first, last = (int(f(scene.occurred_us)) for f in (np.min, np.max))
    period = max((last - first) // _PERIODS, 1)
    start = first if order.since_us is None else order.since_us
    bad: Bool = (scene.occurred_us - start) % period < period / 2
    return bad


ATTACK = Attack(title="flips in bursts and rests between", apply=apply, law=law)
