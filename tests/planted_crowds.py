"""Simulated crowds as blocks, and their appraisals."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from labeltrust.counts import Columns, Judgments, block, label_mix, tempo
from labeltrust.inference.against_reference import exchange_with
from labeltrust.inference.crowd import fit_crowd
from labeltrust.inference.crowd_rows import crowd_rows
from labeltrust.policy.item_words import words_held
from labeltrust.policy.names import Names
from labeltrust.policy.settings import PolicySettings
from labeltrust.services.appraise import Appraisal, History, appraise
from labeltrust.signals._base import Evidence
from labeltrust.simulate import Crowd, Planted, Planting, Scene, draw_planted

NOW = datetime(2026, 10, 5, tzinfo=UTC)
IMPORTED_US = 1_790_000_000_000_000
SMALL = Crowd(n_labelers=24, n_items=1200, labels_per_item=5, class_shares=(0.6, 0.4))
USUAL = Crowd(n_labelers=40, n_items=2400, labels_per_item=5, class_shares=(0.6, 0.4))


def planted(*plantings: Planting, crowd: Crowd = SMALL, seed: int = 1) -> Planted:
    return draw_planted(crowd, plantings, np.random.default_rng(seed))


def judgments_of(found: Planted, *, imported: bool = False) -> Judgments:
    """Return a scene as a block; received as it occurred, or all at once."""
    scene = found.scene
    gold = np.flatnonzero(scene.gold)
    whole = block(
        scene.item,
        scene.labeler,
        scene.label,
        n_labelers=scene.n_labelers,
        values=np.arange(scene.n_classes),
        occurred_us=scene.occurred_us,
        received_us=scene.occurred_us,
        duration_seconds=scene.duration_seconds,
        gold=(gold, scene.truth[gold]),
        **beside_labels(scene),
    )
    if not imported:
        return whole
    return replace(whole, received_us=np.full(whole.n, IMPORTED_US))


def beside_labels(scene: Scene) -> Columns:
    """Return what a scene knows beside its labels, as columns of a block."""
    columns: Columns = {}
    if scene.suggestion is not None:
        columns["suggestion"] = scene.suggestion
    if scene.features is not None:
        items = np.arange(scene.truth.size)
        columns["features"] = {name: (items, told) for name, told in scene.features.items()}
    if scene.texts is not None:
        columns["tokens"] = words_held(np.arange(scene.truth.size), scene.texts)
    return columns


def evidence_of(judgments: Judgments, reference: np.ndarray | None = None) -> Evidence:
    everybody = np.ones(judgments.n_labelers, dtype=bool)
    reference = everybody if reference is None else reference
    return Evidence(
        judgments=judgments,
        crowd=fit_crowd(crowd_rows(judgments), reference),
        reference=reference,
        exchange=exchange_with(judgments, reference),
        label_mix=label_mix.count(judgments),
        tempo=tempo.count(judgments),
    )


def names_of(judgments: Judgments, labels: tuple[str, ...] | None = None) -> Names:
    n = judgments.n_labelers
    return Names(
        labelers=tuple(f"labeler-{code}" for code in range(n)),
        labeler_ids=np.arange(n) + 100,
        kinds=("human",) * n,
        labels=labels or tuple(str(code) for code in range(judgments.n_labels)),
    )


def appraised(
    judgments: Judgments,
    *,
    policy: PolicySettings | None = None,
    history: History | None = None,
    now: datetime = NOW,
) -> Appraisal:
    return appraise(
        judgments,
        names_of(judgments),
        policy=policy or PolicySettings(),
        history=history or History(),
        now=now,
    )


def flagged(found: Appraisal) -> set[int]:
    return {finding.labeler for finding in found.flags if finding.action != "weaken"}


def held(found: Appraisal) -> set[int]:
    return {proposal.labeler for proposal in found.freezes}


def codes(suspects: np.ndarray) -> set[int]:
    return set(suspects.tolist())
