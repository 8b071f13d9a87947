"""Each labeler against one ring: how often he gives its label, and whether he could have copied."""

from dataclasses import dataclass

import numpy as np
from scipy.special import log_ndtr

from labeltrust.inference.coincidences import THETAS, PairRows, pair_rows
from labeltrust.inference.crowd import FittedCrowd
from labeltrust.inference.crowd_rows import Bool, Float, Int
from labeltrust.inference.population_null import PopulationNull


@dataclass(frozen=True, slots=True, kw_only=True)
class AgainstRing:
    """Sums over the contested items that a labeler shares with a ring; (n_labelers,) arrays.

    A member is compared with the other members. Several members on one item are one voice: their
    scores are averaged, since those who collude say the same.

    Attributes:
        items: Contested items shared.
        same: Of these, items on which he gave a label of the ring's: fractions where the ring
            differs.
        expected: What independence leads one to expect of `same`.
        score: Sum of scores.
        information: Sum of their variances.
        cumulants: (n_labelers, THETAS.size) sum of log E exp(theta score).
        late: The same where at least one member had answered before, or at the same moment;
            None in the late part itself.
    """

    items: Float
    same: Float
    expected: Float
    score: Float
    information: Float
    cumulants: Float
    late: "AgainstRing | None" = None

    def share(self) -> Float:
        """Return the share of labels he seems to have from the ring, NaN without items, (n,)."""
        with np.errstate(invalid="ignore", divide="ignore"):
            share: Float = self.score / np.where(self.information > 0, self.information, np.nan)
        return share

    def log_p(self, null: PopulationNull) -> Float:
        """Return the log of the chance of as many coincidences, (n_labelers,); 0 for no more.

        The signed root of Chernoff's bound is close to normal (Daniels 1987, "Tail probability
        approximations", section 4).

        Args:
            null: What honest labelers seem to have from this ring.
        """
        excess = self.score - null.mean * self.information
        honest = (THETAS * null.spread * self.information[:, None]) ** 2 / 2
        bound: Float = (self.cumulants + honest - THETAS * excess[:, None]).min(axis=1)
        log_p: Float = log_ndtr(-np.sqrt(np.maximum(-2 * bound, 0.0)))
        return np.where(bound < 0, log_p, 0.0)


def against_ring(crowd: FittedCrowd, members: Int) -> AgainstRing:
    """Compare every labeler with a ring.

    >>> from labeltrust.counts import block
    >>> from labeltrust.inference.crowd import fit_crowd
    >>> from labeltrust.inference.crowd_rows import crowd_rows
    >>> b = block(np.repeat(range(9), 4), [0, 1, 2, 3] * 9, [1, 1, 0, 0] * 9, n_labelers=4,
    ...           values=[0, 1])
    >>> found = against_ring(fit_crowd(crowd_rows(b), np.ones(4, dtype=bool)), np.array([0, 1]))
    >>> found.items.tolist(), found.same.tolist()
    ([9.0, 9.0, 9.0, 9.0], [9.0, 9.0, 0.0, 0.0])
    """
    rows = crowd.rows
    inside = np.zeros(rows.n_labelers, dtype=np.bool_)
    inside[members] = True
    items = np.bincount(rows.item, inside[rows.labeler], minlength=rows.n_items) > 0
    whole, late = np.zeros((2, 6 + THETAS.size, rows.n_labelers))
    for found in pair_rows(crowd, items):
        sums, labeler = _with_ring(crowd, found, inside), rows.labeler[found.rows.ravel()]
        met = np.flatnonzero(sums[0] > 0)
        means = sums[:, met] / sums[0, met]
        _add(whole, labeler[met], means)
        later = means[1] > 0
        _add(late, labeler[met[later]], means[:, later])
    return _against(whole, _against(late, None))


def _add(total: Float, labeler: Int, means: Float) -> None:
    for sums, column in zip(total, means, strict=True):
        np.add.at(sums, labeler, column)


def _against(totals: Float, late: AgainstRing | None) -> AgainstRing:
    return AgainstRing(
        items=totals[0],
        same=totals[2],
        expected=totals[3],
        score=totals[4],
        information=totals[5],
        cumulants=totals[6:].T.copy(),
        late=late,
    )


def _with_ring(crowd: FittedCrowd, found: PairRows, inside: Bool) -> Float:
    """Return for each row of the items the sums over its pairs with the ring, (columns, k)."""
    rows = crowd.rows
    member = inside[rows.labeler[found.rows]].astype(np.float64)
    when, said = rows.occurred_us[found.rows], rows.label[found.rows]
    of_pair = np.stack(
        [
            said[:, found.low] == said[:, found.high],
            found.expected,
            found.score,
            found.variance,
            *found.cumulants,
        ]
    )
    sums = np.zeros((2 + len(of_pair), *found.rows.shape))
    for mine, theirs in ((found.low, found.high), (found.high, found.low)):
        # one row of `ends` a pair, one column a label: adds up the pairs of each label
        ends = (mine[:, None] == np.arange(found.rows.shape[1])).astype(np.float64)
        with_ring = member[:, theirs]
        sums[0] += with_ring @ ends
        sums[1] += (with_ring * (when[:, mine] >= when[:, theirs])) @ ends
        sums[2:] += (of_pair * with_ring) @ ends
    return sums.reshape(len(sums), -1)
