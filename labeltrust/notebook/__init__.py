"""The read-only door for investigators: one project as tidy pandas frames.

    from labeltrust.notebook import open_project
    fraud = open_project("fraud")
    fraud.labelers().sort_values("trust")

Times are aware UTC; a number that cannot be computed is missing, and its reason stands beside it.
"""

from labeltrust.notebook._audits import PlannedAudit, audit_plan
from labeltrust.notebook._frames import labeler_frame, signal_frame
from labeltrust.notebook._game_day import Exercise, GameDay, attack_frame, game_day
from labeltrust.notebook._labeler import LabelerReport
from labeltrust.notebook._month import Month, month, share_words
from labeltrust.notebook._project import Project, open_project
from labeltrust.notebook._quarter import Quarter, quarter, rates_frame
from labeltrust.notebook._replay import ReplayReport
from labeltrust.notebook._retraining import Retraining, read_table
from labeltrust.notebook._review import Review
from labeltrust.notebook._show import Command, prepare, say, table

__all__ = [
    "Command",
    "Exercise",
    "GameDay",
    "LabelerReport",
    "Month",
    "PlannedAudit",
    "Project",
    "Quarter",
    "ReplayReport",
    "Retraining",
    "Review",
    "attack_frame",
    "audit_plan",
    "game_day",
    "labeler_frame",
    "month",
    "open_project",
    "prepare",
    "quarter",
    "rates_frame",
    "read_table",
    "say",
    "share_words",
    "signal_frame",
    "table",
]
