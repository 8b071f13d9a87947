"""Labelers who copy what somebody said of the item before them."""

from dataclasses import replace

import numpy as np

from labeltrust.simulate._base import Attack, Float, Int, Order, Scene, chosen_rows, since_onset
from labeltrust.simulate._laws import mixed, sure

_NOBODY = -1


def apply(scene: Scene, order: Order, rng: np.random.Generator) -> Scene:
    """Put the latest earlier label of an outsider on the chosen rows, where there is one."""
    earlier = _earlier(scene, order)
    hit = chosen_rows(scene, order, rng) & (earlier != _NOBODY)
    return replace(scene, label=np.where(hit, earlier, scene.label))


def law(chance: Float, scene: Scene, order: Order) -> Float:
    """Return the member's chances: the earlier label at the rate, where there is one."""
    earlier = _earlier(scene, order)
    copied = since_onset(scene, order) & (earlier != _NOBODY)
    return mixed(chance, copied, order.rate, sure(earlier, scene.n_classes))


def _earlier(scene: Scene, order: Order) -> Int:
    """Return the label that the last outsider before each row gave to its item, (n,)."""
    by_time = np.lexsort((scene.occurred_us, scene.item))
    outside = ~np.isin(scene.labeler[by_time], order.members)
    at = np.where(outside, np.arange(by_time.size), _NOBODY)
    last = np.concatenate([[_NOBODY], np.maximum.accumulate(at)[:-1]])
    source = by_time[np.maximum(last, 0)]
    same = (last != _NOBODY) & (scene.item[source] == scene.item[by_time])
    found = np.empty(by_time.size, dtype=np.int64)
    found[by_time] = np.where(same, scene.label[source], _NOBODY)
    return found


ATTACK = Attack(title="copies earlier answers of others", apply=apply, law=law)
