"""Labelers who work well until the day before the data are taken, and poison that day."""

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

_DAY_US = 86_400_000_000
_SHORT_RECORD = 10  # of a record that is no month long, the last tenth


def apply(scene: Scene, order: Order, rng: np.random.Generator) -> Scene:
    """Put `to_class`, or any wrong label, on the chosen rows of the last day."""
    hit = chosen_rows(scene, order, rng) & _last_day(scene)
    wrong = wrong_labels(scene, rng)
    given = wrong if order.to_class is None else np.full(wrong.size, order.to_class)
    return replace(scene, label=np.where(hit, given, scene.label))


def law(chance: Float, scene: Scene, order: Order) -> Float:
    """Return the member's chances: the given label at the rate, on the last day."""
    chosen = None if order.to_class is None else np.eye(scene.n_classes)[order.to_class]
    given = wrong_chance(scene) if chosen is None else chosen
    return mixed(chance, since_onset(scene, order) & _last_day(scene), order.rate, given)


def _last_day(scene: Scene) -> Bool:
    first, last = (int(f(scene.occurred_us)) for f in (np.min, np.max))
    day = min(_DAY_US, (last - first) // _SHORT_RECORD)
    found: Bool = scene.occurred_us > last - day
    return found


ATTACK = Attack(title="poisons the last day before a snapshot", apply=apply, law=law)
