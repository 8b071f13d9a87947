"""Labelers who recognise gold items and flip everywhere else."""

from dataclasses import replace

import numpy as np

from labeltrust.simulate._base import Attack, Order, Scene, chosen_rows, wrong_labels


def apply(scene: Scene, order: Order, rng: np.random.Generator) -> Scene:
    """Put wrong labels on the chosen rows outside gold, and the gold label on gold."""
    known = scene.gold[scene.item]
    honest = np.where(known & np.isin(scene.labeler, order.members), scene.truth[scene.item], -1)
    hit = chosen_rows(scene, order, rng) & ~known
    label = np.where(hit, wrong_labels(scene, rng), scene.label)
    return replace(scene, label=np.where(honest >= 0, honest, label))


ATTACK = Attack(title="is honest on gold only", apply=apply)
