"""Labelers who flip, are found out, and go on under a new account."""

from dataclasses import replace

import numpy as np

from labeltrust.simulate._base import (
    Attack,
    Float,
    Order,
    Scene,
    chosen_rows,
    eligible_rows,
    since_onset,
    wrong_labels,
)
from labeltrust.simulate._company import moved
from labeltrust.simulate._laws import mixed, wrong_chance


def apply(scene: Scene, order: Order, rng: np.random.Generator) -> Scene:
    """Put wrong labels on the chosen rows; halfway, every member changes the account.

    The later half of the attack stands under codes that did not exist before, in the order of
    `order.members`.
    """
    if order.rate <= 0:
        return scene
    hit = chosen_rows(scene, order, rng)
    label = np.where(hit, wrong_labels(scene, rng), scene.label)
    later = eligible_rows(scene, order) & (scene.occurred_us >= _changed_at(scene, order))
    labeler = scene.labeler.copy()
    place = np.searchsorted(order.members, scene.labeler[later])
    labeler[later] = scene.n_labelers + place
    return replace(moved(scene, labeler, order.members), label=label)


def law(chance: Float, scene: Scene, order: Order) -> Float:
    """Return the member's chances: any wrong label at the rate, under either account."""
    return mixed(chance, since_onset(scene, order), order.rate, wrong_chance(scene))


def _changed_at(scene: Scene, order: Order) -> int:
    last = int(scene.occurred_us.max())
    start = int(scene.occurred_us.min()) if order.since_us is None else order.since_us
    return (start + last) // 2


ATTACK = Attack(
    title="flips, and returns under a new account",
    apply=apply,
    law=law,
    touches=frozenset({"labeler", "label", "n_labelers", "honest"}),
)
