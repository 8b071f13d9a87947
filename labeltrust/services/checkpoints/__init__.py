"""Checkpoints of the history: signed, kept outside, compared, proved."""
