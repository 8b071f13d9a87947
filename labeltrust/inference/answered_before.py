"""Whose label stood on the item just before, and how often a labeler gives the same.

Given the labels that the others of an item gave and the labeler's own, which of the others came
just before him is a uniform draw if nobody looks at earlier answers: so the chance that the one
before gave the same label is the share of the others who did. Skill, difficulty and class drop out.
"""

from dataclasses import dataclass

import numpy as np

from labeltrust.inference.crowd import FittedCrowd
from labeltrust.inference.crowd_rows import Bool, Float, Int, summed
from labeltrust.inference.periods import clock_of, times

NOBODY = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredBefore:
    """Sums over the labels that can tell; arrays have shape (n_labelers,).

    Attributes:
        n: Labels with a reference labeler's label before them, on items whose others disagree.
        same: Those equal to the label just before.
        expected: What that is in expectation if nobody looks.
        information: Variance of `same` then.
    """

    n: Int
    same: Float
    expected: Float
    information: Float

    @property
    def size(self) -> Float:
        """Log odds of giving the label before, beyond chance, to first order; NaN without data."""
        known = np.where(self.information > 0, self.information, np.nan)
        size: Float = (self.same - self.expected) / known
        return size

    @property
    def error(self) -> Float:
        """Standard error of `size`."""
        error: Float = 1 / np.sqrt(np.where(self.information > 0, self.information, np.nan))
        return error


def answered_before(crowd: FittedCrowd, reference: Bool) -> AnsweredBefore:
    """Count how often each labeler gave the label that stood on the item just before.

    Args:
        crowd: The fitted crowd.
        reference: (n_labelers,) whose labels count as the others'.
    """
    rows = crowd.rows
    before = _before(crowd, reference)
    others = crowd.others.sum(axis=1)
    share = crowd.others[np.arange(rows.n), rows.label] / np.maximum(others, 1.0)
    tells = np.flatnonzero((before != NOBODY) & (share > 0) & (share < 1))
    same = rows.label[before[tells]] == rows.label[tells]
    chance, who = share[tells], rows.labeler[tells]
    return AnsweredBefore(
        n=np.bincount(who, minlength=rows.n_labelers),
        same=summed(who, same, rows.n_labelers),
        expected=summed(who, chance, rows.n_labelers),
        information=summed(who, chance * (1 - chance), rows.n_labelers),
    )


def _before(crowd: FittedCrowd, reference: Bool) -> Int:
    """Return the row of the last reference label before each row on its item, (n,)."""
    rows = crowd.rows
    at = times(rows, clock_of(rows))
    order = np.lexsort((at, rows.item))
    counts = np.where(reference[rows.labeler[order]], np.arange(rows.n), NOBODY)
    last = np.concatenate([[NOBODY], np.maximum.accumulate(counts)[:-1]]) if rows.n else counts
    row = order[np.maximum(last, 0)]
    # of two labels of one moment nobody knows which came first
    earlier = (last != NOBODY) & (rows.item[row] == rows.item[order]) & (at[row] < at[order])
    found = np.empty(rows.n, dtype=np.int64)
    found[order] = np.where(earlier, row, NOBODY)
    return found
