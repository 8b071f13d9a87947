"""Every metric of a project and of each labeler, taken from the counts once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from labeltrust.counts import Counts
from labeltrust.counts.agreement import Agreement
from labeltrust.counts.coincidences import Coincidences
from labeltrust.counts.concordance import Concordance
from labeltrust.counts.confusion import Confusion
from labeltrust.counts.flips import Flips
from labeltrust.counts.label_mix import LabelMix
from labeltrust.counts.pairs import Pairs
from labeltrust.counts.peers import Peers
from labeltrust.domain.estimates import Measured
from labeltrust.metrics import Estimates
from labeltrust.metrics.agreement import gwet_ac, percent_agreement
from labeltrust.metrics.cohen_kappa import kappa_to_consensus, n_peers, peer_kappa
from labeltrust.metrics.gold_accuracy import gold_accuracy
from labeltrust.metrics.krippendorff_alpha import krippendorff_alpha
from labeltrust.metrics.label_shift import label_shift_from_peers
from labeltrust.metrics.label_windows import label_shift_of_project

Int = NDArray[np.int64]
Float = NDArray[np.float64]
LONG_AGO = -(1 << 30)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectNumbers:
    """What is measured of a whole project.

    Attributes:
        alpha: Krippendorff's alpha at the question's level.
        percent_agreement: Share of pairs of judgments on one item that agree.
        gwet_ac: Gwet's AC1 (nominal) or AC2.
        label_shift: Total variation between the last window and all before.
        label_shift_p: Its p-value, NaN where undefined.
    """

    alpha: Measured
    percent_agreement: Measured
    gwet_ac: Measured
    label_shift: Measured
    label_shift_p: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelerNumbers:
    """What is measured of every labeler; all have length n_labelers.

    Attributes:
        labels: Judgments.
        items: Items judged.
        gold_accuracy: Share right on gold.
        cohen_kappa: Kappa pooled over all peers; `peers` says how many.
        peers: Labelers with shared items.
        kappa_to_consensus: Kappa with the consensus of the others.
        alpha_without: The project's alpha without this labeler.
        alpha_effect: Change of alpha without the labeler: above 0 where the rest agrees better.
        label_shift: Total variation against what others give on the same items.
        label_shift_p: Its p-value, NaN where undefined.
    """

    labels: Int
    items: Int
    gold_accuracy: Estimates
    cohen_kappa: Estimates
    peers: Int
    kappa_to_consensus: Estimates
    alpha_without: Estimates
    alpha_effect: Estimates
    label_shift: Estimates
    label_shift_p: Float


def numbers(
    counts: Mapping[str, Counts], level: str, *, labels: Int, items: Int, window_days: int = 7
) -> tuple[ProjectNumbers, LabelerNumbers]:
    """Measure a project and its labelers.

    Args:
        counts: Counts of the whole project by the counters' names.
        level: Level of measurement; kappa is weighted linearly on ordinal and quadratically on
            interval and ratio scales.
        labels: (n_labelers,) judgments.
        items: (n_labelers,) items judged.
        window_days: Length of the last window of the project's label shift.
    """
    kind = _KIND[level]
    found = cast("Mapping[str, Any]", counts)
    coincidences: Coincidences = found["coincidences"]
    peers: Peers = found["peers"]
    pairs: Pairs = found["pairs"]
    flips: Flips = found["flips"]
    means: Concordance = found["concordance"]
    confusion: Confusion = found["confusion"]
    mix: LabelMix = found["label_mix"]
    alphas = krippendorff_alpha(coincidences)
    shift = label_shift_from_peers(mix)
    project = _project(alphas.project, found["agreement"], kind, mix, window_days)
    return project, LabelerNumbers(
        labels=labels,
        items=items,
        gold_accuracy=gold_accuracy(confusion),
        cohen_kappa=peer_kappa(peers, kind),
        peers=n_peers(pairs),
        kappa_to_consensus=kappa_to_consensus(flips, means, kind),
        alpha_without=alphas.without,
        alpha_effect=alphas.effect,
        label_shift=shift.size,
        label_shift_p=shift.p_value,
    )


_KIND = {"nominal": "equal", "ordinal": "linear", "interval": "quadratic", "ratio": "quadratic"}


def _project(
    alpha: Measured, agreement: Agreement, kind: str, mix: LabelMix, window_days: int
) -> ProjectNumbers:
    day = mix.project.index[0]
    end = int(day.max()) + 1 if day.size else 0
    start = end - window_days
    shift = label_shift_of_project(mix, (LONG_AGO, start), (start, end))
    return ProjectNumbers(
        alpha=alpha,
        percent_agreement=percent_agreement(agreement),
        gwet_ac=gwet_ac(agreement, kind),
        label_shift=shift.size[0],
        label_shift_p=float(shift.p_value[0]),
    )
