"""Chances of labels: of honest ones, and the parts that the laws of attacks are made of."""

import numpy as np

from labeltrust.domain.errors import InvalidInput
from labeltrust.simulate._base import NO_SUGGESTION, Bool, Float, Honest, Int, Scene


def honest_chance(
    scene: Scene, *, skill: Float | None = None, leaning: Float | None = None
) -> Float:
    """Return the chance of every label of each row if its labeler is honest.

    An oracle that does not know a labeler's skill averages the product over a labeler's rows over
    draws of skill and leaning (`draw_skills`, `draw_leanings`).

    Args:
        scene: A simulated scene, before or after attacks.
        skill: (n_labelers,) instead of the drawn ones, in (0, 1).
        leaning: (n_labelers, n_classes) instead of the drawn ones.

    Returns:
        (n, n_classes), rows sum to 1.

    Raises:
        InvalidInput: The scene was made of real labels: nobody knows how they came about.

    >>> from labeltrust.simulate import Crowd, draw_scene
    >>> scene = draw_scene(Crowd(n_items=10), np.random.default_rng(1))
    >>> honest_chance(scene).shape
    (60, 2)
    """
    how = scene.honest
    if how is None:
        raise InvalidInput("real labels have no known law; only simulated scenes have")
    right = chance_right(
        how,
        scene,
        how.skill if skill is None else skill,
        how.leaning if leaning is None else leaning,
    )
    chance = (1 - right)[:, None] * how.confusion[how.seen]
    chance[np.arange(right.size), how.seen] += right
    if scene.suggestion is None or how.acceptance <= 0:
        return chance
    shown = scene.suggestion != NO_SUGGESTION
    return mixed(chance, shown, how.acceptance, sure(scene.suggestion, scene.n_classes))


def chance_right(how: Honest, scene: Scene, skill: Float, leaning: Float) -> Float:
    """Return the chance that each row names the class its labeler sees, (n,) in (0, 1)."""
    log_odds = how.slope * np.log(skill / (1 - skill))
    who, hard = scene.labeler, how.difficulty[scene.item]
    right: Float = 1 / (1 + np.exp(hard - log_odds[who] - leaning[who, how.seen]))
    return right


def mixed(chance: Float, rows: Bool, rate: float | Float, given: Float) -> Float:
    """Return the chances where a share of the rows follows another law.

    Args:
        chance: (n, n_classes) honest chances.
        rows: (n,) the rows that may follow the other law.
        rate: Share of them that does, one or (n,), in [0, 1].
        given: (n_classes,) or (n, n_classes) chances under the other law.

    >>> mixed(np.array([[0.8, 0.2]]), np.array([True]), 0.5, np.array([0.0, 1.0])).tolist()
    [[0.4, 0.6]]
    """
    share = np.where(rows, rate, 0.0)[:, None]
    found: Float = (1 - share) * chance + share * given
    return found


def sure(label: Int, n_classes: int) -> Float:
    """Return chances that are certain of one label each, (n, n_classes); negative codes give zeros.

    >>> sure(np.array([1, -1]), 2).tolist()
    [[0.0, 1.0], [0.0, 0.0]]
    """
    found = np.zeros((label.size, n_classes))
    rows = np.flatnonzero(label >= 0)
    found[rows, label[rows]] = 1.0
    return found


def wrong_chance(scene: Scene) -> Float:
    """Return chances alike over the classes that are not true, (n, n_classes)."""
    if scene.n_classes == 1:
        return np.ones((scene.item.size, 1))
    other = 1 - sure(scene.truth[scene.item], scene.n_classes)
    found: Float = other / (scene.n_classes - 1)
    return found
