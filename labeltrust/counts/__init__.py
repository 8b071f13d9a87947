"""Judgments to sums over items: one counter a file, and the counts of two blocks add up."""

from labeltrust.counts._base import Columns, Counter, Counts, Judgments, block
from labeltrust.counts._cells import Cells
from labeltrust.counts._split import split

__all__ = ["Cells", "Columns", "Counter", "Counts", "Judgments", "block", "split"]
