"""Tidy frames to charts."""
