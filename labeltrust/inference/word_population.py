"""How far honest labelers differ on items that hold a word, and how surprising each of them is.

Fitted word by word, from the other labelers alone: how much likelier hits are there for everybody,
which makes a hard word no surprise, and how far labelers differ beyond chance. Labelers far above
the others are set aside while fitting, since a few with a trigger in common would else hide behind
each other.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from labeltrust.inference.crowd_rows import Bool, Float, Int, summed
from labeltrust.inference.share_tail import Share, averaged_tail
from labeltrust.inference.word_cells import WordCells

MIN_OTHERS = 20
"""Labels of others on items with the word, for it to be looked at."""
TRIM = 2.5
"""Standardised deviation of those set aside."""
TOP = 10
"""Cells of a labeler whose tail is reckoned exactly; all others count as no surprise at all."""
_MAX_STEPS = 6
_LEAST = 1e-6
_EDGE = 1e-4
_FAR = 1_000.0
"""Bound of log odds and deviations while they are sorted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WordNull:
    """What honest labelers would do in every cell; (n_cells,) arrays.

    Attributes:
        centre: Log odds of a hit, of a typical honest labeler at the labeler's own level.
        spread: Standard deviation of honest difference and of what is not known, in log odds.
        deviation: Standardised deviation; minus infinity where too few others have labels.
        freedom: Degrees of freedom of the spread.
    """

    centre: Float
    spread: Float
    deviation: Float
    freedom: int

    @property
    def known(self) -> Bool:
        """Which cells can be judged."""
        found: Bool = np.isfinite(self.deviation)
        return found

    def log_least(self, n: Float) -> Float:
        """Return a lower bound of the log of the least p-value that n labels can reach.

        With half of the chance a labeler's own log odds lie above the centre, so hits in all n
        labels have at least half the chance that they have there.
        """
        bound: Float = n * np.log(expit(self.centre)) - np.log(2)
        return bound


def word_null(cells: WordCells, reference: Bool) -> WordNull:
    """Fit what is honest on each word.

    Args:
        cells: The cells of one look.
        reference: (n_labelers,) who may belong to the honest population.

    Returns:
        The null of each cell.
    """
    fit = _Fit(cells, reference[cells.labeler])
    kept = np.ones(cells.labeler.size, dtype=np.bool_)
    at, spread = fit.centred(kept), fit.first_spread()
    deviation = fit.deviation(at, spread)
    for _ in range(_MAX_STEPS):
        now = deviation <= TRIM
        if np.array_equal(now, kept):
            break
        kept = now
        at = fit.centred(kept)
        spread = fit.spread(at, kept, spread)
        deviation = fit.deviation(at, spread)
    return WordNull(
        centre=at.centre,
        spread=np.sqrt(spread[cells.word] + at.error**2),
        deviation=np.where(at.known, deviation, -np.inf),
        freedom=max(int(reference.sum()) - 1, 1),
    )


@dataclass(frozen=True, slots=True)
class _Centre:
    """Log odds of a hit by the others on the word, with the error of that; (n_cells,)."""

    centre: Float
    error: Float
    known: Bool


@dataclass(frozen=True, slots=True)
class _Fit:
    """The cells, and which of them belong to reference labelers."""

    cells: WordCells
    own: Bool

    @property
    def n_words(self) -> int:
        return int(self.cells.total.n.size)

    def centred(self, kept: Bool) -> _Centre:
        """Return log odds as the others have them: without the labeler, and those set aside."""
        cells, aside = self.cells, self.own & ~kept
        n, hits, expected = (
            (total - self._summed(aside * part))[cells.word] - self.own * kept * part
            for total, part in zip(_parts(cells.total), _parts(cells.share), strict=True)
        )
        others = Share(hits=np.maximum(hits, 0.0), n=n, expected=np.maximum(expected, 0.0))
        known = n >= MIN_OTHERS
        base = logit(np.clip(cells.share.expected / cells.share.n, _EDGE, 1 - _EDGE))
        error = np.where(known, np.nan_to_num(others.error), 0.0)
        return _Centre(
            base + np.where(known, np.nan_to_num(others.log_odds), 0.0),
            np.hypot(cells.error, error),
            known,
        )

    def deviation(self, at: _Centre, spread: Float) -> Float:
        """Return standardised deviations, on the scale of square roots that suits rare hits."""
        n, p = self.cells.share.n, expit(at.centre)
        roots = np.sqrt(self.cells.share.hits + 0.375) - np.sqrt(n * p + 0.375)
        more = (n - 1) * p * (1 - p) * (spread[self.cells.word] + at.error**2)
        found: Float = 2 * roots / np.sqrt((1 - p) * (1 + more))
        return found

    def first_spread(self) -> Float:
        """Return squared spreads to begin with: by medians, which a few labelers move little."""
        share, use = self.cells.share, self.own
        effect = share.log_odds
        middle = self._median(effect, use)
        apart = 1.4826 * self._median(np.abs(effect - middle[self.cells.word]), use)
        noise = self._median(np.hypot(share.error, self.cells.error), use)
        return np.maximum(apart**2 - noise**2, self._moments(self.centred(use), use, None)[2])

    def spread(self, at: _Centre, kept: Bool, before: Float) -> Float:
        """Return squared spreads by moments: what a word shows for sure, and the common at least.

        The estimate of one word is uncertain by as much as its size, so it counts from one
        standard error on.
        """
        square, error, common = self._moments(at, kept, before)
        return np.maximum(square - error, common)

    def _moments(self, at: _Centre, kept: Bool, before: Float | None) -> tuple[Float, Float, float]:
        """Return squared spread by word, its standard error, and the one common to all words."""
        cells, use = self.cells, self.own & kept & at.known
        n, p = cells.share.n, expit(at.centre)
        noise = n * p * (1 - p)
        weight = n * (n - 1) * (p * (1 - p)) ** 2
        known = np.zeros(n.size) if before is None else before[cells.word]
        off = (cells.share.hits - n * p) ** 2 - noise - weight * at.error**2
        wide = 2 * (noise + weight * (known + at.error**2)) ** 2 + noise
        total = self._summed(use * weight)
        told = total > _LEAST
        total = np.where(told, total, 1.0)
        square = np.where(told, self._summed(use * off) / total, 0.0)
        variance = np.where(told, self._summed(use * wide) / total**2, np.inf)
        trust = 1 / np.maximum(variance, _LEAST)
        common = float((trust * square).sum() / max(float(trust.sum()), _LEAST))
        return square, np.sqrt(variance), max(common, 0.0)

    def _summed(self, weight: Float) -> Float:
        return summed(self.cells.word, weight, self.n_words)

    def _median(self, value: Float, use: Bool) -> Float:
        """Return the median by word, weighted by labels, (n_words,); 0 where there is no cell."""
        rows = np.flatnonzero(use)
        rows = rows[_order(self.cells.word[rows], value[rows])]
        word, weight = self.cells.word[rows], self.cells.share.n[rows]
        total = summed(word, weight, self.n_words)
        reached = np.cumsum(weight) - (np.cumsum(total) - total)[word] >= total[word] / 2 - _LEAST
        first, at = np.unique(word[reached], return_index=True)
        found = np.zeros(self.n_words)
        found[first] = value[rows[reached][at]]
        return found


def _order(group: Int, value: Float) -> Int:
    """Return the order by group and value; one key of both sorts faster than the two.

    Values beyond the bound, far out for log odds and deviations, keep their order of rows.
    """
    place = (np.clip(value, -_FAR, _FAR) + _FAR) / (2 * _FAR + 1)
    return np.argsort(group + place, kind="stable")


def _parts(share: Share) -> tuple[Float, Float, Float]:
    return share.n, share.hits, share.expected


def tails(cells: WordCells, null: WordNull) -> tuple[Int, Float]:
    """Return the most deviating cells of each labeler, and their p-values.

    Returns:
        Places of cells, at most `TOP` a labeler, and the chance of as many hits from an honest
        labeler.
    """
    likely = np.flatnonzero(null.known)
    order = likely[_order(cells.labeler[likely], -null.deviation[likely])]
    labeler = cells.labeler[order]
    begins = np.flatnonzero(np.diff(labeler, prepend=-1))
    sizes = np.diff(np.append(begins, labeler.size))
    top = order[np.arange(labeler.size) - np.repeat(begins, sizes) < TOP]
    log_odds = null.centre[top], null.spread[top]
    return top, averaged_tail(cells.share.hits[top], cells.share.n[top], log_odds, null.freedom)
