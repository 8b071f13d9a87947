"""Labelers who click without reading: a second an item, labels out of habit."""

from dataclasses import replace

import numpy as np

from labeltrust.simulate._base import (
    Attack,
    Bool,
    Float,
    Int,
    Order,
    Scene,
    chosen_rows,
    since_onset,
)
from labeltrust.simulate._laws import mixed

_DAY_US = 86_400_000_000
_SECONDS, _SPREAD = 0.8, 0.15  # a click and the next one; clicking is regular


def apply(scene: Scene, order: Order, rng: np.random.Generator) -> Scene:
    """Answer the chosen rows of each day in one burst, with the labels in their usual shares."""
    hit = chosen_rows(scene, order, rng)
    drawn = rng.choice(scene.n_classes, size=scene.item.size, p=_habit(scene))
    seconds = np.exp(np.log(_SECONDS) + _SPREAD * rng.standard_normal(scene.item.size)).round(1)
    duration = np.where(hit, seconds, scene.duration_seconds)
    return replace(
        scene,
        label=np.where(hit, drawn, scene.label),
        duration_seconds=duration,
        occurred_us=_bursts(scene, hit, seconds),
    )


def law(chance: Float, scene: Scene, order: Order) -> Float:
    """Return the member's chances: the classes in their true shares at the rate."""
    return mixed(chance, since_onset(scene, order), order.rate, _habit(scene))


def _habit(scene: Scene) -> Float:
    shares: Float = np.bincount(scene.truth, minlength=scene.n_classes) / scene.truth.size
    return shares


def _bursts(scene: Scene, hit: Bool, seconds: Float) -> Int:
    """Move the chosen rows of a labeler's day together, beginning with the first of them, (n,)."""
    rows = np.flatnonzero(hit)
    found = scene.occurred_us.copy()
    if not rows.size:
        return found
    day = scene.occurred_us[rows] // _DAY_US
    order = np.lexsort((scene.occurred_us[rows], day, scene.labeler[rows]))
    rows, day = rows[order], day[order]
    first = np.ones(rows.size, dtype=np.bool_)
    first[1:] = (np.diff(day) != 0) | (np.diff(scene.labeler[rows]) != 0)
    start = np.flatnonzero(first)[np.cumsum(first) - 1]
    spent = np.cumsum(seconds[rows])
    passed = ((spent - spent[start]) * 1_000_000).astype(np.int64)
    found[rows] = scene.occurred_us[rows[start]] + passed
    return found


ATTACK = Attack(
    title="clicks without reading",
    apply=apply,
    law=law,
    needs=frozenset({"durations"}),
    touches=frozenset({"label", "duration_seconds", "occurred_us"}),
)
