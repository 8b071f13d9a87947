"""The numbers of labels with parts: alike in degrees, so what counts classes is undefined."""

from dataclasses import replace

import numpy as np

from labeltrust.counts._likeness import Chance
from labeltrust.counts.likeness import Alike
from labeltrust.domain.estimates import Undefined
from labeltrust.metrics import Estimates
from labeltrust.metrics._estimates import estimates
from labeltrust.metrics.likeness import gold_likeness, likeness_alpha, mean_similarity
from labeltrust.policy.numbers import LabelerNumbers, ProjectNumbers

NO_CLASSES = "labels of this kind are alike in degrees; this number counts classes"


def parts_numbers(
    project: ProjectNumbers, labelers: LabelerNumbers, counts: Alike, chance: Chance
) -> tuple[ProjectNumbers, LabelerNumbers]:
    """Return the numbers of a project whose labels have parts.

    Args:
        project: What was measured of classes; replaced.
        labelers: The same of labelers; labels, items and peers stay.
        counts: Likeness of the whole project.
        chance: How unlike labels are by chance.
    """
    alphas = likeness_alpha(counts, chance)
    no_number = _none(labelers.labels.size)
    return (
        replace(
            project,
            alpha=alphas.project,
            percent_agreement=mean_similarity(counts),
            gwet_ac=Undefined(reason=NO_CLASSES),
            label_shift=Undefined(reason=NO_CLASSES),
            label_shift_p=float("nan"),
        ),
        replace(
            labelers,
            gold_accuracy=gold_likeness(counts),
            cohen_kappa=no_number,
            kappa_to_consensus=no_number,
            alpha_without=alphas.without,
            alpha_effect=alphas.effect,
            label_shift=no_number,
            label_shift_p=np.full(labelers.labels.size, np.nan),
        ),
    )


def _none(n: int) -> Estimates:
    zero = np.zeros(n)
    return estimates(zero, zero, zero, zero, (NO_CLASSES, np.ones(n, dtype=np.bool_)))
