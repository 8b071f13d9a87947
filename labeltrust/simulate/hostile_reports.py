"""Labelers who contradict one victim wherever they meet him."""

from dataclasses import replace

import numpy as np

from labeltrust.domain.errors import InvalidInput
from labeltrust.simulate._base import Attack, Float, Int, Order, Scene, chosen_rows, since_onset
from labeltrust.simulate._laws import mixed, sure

_ABSENT = -1


def apply(scene: Scene, order: Order, rng: np.random.Generator) -> Scene:
    """Put a label that is not the victim's on the chosen rows of items the victim labeled.

    Raises:
        InvalidInput: The order names no victim, or the victim is a member.
    """
    said = _victims_label(scene, order)[scene.item]
    hit = chosen_rows(scene, order, rng) & (said != _ABSENT)
    step = rng.integers(1, max(scene.n_classes, 2), size=said.size)
    return replace(scene, label=np.where(hit, (said + step) % scene.n_classes, scene.label))


def law(chance: Float, scene: Scene, order: Order) -> Float:
    """Return the member's chances: any but the victim's label at the rate where both meet."""
    said = _victims_label(scene, order)[scene.item]
    met = since_onset(scene, order) & (said != _ABSENT) & (scene.labeler != order.victim)
    other = (1 - sure(said, scene.n_classes)) / max(scene.n_classes - 1, 1)
    return mixed(chance, met, order.rate, other)


def _victims_label(scene: Scene, order: Order) -> Int:
    """Return the victim's label of each item, `_ABSENT` where there is none, (n_items,)."""
    if order.victim is None or order.victim in order.members:
        detail = f"hostile reports need a victim outside the ring, not {order.victim}"
        raise InvalidInput(detail)
    found = np.full(scene.truth.size, _ABSENT, dtype=np.int64)
    mine = scene.labeler == order.victim
    found[scene.item[mine]] = scene.label[mine]
    return found


ATTACK = Attack(
    title="contradicts one labeler on purpose",
    apply=apply,
    law=law,
    needs=frozenset({"victim"}),
)
