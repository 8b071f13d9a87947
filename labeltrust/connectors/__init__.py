"""Pulls from platforms."""
