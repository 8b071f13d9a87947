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
_DONE = 0.99  # share of labels that are in when a snapshot is taken
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
    """Return the rows since a day before the work is as good as done, (n,).

    A few labels trickle in for days after the rest; nobody waits for them with a snapshot.
    """
    first = int(scene.occurred_us.min())
    done = int(np.quantile(scene.occurred_us, _DONE))
    found: Bool = scene.occurred_us > done - min(_DAY_US, (done - first) // _SHORT_RECORD)
    return found


ATTACK = Attack(title="poisons the last day before a snapshot", apply=apply, law=law)
