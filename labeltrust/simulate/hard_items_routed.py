"""A queue that hands the hard items of some labelers to a victim, and his easy ones to them."""

from dataclasses import replace

import numpy as np

from labeltrust.domain.errors import InvalidInput
from labeltrust.simulate._base import Attack, Bool, Float, Int, Order, Scene, since_onset


def apply(scene: Scene, order: Order, rng: np.random.Generator) -> Scene:
    """Swap a share of the victim's seats, the easiest, for the members' seats on hard items.

    No label changes: what was honestly said of an item is now said by somebody else. Hard are
    simulated items of high difficulty, and real ones on which labelers disagree.

    Raises:
        InvalidInput: The order names no victim, or the victim is a member.
    """
    if order.victim is None or order.victim in order.members:
        detail = f"hard items go to a victim outside the ring, not {order.victim}"
        raise InvalidInput(detail)
    hardness = _hardness(scene)[scene.item]
    since = since_onset(scene, order)
    theirs = _first_of_item(scene, _offered(scene, order, since), hardness)
    chosen = rng.random(scene.item.size) < order.rate
    mine = np.flatnonzero(since & chosen & (scene.labeler == order.victim))
    mine = mine[np.argsort(hardness[mine], kind="stable")]
    pairs = min(mine.size, theirs.size)
    mine, theirs = mine[:pairs], theirs[:pairs]
    worth = (hardness[theirs] > hardness[mine]) & ~_seated(scene, theirs, mine)
    labeler = scene.labeler.copy()
    labeler[mine[worth]], labeler[theirs[worth]] = (
        scene.labeler[theirs[worth]],
        scene.labeler[mine[worth]],
    )
    return replace(scene, labeler=labeler)


def _hardness(scene: Scene) -> Float:
    """Return the difficulty of each item, or the share of its labels off the plurality."""
    if scene.honest is not None:
        return scene.honest.difficulty
    cell = scene.item * scene.n_classes + scene.label
    counts = np.bincount(cell, minlength=scene.truth.size * scene.n_classes)
    counts = counts.reshape(-1, scene.n_classes)
    off: Float = 1 - counts.max(axis=1) / np.maximum(counts.sum(axis=1), 1)
    return off


def _offered(scene: Scene, order: Order, since: Bool) -> Int:
    """Return the members' rows on items where the victim has no seat."""
    met = np.zeros(scene.truth.size, dtype=np.bool_)
    met[scene.item[scene.labeler == order.victim]] = True
    rows = np.isin(scene.labeler, order.members) & since & ~met[scene.item]
    return np.flatnonzero(rows)


def _first_of_item(scene: Scene, rows: Int, hardness: Float) -> Int:
    """Return one row an item, the hardest first."""
    _, first = np.unique(scene.item[rows], return_index=True)
    rows = rows[first]
    return rows[np.argsort(-hardness[rows], kind="stable")]


def _seated(scene: Scene, theirs: Int, mine: Int) -> Bool:
    """Return whether the labeler of each member's row sits on the victim's item already."""
    seats = scene.item * scene.n_labelers + scene.labeler
    wanted = scene.item[mine] * scene.n_labelers + scene.labeler[theirs]
    return np.isin(wanted, seats)


ATTACK = Attack(
    title="passes hard items on to one labeler",
    apply=apply,
    needs=frozenset({"victim"}),
    touches=frozenset({"labeler"}),
    is_honest=True,
)
