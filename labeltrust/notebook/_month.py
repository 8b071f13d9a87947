"""A month of a project: drills of the red team, false alarms, objectives; for its review."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from labeltrust.domain.estimates import Estimate, Measured
from labeltrust.metrics.gold_accuracy import wilson
from labeltrust.notebook._replay import READER
from labeltrust.notebook._review import Review
from labeltrust.notebook._review_numbers import UNKNOWN, spread
from labeltrust.policy.drills import Summary, judged
from labeltrust.services.drills.order_drill import drills_since, summarised
from labeltrust.services.slis.document import show_slis

if TYPE_CHECKING:
    from labeltrust.domain.drills import Drill
    from labeltrust.notebook._project import Project

_DRILLS = [
    "drill", "over", "campaign", "bad_labels", "bad_until_found", "minutes_until_found",
    "seconds_until_contained", "detected", "contained", "others_frozen",
]  # fmt: skip
_OBJECTIVES = ["id", "measure", "whose", "bad", "objective", *spread("value", UNKNOWN), "firing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """What a monthly review looks at besides the numbers of a weekly one.

    Attributes:
        project: The project.
        review: The same days as a weekly review tells them.
        kept: Drills of the installation that were over within them.
        now: The end, by our clock.
    """

    project: "Project"
    review: Review
    kept: tuple["Drill", ...]
    now: datetime

    def drills(self) -> pd.DataFrame:
        """Return one row a drill, the oldest first; what never was is missing."""
        return pd.DataFrame([_row(one) for one in self.kept if one.found], columns=_DRILLS)

    def drill_shares(self) -> Summary:
        """Return the shares found in time, contained in time, and held wrongly."""
        return summarised(self.kept)

    def false_alarms(self) -> Measured:
        """Return the share of decided flags that were dismissed, with its interval."""
        decided = self.review.flags().iloc[0]
        dismissed = int(decided["dismissed"])
        n = dismissed + int(decided["confirmed"])
        return wilson(np.array([dismissed]), np.array([n]), "no flag was decided")[0]

    def objectives(self) -> pd.DataFrame:
        """Return one row an indicator: id, measure, whose, bad, objective, value, firing."""
        found = show_slis(self.project.deployment, READER, self.project.name).slis
        rows = [
            {
                "id": one.id,
                "measure": one.title,
                "whose": one.source or one.labeler or "the project",
                "bad": one.bad_n,
                "objective": one.objective,
                "firing": one.firing or "",
                **spread("value", one.value),
            }
            for one in found
        ]
        return pd.DataFrame(rows, columns=_OBJECTIVES)


def month(project: "Project", days: int = 28) -> Month:
    """Return the last days of a project, up to now.

    Args:
        project: The project.
        days: How many; 28 are four whole weeks, 91 a quarter.
    """
    now = project.deployment.clock()
    kept = drills_since(project.deployment, READER, now - timedelta(days=days))
    return Month(project=project, review=project.review(days), kept=tuple(kept), now=now)


def share_words(found: Measured) -> str:
    """Return a share with interval and n, or why there is none.

    >>> share_words(Estimate(value=0.5, low=0.1, high=0.9, n=4))
    '50 % [10, 90] of 4'
    """
    if not isinstance(found, Estimate):
        return f"undefined: {found.reason}"
    value, low, high = (f"{100 * one:.0f}" for one in (found.value, found.low, found.high))
    return f"{value} % [{low}, {high}] of {found.n}"


def _row(drill: "Drill") -> dict[str, Any]:
    found = drill.found
    if found is None:
        return {}
    went = judged(found)
    return {
        "drill": drill.id,
        "over": drill.finished_at,
        "campaign": drill.draft.campaign,
        "bad_labels": found.bad_labels,
        "bad_until_found": found.bad_until_found,
        "minutes_until_found": found.minutes_until_found,
        "seconds_until_contained": found.seconds_until_contained,
        "detected": "yes" if went.detected else "no",
        "contained": {True: "yes", False: "no", None: "nothing found"}[went.contained],
        "others_frozen": found.others_frozen,
    }
