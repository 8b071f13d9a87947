"""Krippendorff's alpha of the project, and without each labeler.

Source: Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability"; Krippendorff (2018),
"Content Analysis", chapter 12. alpha = 1 - D_o/D_e = 1 - (n - 1) O / E with n pairable judgments,
O = sum over items of delta^2 of ordered pairs over (m - 1), E = sum of n_x n_y delta^2(x, y).

Intervals come from leaving out random groups of whole items in turn (`_jackknife`), because the
labels of one item go together. They are symmetric in log(D_o/D_e), so they end at 1.
"""

from dataclasses import dataclass

import numpy as np

from labeltrust.counts.coincidences import Coincidences
from labeltrust.domain.estimates import Measured
from labeltrust.metrics._alpha_sums import Sums, sums
from labeltrust.metrics._estimates import (
    Bool,
    Estimates,
    Float,
    around,
    divided,
    estimates,
    unseen_share,
)
from labeltrust.metrics._jackknife import jackknife

LEAST = -1.0
"""Alpha of labelers who always disagree as far as they can."""
WIDEST = 2.0
"""The farthest two alphas can be apart."""
_DROWNED = 1e-10
"""Left over from sums this much larger, a sum has lost its digits to rounding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alphas:
    """Agreement of a project, with everybody and without each labeler.

    Attributes:
        project: Alpha over all judgments; n counts pairable items.
        without: (n_labelers,) alpha when a labeler's judgments are taken out; n counts the items
            that are still pairable.
        effect: (n_labelers,) `without` less `project`: above 0 where the rest agrees better without
            the labeler; n counts his pairable items.
    """

    project: Measured
    without: Estimates
    effect: Estimates


def krippendorff_alpha(counts: Coincidences) -> Alphas:
    """Return alpha of the project and without each labeler, at the level of the counts.

    Args:
        counts: Coincidences of a whole project.

    Returns:
        Alphas in (-inf, 1] with 95 % intervals; undefined where no item has two judgments, or where
        all pairable judgments are alike, so that no disagreement could be seen.

    >>> from labeltrust.counts import block, coincidences
    >>> b = block([1, 1, 2, 2, 3, 3], [0, 1] * 3, [0, 0, 1, 1, 1, 0], n_labelers=2, values=[0, 1])
    >>> round(krippendorff_alpha(coincidences.count(b)).project.value, 4)
    0.4444
    """
    return alphas_of(sums(counts), counts.observed_change.over(0).dense(2))


def alphas_of(found: Sums, labeled: Float) -> Alphas:
    """Return alphas of disagreements observed and expected.

    Args:
        found: Without each labeler, and in a last row with everybody.
        labeled: (n_labelers,) pairable items of each.
    """
    each, everyone = found.rows(slice(None, -1)), found.rows(slice(-1, None))
    return Alphas(
        project=_alphas(everyone, everyone)[0],
        without=_alphas(each, everyone),
        effect=_effects(each, everyone, labeled),
    )


def _alphas(found: Sums, everyone: Sums) -> Estimates:
    ratio, n_items = found.disagreement[:, 0], found.items[:, 0]
    margin = jackknife(found.disagreement[:, 1:], found.occupied).margin
    low, high = around(1 - ratio, margin, _unseen(found), LEAST)
    return estimates(1 - ratio, low, high, n_items, *_gaps(found, everyone))


def _unseen(found: Sums) -> Float:
    """Return the D_o/D_e that may hide behind no disagreement in any item."""
    n, expected = found.n[:, 0], found.expected[:, 0]
    widest = divided(found.widest[:, 0] * n * (n - 1), expected)
    return unseen_share(found.items[:, 0]) * widest


def _effects(each: Sums, everyone: Sums, labeled: Float) -> Estimates:
    change = everyone.disagreement - each.disagreement
    margin = jackknife(change[:, 1:], everyone.occupied & (each.items[:, :1] > 0)).margin
    value = change[:, 0]
    low, high = np.maximum(value - margin, -WIDEST), np.minimum(value + margin, WIDEST)
    none = ("no items shared with another labeler", labeled == 0)
    gaps = _gaps(each, everyone)
    return estimates(value, low, high, labeled, none, *gaps)


def _gaps(found: Sums, everyone: Sums) -> tuple[tuple[str, Bool], ...]:
    apart, whole = (divided(sums.expected, sums.n**2)[:, 0] for sums in (found, everyone))
    drowned = (found.labels > 1) & (apart <= _DROWNED * whole) & (whole > 0)
    return (
        ("no item has two judgments", found.items[:, 0] == 0),
        ("one labeler's far-off values drown all others on this scale", drowned),
        ("all judgments are alike, so no disagreement could show", apart == 0),
    )
