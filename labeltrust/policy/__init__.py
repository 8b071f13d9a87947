"""Decisions over all readings: pure functions from evidence to flags, freezes and the gate."""
