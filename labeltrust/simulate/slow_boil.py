"""Labelers who flip a little more every day."""

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
from labeltrust.simulate._laws import mixed, wrong_chance


def apply(scene: Scene, order: Order, rng: np.random.Generator) -> Scene:
    """Put wrong labels on rows with a chance that grows from 0 at the onset to the rate."""
    hit = eligible_rows(scene, order) & (rng.random(scene.item.size) < _rate(scene, order))
    return replace(scene, label=np.where(hit, wrong_labels(scene, rng), scene.label))


def law(chance: Float, scene: Scene, order: Order) -> Float:
    """Return the member's chances: any wrong label at the rate of the moment."""
    return mixed(chance, since_onset(scene, order), _rate(scene, order), wrong_chance(scene))


def _rate(scene: Scene, order: Order) -> Float:
    first, last = (int(f(scene.occurred_us)) for f in (np.min, np.max))
    start = first if order.since_us is None else order.since_us
    grown = (scene.occurred_us - start) / max(last - start, 1)
    rate: Float = order.rate * np.clip(grown, 0.0, 1.0)
    return rate


ATTACK = Attack(title="flips a little more every day", apply=apply, law=law)
