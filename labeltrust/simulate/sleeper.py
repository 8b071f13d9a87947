"""Labelers who work well until a day, and flip from then on."""

from dataclasses import replace

import numpy as np

from labeltrust.domain.errors import InvalidInput
from labeltrust.simulate._base import Attack, Order, Scene, chosen_rows, wrong_labels


def apply(scene: Scene, order: Order, rng: np.random.Generator) -> Scene:
    """Put wrong labels on the chosen rows since the onset.

    Raises:
        InvalidInput: The order has no onset; then it is a uniform flip, not a sleeper.
    """
    if order.since_us is None:
        detail = "a sleeper needs the day on which it turns"
        raise InvalidInput(detail)
    hit = chosen_rows(scene, order, rng)
    return replace(scene, label=np.where(hit, wrong_labels(scene, rng), scene.label))


ATTACK = Attack(title="turns on a certain day", apply=apply)
