"""Judgments to sums over items: one counter a file, and the counts of two blocks add up."""
