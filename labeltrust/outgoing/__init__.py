"""Alerts and hooks to the outside."""
