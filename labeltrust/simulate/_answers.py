"""What an honest crowd answers, and how long it takes."""

import numpy as np

from labeltrust.simulate._base import Float, Honest, Int, Scene
from labeltrust.simulate._laws import chance_right


def honest_labels(scene: Scene, how: Honest, rng: np.random.Generator) -> Int:
    """Draw the honest label of every row, (n,)."""
    right = rng.random(scene.item.size) < chance_right(how, scene, how.skill, how.leaning)
    return np.where(right, how.seen, _slip(how, rng))


def _slip(how: Honest, rng: np.random.Generator) -> Int:
    """Draw wrong labels by the confusion of the class seen, (n,)."""
    n_classes = how.confusion.shape[0]
    if n_classes == 1:
        return how.seen
    steps = np.cumsum(how.confusion, axis=1)
    drawn = (rng.random(how.seen.size)[:, None] >= steps[how.seen]).sum(axis=1)
    wrong: Int = np.minimum(drawn, n_classes - 1).astype(np.int64)
    return wrong


def durations(scene: Scene, how: Honest, rng: np.random.Generator) -> Float:
    """Log-normal seconds, slower on hard items and for slow labelers, one decimal, (n,)."""
    pace = 0.3 * rng.standard_normal(scene.n_labelers)
    log_seconds = np.log(6.0) + pace[scene.labeler] + 0.2 * how.difficulty[scene.item]
    drawn: Float = np.exp(log_seconds + 0.4 * rng.standard_normal(scene.item.size)).round(1)
    return drawn
