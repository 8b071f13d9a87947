"""Crowds with one attack planted, as the evidence that a signal reads."""

from dataclasses import dataclass, field, fields, replace
from functools import partial

import numpy as np

from labeltrust import counts as counts_folder
from labeltrust import signals as signals_folder
from labeltrust.charts import Seen
from labeltrust.counts import Columns, Counter, Judgments, block
from labeltrust.discovery import discover
from labeltrust.engine import local
from labeltrust.inference.crowd import fit_crowd
from labeltrust.inference.crowd_rows import crowd_rows
from labeltrust.policy.item_words import words_held
from labeltrust.policy.names import Names
from labeltrust.signals._base import Evidence, Signal
from labeltrust.simulate import Crowd, Planted, Planting, Scene, draw_planted

CLASSES = ("benign", "fraud", "unsure")
REVIEW = Crowd(
    n_labelers=30, n_items=2000, labels_per_item=5, class_shares=(0.7, 0.3), gold_share=0.15
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """What a page shows: one crowd, one attack, one seed.

    Attributes:
        planting: The attack.
        crowd: The honest crowd around it.
        seed: Of everything random.
    """

    planting: Planting
    crowd: Crowd = field(default_factory=partial(replace, REVIEW))
    seed: int = 20_261


def signals() -> dict[str, Signal]:
    """Return every signal by name."""
    return discover(signals_folder, "SIGNAL", Signal)


def shown(example: Example, signal: Signal) -> tuple[Seen, Planted]:
    """Return what a signal sees in an example, with the truth."""
    rng = np.random.default_rng(example.seed)
    planted = draw_planted(example.crowd, [example.planting], rng)
    judgments = _block(planted.scene)
    counted = local.count(judgments, discover(counts_folder, "COUNTER", Counter))
    wanted = {f.name for f in fields(Evidence)}
    everybody = np.ones(judgments.n_labelers, dtype=np.bool_)
    evidence = Evidence(
        judgments=judgments,
        crowd=fit_crowd(crowd_rows(judgments), everybody),
        reference=everybody,
        **{name: value for name, value in counted.items() if name in wanted},
    )
    names = _names(planted)
    return (
        Seen(evidence=evidence, readings=signal.read(evidence), signal=signal, names=names),
        planted,
    )


def _block(scene: Scene) -> Judgments:
    gold = np.flatnonzero(scene.gold)
    return block(
        scene.item,
        scene.labeler,
        scene.label,
        n_labelers=scene.n_labelers + 1,  # the last one labels nothing, and shows what it takes
        values=np.arange(scene.n_classes),
        occurred_us=scene.occurred_us,
        received_us=scene.occurred_us,
        duration_seconds=scene.duration_seconds,
        gold=(gold, scene.truth[gold]),
        **_beside(scene),
    )


def _beside(scene: Scene) -> Columns:
    columns: Columns = {}
    if scene.suggestion is not None:
        columns["suggestion"] = scene.suggestion
    if scene.features is not None:
        items = np.arange(scene.truth.size)
        columns["features"] = {name: (items, told) for name, told in scene.features.items()}
    if scene.texts is not None:
        columns["tokens"] = words_held(np.arange(scene.truth.size), scene.texts)
    return columns


def _names(planted: Planted) -> Names:
    n = planted.scene.n_labelers + 1
    bad = set(planted.suspects.tolist())
    return Names(
        labelers=tuple(f"{'planted' if a in bad else 'labeler'}-{a + 1:02d}" for a in range(n)),
        labeler_ids=np.arange(n),
        kinds=("human",) * n,
        labels=CLASSES[: planted.scene.n_classes],
    )
