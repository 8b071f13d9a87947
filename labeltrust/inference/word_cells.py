"""How often each labeler stands alone on items that hold a word, and how often one would expect it.

One cell is a labeler and a word. Expected is what his own confusions say of the same items, at his
own level on all items without the word, class by class that peers believe in: who confuses two
classes everywhere is no surprise where a word goes with one of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import expit, logit

from labeltrust.counts import Tokens
from labeltrust.inference.crowd import FittedCrowd
from labeltrust.inference.crowd_rows import Bool, Float, Int, summed
from labeltrust.inference.peer_view import peer_view
from labeltrust.inference.share_tail import Share

EVERY = -1
"""The look at all labels that differ; others look at one class given where peers do not see it."""
SURE = 0.6
"""Belief of peers in a class below which a label neither agrees nor disagrees."""
MOST_CLASSES = 5
"""With more classes than this they are looked at together only."""
MIN_INSIDE = 4
MIN_OUTSIDE = 20
FEWEST_ROWS = 50
_AT_A_TIME = 400_000
"""Cells, empty ones too, that are counted at a time; a dozen numbers each."""
_LEVELS_SPREAD = 1.0
"""Standard deviation, in log odds, of an own level by class that few labels tell."""
_NO_ROWS = 2.0
"""Standard error of a level that no row tells, in log odds."""
_EDGE = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class WordCells:
    """The cells of one look with enough labels inside and outside; (n,) unless said otherwise.

    Attributes:
        said: Class that is looked for, or `EVERY`.
        labeler: Codes of labelers.
        word: Codes of words.
        share: Hits, labels and expected hits inside.
        rest: The same on all other items.
        error: Standard error of the own level, in log odds of the expected share.
        total: (n_words,) hits, labels and expected hits of all reference labelers together.
    """

    said: int
    labeler: Int
    word: Int
    share: Share
    rest: Share
    error: Float
    total: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Rows with peers who are sure of a class, by labeler; (k,) each.

    `chance` is that of each class given, from the labeler himself: (k, n_classes).
    """

    labeler: Int
    item: Int
    label: Int
    believed: Int
    differs: Float
    chance: Float


def rows_of(crowd: FittedCrowd) -> Rows:
    """Return the rows that looks are made of.

    Args:
        crowd: The fitted crowd.
    """
    view = peer_view(crowd, SURE)
    belief, confusion = crowd.belief[view.row], np.exp(crowd.model.log_confusion)
    classes = range(crowd.rows.n_classes)
    given = [(belief * confusion[view.labeler, :, c]).sum(axis=1) for c in classes]
    return Rows(
        labeler=view.labeler,
        item=crowd.rows.item[view.row],
        label=view.label,
        believed=view.believed,
        differs=1 - view.own_chance,
        chance=np.stack(given, axis=1),
    )


def word_cells(rows: Rows, tokens: Tokens, reference: Bool) -> Iterator[WordCells]:
    """Yield the cells of every look.

    Args:
        rows: Labels with peers who are sure.
        tokens: Words of the items of the crowd, by item code.
        reference: (n_labelers,) who may belong to the honest population.
    """
    words, n_classes = tokens.matrix(), rows.chance.shape[1]
    for said in (EVERY, *(range(n_classes) if n_classes <= MOST_CLASSES else ())):
        look = _Look.of(rows, said, words, reference)
        if look.labeler.size >= FEWEST_ROWS:
            yield look.cells()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """Rows of one look: which are hits, and how likely each was."""

    said: int
    labeler: Int
    item: Int
    believed: Int
    hit: Float
    chance: Float
    words: sparse.csr_array
    reference: Bool

    @classmethod
    def of(cls, rows: Rows, said: int, words: sparse.csr_array, reference: Bool) -> "_Look":
        """Return the rows that could be hits of a look."""
        every = said == EVERY
        could = np.flatnonzero(rows.believed != said)
        hit = rows.label != rows.believed if every else rows.label == said
        chance = rows.differs if every else rows.chance[:, said]
        return cls(
            said=said,
            labeler=rows.labeler[could],
            item=rows.item[could],
            believed=rows.believed[could],
            hit=hit[could].astype(np.float64),
            chance=np.clip(chance[could], _EDGE, 1 - _EDGE),
            words=words,
            reference=reference,
        )

    def cells(self) -> WordCells:
        """Count some labelers at a time, all their words together."""
        step = max(_AT_A_TIME // max(self.words.shape[1], 1), 1)
        starts = range(0, self.reference.size, step)
        parts = [self._some(first, min(first + step, self.reference.size)) for first in starts]
        return _joined(parts)

    def _some(self, first: int, end: int) -> WordCells:
        """Count the labelers in [first, end): rows lie by labeler."""
        mine = slice(*np.searchsorted(self.labeler, [first, end]))
        inside = np.zeros((5, end - first, self.words.shape[1]))
        rest = np.zeros((3, end - first, 1))
        for believed in np.unique(self.believed[mine]).tolist():
            at = np.flatnonzero(self.believed[mine] == believed) + mine.start
            some, all_of = self._by_class(at, first, end)
            inside += some
            rest += all_of
        n, hits, expected, variance, spread = inside
        labeler, word = np.nonzero((n >= MIN_INSIDE) & (rest[0] - n >= MIN_OUTSIDE))
        cell = labeler, word
        share = Share(hits=hits[cell], n=n[cell], expected=expected[cell])
        own = self.reference[first:end]
        return WordCells(
            said=self.said,
            labeler=labeler + first,
            word=word,
            share=share,
            rest=_minus(_whole(rest[:, labeler, 0]), share),
            error=np.sqrt(variance[cell]) / np.maximum(spread[cell], _EDGE),
            total=_whole(inside[:3, own].sum(axis=1)),
        )

    def _by_class(self, at: Int, first: int, end: int) -> tuple[Float, Float]:
        """Count the rows of one believed class: per cell, and per labeler over all items."""
        who = self.labeler[at] - first
        weights = np.ones(at.size), self.hit[at], self.chance[at]
        hit = np.flatnonzero(self.hit[at])
        hits = self._inside(np.ones(hit.size, dtype=np.float32), who[hit], at[hit], end - first)
        # labels as the real part and chances as the imaginary one take one product
        both = self._inside((1 + 1j * self.chance[at]).astype(np.complex64), who, at, end - first)
        n, chance = both.real.astype(np.float64), both.imag.astype(np.float64)
        whole = np.stack([summed(who, weight, end - first) for weight in weights])[:, :, None]
        other = Share(
            hits=whole[1] - hits, n=whole[0] - n, expected=np.maximum(whole[2] - chance, 0.0)
        )
        unsure = np.nan_to_num(other.error, nan=_NO_ROWS) ** 2
        trusted = _LEVELS_SPREAD**2 / (_LEVELS_SPREAD**2 + unsure)
        level = trusted * np.nan_to_num(other.log_odds)
        p = expit(logit(np.clip(chance / np.maximum(n, 1.0), _EDGE, 1 - _EDGE)) + level)
        uneven = n * p * (1 - p)
        variance = uneven**2 * trusted * unsure
        return np.stack([n, hits, n * p, variance, uneven]), whole

    def _inside(self, weight: NDArray[Any], who: Int, at: Int, n_labelers: int) -> NDArray[Any]:
        """Return the sum of weights by labeler and word, (n_labelers, n_words)."""
        entries = weight, (who, self.item[at])
        given = sparse.csr_array(entries, shape=(n_labelers, self.words.shape[0]))
        found: NDArray[Any] = (given @ self.words).toarray()
        return found


def _whole(sums: Float) -> Share:
    """Return three rows, labels and hits and expected hits, as a share."""
    return Share(n=sums[0], hits=sums[1], expected=sums[2])


def _minus(whole: Share, part: Share) -> Share:
    return Share(
        hits=whole.hits - part.hits,
        n=whole.n - part.n,
        expected=np.maximum(whole.expected - part.expected, 0.0),
    )


def _joined(parts: Sequence[WordCells]) -> WordCells:
    """Put the cells of several groups of labelers together, and add up their totals."""
    first = parts[0]
    return replace(
        first,
        labeler=np.concatenate([part.labeler for part in parts]),
        word=np.concatenate([part.word for part in parts]),
        share=_shares([part.share for part in parts]),
        rest=_shares([part.rest for part in parts]),
        error=np.concatenate([part.error for part in parts]),
        total=Share(
            hits=np.sum([part.total.hits for part in parts], axis=0),
            n=np.sum([part.total.n for part in parts], axis=0),
            expected=np.sum([part.total.expected for part in parts], axis=0),
        ),
    )


def _shares(parts: Sequence[Share]) -> Share:
    return Share(
        hits=np.concatenate([part.hits for part in parts]),
        n=np.concatenate([part.n for part in parts]),
        expected=np.concatenate([part.expected for part in parts]),
    )
