"""Counts to estimates: pure, sourced, without thresholds."""
