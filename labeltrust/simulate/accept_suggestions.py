"""Labelers who take over whatever the model suggests."""

from dataclasses import replace

import numpy as np

from labeltrust.domain.errors import InvalidInput
from labeltrust.simulate._base import (
    NO_SUGGESTION,
    Attack,
    Float,
    Int,
    Order,
    Scene,
    chosen_rows,
    since_onset,
)
from labeltrust.simulate._laws import mixed, sure

_HASTE = 0.4  # share of the usual time it takes to press "accept"


def apply(scene: Scene, order: Order, rng: np.random.Generator) -> Scene:
    """Put the model's suggestion on the chosen rows, in less than half the time.

    Raises:
        InvalidInput: No model took part.
    """
    shown = _suggested(scene)
    hit = chosen_rows(scene, order, rng) & (shown != NO_SUGGESTION)
    seconds = (scene.duration_seconds * _HASTE).round(1)
    return replace(
        scene,
        label=np.where(hit, shown, scene.label),
        duration_seconds=np.where(hit, seconds, scene.duration_seconds),
    )


def law(chance: Float, scene: Scene, order: Order) -> Float:
    """Return the member's chances: the suggestion at the rate, where there is one."""
    shown = _suggested(scene)
    taken = since_onset(scene, order) & (shown != NO_SUGGESTION)
    return mixed(chance, taken, order.rate, sure(shown, scene.n_classes))


def _suggested(scene: Scene) -> Int:
    if scene.suggestion is None:
        raise InvalidInput("nobody can accept suggestions where no model made any")
    return scene.suggestion


ATTACK = Attack(
    title="accepts every suggestion of the model",
    apply=apply,
    law=law,
    needs=frozenset({"suggestion"}),
    touches=frozenset({"label", "duration_seconds"}),
)
