"""A sequential test that can be played again on part of the evidence.

A freeze must survive without its most hostile accusers. So a signal keeps the tests behind its
e-values: family, honest population and alternative stay as fitted to the whole crowd, and only the
labels they are played on change.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

from labeltrust.inference.blocks import Blocks, blocks_of
from labeltrust.inference.crowd import FittedCrowd
from labeltrust.inference.crowd_rows import Float, Int
from labeltrust.inference.e_process import OnsetEvidence, onset_e_process
from labeltrust.inference.families import OfRows


@dataclass(frozen=True, slots=True, kw_only=True)
class SequentialTest:
    """One e-process, ready to be played on a crowd.

    Attributes:
        family: A crowd to the log likelihoods of its rows.
        relevant: A crowd to the rows, in order, that the test looks at.
        block_size: Rows a block.
        honest: (n_grid,) the honest population.
        bad: (n_grid,) the alternative.
        log_weight: Log of its share in the mean of e-values that it belongs to.
    """

    family: Callable[[FittedCrowd], OfRows]
    relevant: Callable[[FittedCrowd], Int]
    block_size: int
    honest: Float
    bad: Float
    log_weight: float = 0.0

    def blocks(self, crowd: FittedCrowd) -> Blocks:
        """Return the log likelihoods of the crowd in blocks."""
        return blocks_of(crowd.rows, self.relevant(crowd), self.block_size, self.family(crowd))

    def play(self, crowd: FittedCrowd) -> OnsetEvidence:
        """Return the e-process of every labeler of the crowd, without the weight."""
        return onset_e_process(self.blocks(crowd), self.honest, self.bad)


def all_rows(crowd: FittedCrowd) -> Int:
    """Return every row in received order: what a test without special needs looks at."""
    return crowd.order


def weighted_log_e(tests: tuple[SequentialTest, ...], crowd: FittedCrowd) -> Float:
    """Return the log of the weighted mean of the tests' e-values, (n_labelers,)."""
    played = [test.play(crowd).log_e + test.log_weight for test in tests]
    total: Float = logsumexp(np.array(played), axis=0)
    return total
