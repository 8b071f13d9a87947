"""Tidy frames to charts: one file a signal, and the forest of effects for all the others."""

from labeltrust.charts._base import Seen, SignalChart, chart_of, drawn
from labeltrust.charts._effects import draw as draw_effects

__all__ = ["Seen", "SignalChart", "chart_of", "draw_effects", "drawn"]
