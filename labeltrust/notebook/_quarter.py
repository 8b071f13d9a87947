"""A quarter of a project: game days, budgets, incidents, gold, thresholds, what is to be done."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from labeltrust.domain.drills import CAMPAIGNS, SUITE, GameDay
from labeltrust.domain.estimates import Estimate, Measured
from labeltrust.metrics.gold_accuracy import wilson
from labeltrust.notebook._month import Month, month
from labeltrust.notebook._replay import READER
from labeltrust.notebook._review_numbers import UNKNOWN, spread
from labeltrust.policy.reports import SPANS
from labeltrust.services.drills.game_days import game_days_since
from labeltrust.services.drills.order_drill import summarised
from labeltrust.services.list_incidents import IncidentsAsked, list_incidents
from labeltrust.services.preview_thresholds import show_thresholds
from labeltrust.services.reports.show_report import Report, show_report
from labeltrust.services.show_incident import show_incident

if TYPE_CHECKING:
    from labeltrust.notebook._project import Project
    from labeltrust.policy.drills import Summary
    from labeltrust.services.reports._incidents import Took

QUARTER: Final = "quarter"
_MOST_INCIDENTS: Final = 1_000
_DECIDED: Final = {"confirmed", "dismissed"}
_SHARES = ("detected", "contained", "held_wrongly")
_DAYS = ["game_day", "ordered", "by", "over", "attacks", *_SHARES, "failed"]
_ATTACKS = ["campaign", "plants", "drills", *(c for n in _SHARES for c in spread(n, UNKNOWN))]
_INCIDENTS = [
    "incident", "title", "severity", "status", "opened", "labels", "hours_to_detect",
    "hours_to_contain", "unknown",
]  # fmt: skip
_ACTIONS = ["incident", "what", "owner", "due", "done", "late"]
_SIGNALS = ["signal", "confirmed", "dismissed", *spread("false", UNKNOWN)]
_BUDGETS = [
    "id",
    "measure",
    "bad",
    "objective",
    *spread("value", UNKNOWN),
    *spread("left", UNKNOWN),
]
_GOLD = ["item", "finding", "gold", "said", "q_value"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarter:
    """What a quarterly exercise looks at; its month is the same quarter, as `month` tells it.

    Attributes:
        project: The project.
        month: Drills, false alarms and objectives of these days.
        report: The quarter beside the one before, as the page *Reports* has it.
        days: Game days of the installation that were ordered within them.
    """

    project: "Project"
    month: Month
    report: Report
    days: tuple[GameDay, ...]

    def game_days(self) -> pd.DataFrame:
        """Return one row a game day, oldest first: how many attacks, how many went which way."""
        return pd.DataFrame([_day(day) for day in self.days], columns=_DAYS)

    def attacks(self) -> pd.DataFrame:
        """Return one row a campaign that was tried, those of game days first.

        Returns:
            Columns campaign, plants (in words), drills, and detected, contained and held_wrongly,
            each with low, high, n and reason.
        """
        names = [*SUITE, *(name for name in CAMPAIGNS if name not in SUITE)]
        told = {name: [d for d in self.month.kept if d.draft.campaign == name] for name in names}
        rows = [_attack(name, summarised(drills)) for name, drills in told.items() if drills]
        return pd.DataFrame(rows, columns=_ATTACKS)

    def budgets(self) -> pd.DataFrame:
        """Return one row an indicator of the project: value, bad, objective, and what is left."""
        rows = [
            {
                "id": one.id,
                "measure": one.title,
                "bad": one.bad_n,
                "objective": one.objective,
                **spread("value", one.value),
                **spread("left", one.budget_left),
            }
            for one in self.report.slis
        ]
        return pd.DataFrame(rows, columns=_BUDGETS)

    def incidents(self) -> pd.DataFrame:
        """Return one row an incident opened within the quarter, what touched most on top.

        Returns:
            Columns incident, title, severity, status, opened, labels, hours_to_detect and
            hours_to_contain (missing where not known), and unknown: why not.
        """
        rows = [
            {
                "incident": one.incident.id,
                "title": one.incident.title,
                "severity": one.incident.severity,
                "status": one.incident.status,
                "opened": one.incident.opened_at,
                "labels": one.labels,
                "hours_to_detect": _hours(one.to_detect),
                "hours_to_contain": _hours(one.to_contain),
                "unknown": _together(one.to_detect.reason, one.to_contain.reason),
            }
            for one in self.report.incidents
        ]
        return pd.DataFrame(rows, columns=_INCIDENTS)

    def times_words(self) -> tuple[str, str]:
        """Return how long incidents took to be seen and to be contained, in two sentences."""
        this = self.report.this
        return (
            f"Hours until an incident was seen, median: {hours_words(this.to_detect)}.",
            f"Until it was contained: {hours_words(this.to_contain)}.",
        )

    def weeks(self, most: int = 13) -> pd.DataFrame:
        """Return one row a week with labels, oldest first; see `Review.windows`."""
        return self.project.review(7).windows(most)

    def gold_items(self) -> pd.DataFrame:
        """Return gold items to look at again: probably wrong, or perhaps known to labelers."""
        return pd.DataFrame(list(_gold(self._gold())), columns=_GOLD)

    def gold_words(self) -> str:
        """Return how the gold set stands, in a sentence."""
        found = self._gold()
        if not found["n"]:
            return f"The health of the gold set is not known: {found['reason']}."
        wrong, leaked = len(found["probably_wrong"]), len(found["perhaps_leaked"])
        return (
            f"{found['n']:,} gold items are answered; {wrong} of them are probably wrong, "
            f"{leaked} perhaps known to labelers."
        )

    def _gold(self) -> Mapping[str, Any]:
        if not self.project.is_assessed:
            return {"n": 0, "reason": "nothing was assessed yet"}
        found: Mapping[str, Any] = self.project.assessment()["gold_items"]
        return found

    def thresholds(self) -> pd.DataFrame:
        """Return one row a threshold in force: threshold, value; missing is left to the crowd."""
        found = show_thresholds(self.project.deployment, READER, self.project.name)
        return pd.DataFrame(list(found.items()), columns=["threshold", "value"])

    def false_alarms(self) -> pd.DataFrame:
        """Return one row a signal whose flags were decided within the quarter.

        A flag by two signals counts for both. Columns signal, confirmed, dismissed, and false (the
        share dismissed) with low, high, n and reason; the most often dismissed on top.
        """
        flags = self.project.flags()
        if flags.empty:
            return pd.DataFrame(columns=_SIGNALS)
        decided = pd.to_datetime(flags["decided_at"], utc=True) >= self.month.review.started
        each = flags[decided & flags["status"].isin(_DECIDED)].explode("signals")
        rows = [_signal(str(name), part) for name, part in each.groupby("signals")]
        found = pd.DataFrame(rows, columns=_SIGNALS)
        return found.sort_values("dismissed", ascending=False, kind="stable", ignore_index=True)

    def actions(self) -> pd.DataFrame:
        """Return what was agreed on in incidents and is open, or was done within the quarter."""
        asked = IncidentsAsked(project=self.project.name)
        deployment, rows = self.project.deployment, list[dict[str, Any]]()
        today = self.month.now.date().isoformat()
        for line in list_incidents(deployment, READER, asked, limit=_MOST_INCIDENTS):
            for task in show_incident(deployment, READER, line.id).tasks:
                if task.done_at is None or task.done_at >= self.month.review.started:
                    late = task.done_at is None and bool(task.due_on) and task.due_on < today
                    told = {"what": task.words, "owner": task.owner, "due": task.due_on}
                    rows.append({"incident": line.id, **told, "done": task.done_at, "late": late})
        found = pd.DataFrame(rows, columns=_ACTIONS)
        return found.sort_values(["done", "due"], na_position="first", ignore_index=True)


def quarter(project: "Project") -> Quarter:
    """Return the last thirteen weeks of a project, up to now."""
    told = month(project, SPANS[QUARTER])
    report = show_report(project.deployment, READER, project.name, QUARTER)
    days = game_days_since(project.deployment, READER, told.review.started)
    return Quarter(project=project, month=told, report=report, days=tuple(days))


def hours_words(found: Measured) -> str:
    """Return hours with interval and n, or why there are none.

    >>> hours_words(Estimate(value=2.5, low=1.0, high=9.25, n=7))
    '2.5 [1.0, 9.2] of 7'
    """
    if not isinstance(found, Estimate):
        return f"undefined: {found.reason}"
    return f"{found.value:.1f} [{found.low:.1f}, {found.high:.1f}] of {found.n}"


def rates_frame(found: pd.DataFrame, name: str, kinds: Mapping[str, str]) -> pd.DataFrame:
    """Return a frame with intervals as rows to draw: name, kind, value, low, high, n.

    Args:
        found: Columns of `kinds`, each with low, high and n.
        name: Column that names a row.
        kinds: Column to its words.
    """
    parts = [
        pd.DataFrame(
            {
                "name": found[name],
                "kind": words,
                "value": found[column],
                **{end: found[f"{column}_{end}"] for end in ("low", "high", "n")},
            }
        )
        for column, words in kinds.items()
    ]
    return pd.concat(parts, ignore_index=True)


def _day(day: GameDay) -> dict[str, Any]:
    told = summarised(day.drills)
    counts = {name: _k(asdict(told)[name]) for name in _SHARES}
    return {
        "game_day": day.id,
        "ordered": day.ordered_at,
        "by": day.ordered_by,
        "over": day.finished_at,
        "attacks": len(day.drills),
        **counts,
        "failed": sum(one.error is not None for one in day.drills),
    }


def _k(share: Mapping[str, Any]) -> int:
    """Return how many a share counts."""
    return round(share["value"] * share["n"]) if share.get("value") is not None else 0


def _attack(name: str, told: "Summary") -> dict[str, Any]:
    shares = [spread(one, getattr(told, one)) for one in _SHARES]
    return {"campaign": name, "plants": CAMPAIGNS[name], "drills": told.n} | {
        key: value for share in shares for key, value in share.items()
    }


def _hours(took: "Took") -> float | None:
    return None if took.span is None else took.span.total_seconds() / 3600


def _together(*reasons: str) -> str:
    return "; ".join(dict.fromkeys(filter(None, reasons)))


def _gold(found: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for finding in ("probably_wrong", "perhaps_leaked"):
        for one in found.get(finding, ()):
            yield {"gold": None, "said": None} | one | {"finding": finding.replace("_", " ")}


def _signal(name: str, flags: pd.DataFrame) -> dict[str, Any]:
    dismissed, n = int((flags["status"] == "dismissed").sum()), len(flags)
    share = wilson(np.array([dismissed]), np.array([n]), "no flag was decided")[0]
    counts = {"signal": name, "confirmed": n - dismissed, "dismissed": dismissed}
    return counts | spread("false", share)
