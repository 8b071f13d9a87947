"""A crowd at work as coded arrays, and what an attack is."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Int = NDArray[np.int64]
Float = NDArray[np.float64]
Bool = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Who labeled what, when and how, together with the truth that no real crowd shows.

    Attributes:
        item: (n,) item codes, ascending.
        labeler: (n,) labeler codes in [0, n_labelers).
        label: (n,) label codes in [0, n_classes).
        occurred_us: (n,) time of the label, microseconds since 1970, UTC.
        duration_seconds: (n,) seconds spent.
        truth: (n_items,) true label code of each item.
        gold: (n_items,) True where the true label is known to the project.
        n_labelers: Number of labelers, active or not.
        n_classes: Number of label codes.
    """

    item: Int
    labeler: Int
    label: Int
    occurred_us: Int
    duration_seconds: Float
    truth: Int
    gold: Bool
    n_labelers: int
    n_classes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One attack as it is carried out: by whom, how often, since when, against what.

    Attributes:
        members: (k,) codes of the labelers who attack.
        rate: Share of the eligible labels that are poisoned, in [0, 1].
        since_us: First moment of the attack; None from the start.
        from_class: True class attacked; None where the attack has no target.
        to_class: Label given instead; None where any wrong one will do.
        victim: Labeler to be framed; None where nobody is.
    """

    members: Int
    rate: float
    since_us: int | None = None
    from_class: int | None = None
    to_class: int | None = None
    victim: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """An attack found by discovery.

    Attributes:
        title: What a member does, in a clause.
        apply: The act itself.
        law: Turns the chance (n, n_classes) of every honest label of each row of the scene into
            that of the same row if its labeler is a member: what an oracle knows. None where the
            act is no matter of labels, or members decide together.
    """

    title: str
    apply: Callable[[Scene, Order, np.random.Generator], Scene]
    law: Callable[[Float, Scene, Order], Float] | None = None


def eligible_rows(scene: Scene, order: Order) -> Bool:
    """Return which rows the attackers could poison: their own, since the onset, (n,) bool."""
    mine = np.isin(scene.labeler, order.members)
    if order.since_us is None:
        return mine
    return mine & (scene.occurred_us >= order.since_us)


def chosen_rows(scene: Scene, order: Order, rng: np.random.Generator) -> Bool:
    """Draw the rows that are poisoned: each eligible one with chance `order.rate`, (n,) bool."""
    return eligible_rows(scene, order) & (rng.random(scene.item.size) < order.rate)


def wrong_labels(scene: Scene, rng: np.random.Generator) -> Int:
    """Draw one wrong label for every row, uniform over the classes that are not true, (n,)."""
    step = rng.integers(1, max(scene.n_classes, 2), size=scene.item.size)
    return (scene.truth[scene.item] + step) % scene.n_classes
