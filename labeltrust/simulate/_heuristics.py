"""Heuristics beside a crowd: rules that read a noisy feature of an item and never hesitate.

A rule labels the items that it covers as soon as somebody else did, always the same way for the
same feature. An honest one is wrong where the feature misleads; a corrupted one is changed at a
time: its threshold moves, it falls silent on a class, or somebody turns part of its answers round.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from labeltrust.simulate._base import Bool, Float, Int, Scene

Corruption = Literal["moved", "constant", "inverted"]
_SECOND_US = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Heuristics:
    """Rules of two classes: an item is of class 1 where the feature is above a threshold.

    Attributes:
        n_rules: How many, each with a feature of its own.
        coverage: Share of the items that a rule labels.
        signal: How far the feature lies apart in the two classes, in standard deviations: 2.2 is
            right on about 86 % of items.
        corruption: What happens to the first rule in the middle of all labels, None for nothing.
        rate: Share of answers turned round where it is `inverted`.
    """

    n_rules: int = 4
    coverage: float = 0.6
    signal: float = 2.2
    corruption: Corruption | None = None
    rate: float = 0.5


def with_heuristics(scene: Scene, rules: Heuristics, rng: np.random.Generator) -> Scene:
    """Return a scene in which rules label as well; their codes follow those of the crowd.

    Args:
        scene: An honest crowd of two classes, or one with attacks.
        rules: What to add.
        rng: Draws features and covered items.

    >>> from labeltrust.simulate import Crowd, draw_planted
    >>> scene = draw_planted(Crowd(n_items=90), (), np.random.default_rng(1)).scene
    >>> more = with_heuristics(scene, Heuristics(n_rules=2), np.random.default_rng(2))
    >>> more.n_labelers - scene.n_labelers
    2
    """
    first = np.full(scene.truth.size, np.iinfo(np.int64).max)
    np.minimum.at(first, scene.item, scene.occurred_us)
    labeled = first < np.iinfo(np.int64).max
    middle = int(np.median(scene.occurred_us))
    parts = [(scene.item, scene.labeler, scene.label, scene.occurred_us)]
    for rule in range(rules.n_rules):
        feature = rng.normal(size=scene.truth.size) + rules.signal * scene.truth
        item = np.flatnonzero(labeled & (rng.random(scene.truth.size) < rules.coverage))
        label = (feature[item] > rules.signal / 2).astype(np.int64)
        if rule == 0:
            label = _corrupted(label, feature[item], first[item] >= middle, rules, rng)
        code = np.full(item.size, scene.n_labelers + rule)
        parts.append((item, code, label, first[item] + _SECOND_US))
    item, labeler, label, at = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.argsort(item, kind="stable")
    return replace(
        scene, item=item[order], labeler=labeler[order], label=label[order], occurred_us=at[order],
        duration_seconds=np.full(item.size, np.nan), n_labelers=scene.n_labelers + rules.n_rules,
        suggestion=None, guideline=None, session=None, honest=None,
    )  # fmt: skip


def _corrupted(
    label: Int, feature: Float, late: Bool, rules: Heuristics, rng: np.random.Generator
) -> Int:
    if rules.corruption == "moved":
        return np.where(late, (feature > rules.signal).astype(np.int64), label)
    if rules.corruption == "constant":
        return np.where(late, 0, label)
    if rules.corruption == "inverted":
        return np.where(late & (rng.random(label.size) < rules.rate), 1 - label, label)
    return label
