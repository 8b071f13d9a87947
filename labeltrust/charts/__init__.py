"""Tidy frames to charts: one file a signal, and the forest of effects for all the others.

Charts of pages are drawn from what an assessment keeps (`_portrait`, `_standing`, `_trends`): each
has a frame, a drawing, and the same in words for who sees no picture.
"""

from labeltrust.charts._audit_plan import draw_promises, draw_strata
from labeltrust.charts._base import Seen, SignalChart, chart_of, drawn
from labeltrust.charts._damage import draw_changes, draw_shares
from labeltrust.charts._dashboards import (
    budget_frame,
    budget_words,
    draw_budgets,
    draw_mix_change,
    draw_provenance,
    mix_change_frame,
    mix_change_words,
    provenance_frame,
    provenance_words,
)
from labeltrust.charts._drift import draw_drift, drift_frame, drift_words
from labeltrust.charts._drills import draw_drills
from labeltrust.charts._effects import draw as draw_effects
from labeltrust.charts._forensics import draw_between, draw_leaning, draw_onsets
from labeltrust.charts._game_day import draw_attackers, draw_flow
from labeltrust.charts._incident import draw_spans
from labeltrust.charts._look import MARK, draw_unchecked
from labeltrust.charts._meetings import draw_meetings
from labeltrust.charts._models import draw_parting, parting_frame, parting_words
from labeltrust.charts._portrait import (
    confusion_frame,
    confusion_words,
    draw_confusion,
    draw_mix,
    draw_timeline,
    mix_frame,
    mix_words,
    timeline_frame,
    timeline_words,
)
from labeltrust.charts._rates import draw_rates
from labeltrust.charts._replay import draw_replay
from labeltrust.charts._retraining import draw_measures, draw_turned
from labeltrust.charts._review import draw_signal_flags, draw_windows, windows_frame
from labeltrust.charts._standing import draw_standing, standing_frame, standing_words
from labeltrust.charts._trends import (
    agreement_frame,
    agreement_words,
    days_frame,
    days_words,
    draw_agreement,
    draw_days,
)

__all__ = [
    "MARK",
    "Seen",
    "SignalChart",
    "agreement_frame",
    "agreement_words",
    "budget_frame",
    "budget_words",
    "chart_of",
    "confusion_frame",
    "confusion_words",
    "days_frame",
    "days_words",
    "draw_agreement",
    "draw_attackers",
    "draw_between",
    "draw_budgets",
    "draw_changes",
    "draw_confusion",
    "draw_days",
    "draw_drift",
    "draw_drills",
    "draw_effects",
    "draw_flow",
    "draw_leaning",
    "draw_measures",
    "draw_meetings",
    "draw_mix",
    "draw_mix_change",
    "draw_onsets",
    "draw_parting",
    "draw_promises",
    "draw_provenance",
    "draw_rates",
    "draw_replay",
    "draw_shares",
    "draw_signal_flags",
    "draw_spans",
    "draw_standing",
    "draw_strata",
    "draw_timeline",
    "draw_turned",
    "draw_unchecked",
    "draw_windows",
    "drawn",
    "drift_frame",
    "drift_words",
    "mix_change_frame",
    "mix_change_words",
    "mix_frame",
    "mix_words",
    "parting_frame",
    "parting_words",
    "provenance_frame",
    "provenance_words",
    "standing_frame",
    "standing_words",
    "timeline_frame",
    "timeline_words",
    "windows_frame",
]
