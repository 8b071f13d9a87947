"""Labelers who open further accounts and outvote everybody else on some of their items."""

from dataclasses import replace

import numpy as np

from labeltrust.simulate._base import Attack, Bool, Int, Order, Scene, eligible_rows, since_onset
from labeltrust.simulate._company import moved


def apply(scene: Scene, order: Order, rng: np.random.Generator) -> Scene:
    """Seat new accounts on a share of the members' items until the ring has a majority there.

    Members and new accounts give one wrong label an item. As many accounts are opened as an item
    needs at most; they label nothing else.
    """
    poisoned = _poisoned_items(scene, order, rng)
    seats, place = _seats(scene, order, poisoned)
    accounts = int(place.max(initial=-1)) + 1
    if not accounts and not poisoned.any():
        return scene
    labeler = scene.labeler.copy()
    turn = rng.integers(0, max(accounts, 1), size=scene.truth.size)[scene.item[seats]]
    labeler[seats] = scene.n_labelers + (place + turn) % max(accounts, 1)
    step = rng.integers(1, max(scene.n_classes, 2), size=scene.truth.size)
    agreed = (scene.truth + step) % scene.n_classes
    ring = eligible_rows(scene, order) & poisoned[scene.item]
    ring[seats] = True
    label = np.where(ring, agreed[scene.item], scene.label)
    origin = order.members[np.arange(accounts) % order.members.size]
    return replace(moved(scene, labeler, origin), label=label)


def _poisoned_items(scene: Scene, order: Order, rng: np.random.Generator) -> Bool:
    mine = np.zeros(scene.truth.size, dtype=np.bool_)
    mine[scene.item[eligible_rows(scene, order)]] = True
    return mine & (rng.random(scene.truth.size) < order.rate)


def _seats(scene: Scene, order: Order, poisoned: Bool) -> tuple[Int, Int]:
    """Return the rows taken over, and the number of each among those of its item."""
    n_items = scene.truth.size
    member = np.isin(scene.labeler, order.members)
    size = np.bincount(scene.item, minlength=n_items)
    inside = np.bincount(scene.item[member], minlength=n_items)
    wanted = np.maximum(size // 2 + 1 - inside, 0)
    rows = np.flatnonzero(poisoned[scene.item] & ~member & since_onset(scene, order))
    _, first, inverse = np.unique(scene.item[rows], return_index=True, return_inverse=True)
    place = np.arange(rows.size) - first[inverse]
    taken = place < wanted[scene.item[rows]]
    return rows[taken], place[taken]


ATTACK = Attack(
    title="outvotes the others by accounts of its own",
    apply=apply,
    touches=frozenset({"labeler", "label", "n_labelers", "honest"}),
)
