"""Vendors and sources as suppliers: each against its own past and against the others."""
