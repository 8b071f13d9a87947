"""What a member sees of the others: their labels on his items, and the order of his own rows."""

from dataclasses import replace

import numpy as np

from labeltrust.simulate._base import Bool, Float, Int, Order, Scene


def others_labels(scene: Scene, order: Order) -> Float:
    """Return how many labelers outside the ring gave each label to the item of each row.

    The row's own label is left out, so that the same answer holds for a member and for an outsider
    who is suspected of being one.

    Returns:
        (n, n_classes) whole numbers.
    """
    outside = ~np.isin(scene.labeler, order.members)
    cell = scene.item * scene.n_classes + scene.label
    size = scene.truth.size * scene.n_classes
    counts = np.bincount(cell[outside], minlength=size).reshape(-1, scene.n_classes)
    found = counts[scene.item].astype(np.float64)
    found[np.flatnonzero(outside), scene.label[outside]] -= 1
    return found


def turns(scene: Scene) -> Int:
    """Return the place of each row among its labeler's rows in time, (n,) from 0.

    >>> from labeltrust.simulate import Crowd, draw_scene
    >>> scene = draw_scene(Crowd(n_items=10), np.random.default_rng(1))
    >>> int(turns(scene).max()) + 1 == int(np.bincount(scene.labeler).max())
    True
    """
    order = np.lexsort((scene.item, scene.occurred_us, scene.labeler))
    start = np.concatenate([[0], np.cumsum(np.bincount(scene.labeler, minlength=1))])
    found = np.empty(order.size, dtype=np.int64)
    found[order] = np.arange(order.size) - start[scene.labeler[order]]
    return found


def evenly(place: Int, rate: float, phase: Float) -> Bool:
    """Choose a share of places as evenly as possible: a systematic sample.

    Args:
        place: Whole numbers from 0.
        rate: Share to be chosen, in [0, 1].
        phase: One number in [0, 1) a place; the same for all places of one sequence.

    >>> evenly(np.arange(6), 0.5, np.zeros(6)).tolist()
    [False, True, False, True, False, True]
    """
    found: Bool = np.floor(rate * (place + 1) + phase) > np.floor(rate * place + phase)
    return found


def moved(scene: Scene, labeler: Int, origin: Int) -> Scene:
    """Give rows to new accounts, whose hidden skill is that of the labelers behind them.

    Args:
        scene: The scene so far.
        labeler: (n,) new labeler codes; those from `scene.n_labelers` on are new.
        origin: (k,) code of the labeler behind each new account.
    """
    how = scene.honest
    if how is not None:
        how = replace(
            how,
            skill=np.concatenate([how.skill, how.skill[origin]]),
            leaning=np.concatenate([how.leaning, how.leaning[origin]]),
            school=np.concatenate([how.school, how.school[origin]]),
        )
    grown = scene.n_labelers + origin.size
    return replace(scene, labeler=labeler, n_labelers=grown, honest=how)
