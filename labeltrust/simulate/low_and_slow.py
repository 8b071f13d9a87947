"""Labelers who poison so little that every window looks honest."""

from dataclasses import replace

import numpy as np

from labeltrust.simulate._base import Attack, Order, Scene, eligible_rows, wrong_labels


def apply(scene: Scene, order: Order, rng: np.random.Generator) -> Scene:
    """Flip every k-th eligible label of each member, k = 1 / rate: never two in a row.

    The even spacing is what tells it from a uniform flip: no burst for a change detector.
    """
    rows = np.flatnonzero(eligible_rows(scene, order))
    rows = rows[np.lexsort((scene.occurred_us[rows], scene.labeler[rows]))]
    if order.rate <= 0:
        return scene
    spacing = max(1, round(1 / order.rate))
    hit = rows[int(rng.integers(0, spacing)) :: spacing]
    label = scene.label.copy()
    label[hit] = wrong_labels(scene, rng)[hit]
    return replace(scene, label=label)


ATTACK = Attack(title="flips a few labels, evenly spaced", apply=apply)
