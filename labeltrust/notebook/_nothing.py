"""What frames hold where nothing can be said yet: no rows, undefined numbers, and the reason."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from labeltrust.domain.estimates import Undefined
from labeltrust.notebook._damage import DamageFound
from labeltrust.notebook._labeler import LabelerReport
from labeltrust.notebook._retraining import Retraining
from labeltrust.policy.damage import Damage
from labeltrust.services.estimate_damage import DamageReport
from labeltrust.services.show_portrait import Drawn

if TYPE_CHECKING:
    from labeltrust.notebook._game_day import Exercise

NO_LABELS = (
    "Nothing can be said: the project has no label yet. Import labels, or connect a source; then "
    "run this again."
)
NO_ITEMS = (
    "Nothing can be drawn: no item with a label is there to be audited. Import labels, or name a "
    "labeler who has given some; then run this again."
)
NOT_ASSESSED = (
    "Nothing can be said: nothing was assessed yet. Assess the project with the command at the "
    "end; then run this again."
)
NO_SUSPECTS = (
    "Nothing can be said: nobody is flagged, so there is no suspect whose labels could have done "
    "damage. Assess the project if labels came since, or name a labeler in the parameters."
)
NOBODY_IN_CASE = (
    "Nothing can be said: no labeler belongs to this incident. Add one to the case file, or its "
    "flag; or leave the incident out of the parameters to ask about all who are flagged."
)
PARTS = (
    "Nothing can be said: labels with parts (spans, boxes, sets or text) are not attacked yet. "
    "Try a question with classes."
)


def no_report(why: str) -> LabelerReport:
    """Return a labeler's report that holds nothing."""
    entry = {"trust": {"value": None, "reason": why}, "signals": []}
    drawn = Drawn(labeler_id=0, entry=entry, portrait={}, figures={}, onset=None)
    return LabelerReport(
        name="", drawn=drawn, meetings=(), doubted=(), flag_rate=0.0, nothing=why
    )  # fmt: skip


def no_damage(project: str, question: str, why: str) -> DamageFound:
    """Return the damage where nobody is suspected."""
    unknown = Undefined(reason="nobody is suspected")
    damage = Damage(
        labels=0,
        audited=0,
        wrong_labels=unknown,
        wrong_rate=unknown,
        usual_rate=unknown,
        excess_rate=unknown,
        wrong_items=unknown,
        left_items=unknown,
        pairs=(),
    )
    report = DamageReport(
        project=project,
        question=question,
        position=0,
        suspects=(),
        labels=0,
        items=0,
        changed=0,
        undecided=0,
        changes=(),
        damage=damage,
    )
    return DamageFound(report=report, nothing=why)


def no_retraining(target: str, why: str) -> Retraining:
    """Return a retraining of which no model came."""
    columns = ["item", "label", "before", "after"]
    answers = pd.DataFrame({name: pd.Series(dtype=str) for name in columns})
    return Retraining(
        target=target, answers=answers, labels=0, left_out=0, unknown=0, models=(), nothing=why
    )


class NoGameDay:
    """An exercise that could not be held.

    Attributes:
        exercise: What was asked for.
        nothing: Why it was not held, and what to do.
        n_items: Nought.
    """

    n_items = 0

    def __init__(self, exercise: "Exercise", why: str) -> None:
        """Keep the reason."""
        self.exercise, self.nothing = exercise, why

    def attackers(self) -> pd.DataFrame:
        """Return nobody: labeler, began, labels, poisoned, flagged_at, held_at and so on."""
        columns = ["labeler", "began", "labels", "poisoned", "flagged_at", "held_at", "until_flag",
                   "through", "last"]  # fmt: skip
        return pd.DataFrame({name: np.zeros(0) for name in columns})

    def others_flagged(self) -> pd.DataFrame:
        """Return nobody: labeler, flagged_at."""
        return pd.DataFrame({name: np.zeros(0) for name in ("labeler", "flagged_at")})

    def flow(self) -> pd.DataFrame:
        """Return nothing: at, planted, through."""
        return pd.DataFrame({name: np.zeros(0) for name in ("at", "planted", "through")})

    def turned_items(self) -> tuple[int, int, int]:
        """Return nought three times."""
        return 0, 0, 0
