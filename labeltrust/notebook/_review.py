"""A week or a month of a project beside the one before: measures, flags, audits, gate, people."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from labeltrust.domain.audits import RUNNING
from labeltrust.domain.estimates import Measured, Undefined
from labeltrust.metrics.gold_accuracy import wilson
from labeltrust.notebook._nothing import NO_LABELS
from labeltrust.notebook._review_models import (
    DAY_US,
    accuracy_drop,
    divergence,
    drift,
    regressed,
    two_models,
)
from labeltrust.notebook._review_numbers import (
    NOT_ASSESSED,
    REFUSED,
    UNKNOWN,
    against_target,
    agreed,
    alpha,
    moved,
    right_on_gold,
    spread,
    window_block,
)
from labeltrust.services.read_judgments import read_current
from labeltrust.services.show_audit import AuditResult, audit_result, list_audits
from labeltrust.services.show_gate import show_gate
from labeltrust.services.show_workload import show_workload
from labeltrust.services.watch_sources import watch_sources
from labeltrust.store.judgments import LoadedJudgments

if TYPE_CHECKING:
    from labeltrust.domain.principals import Principal
    from labeltrust.notebook._project import Project

_TRIGGER = "feature_trigger"
_WINDOWS = {"this": 0, "the one before": 1}
_FLAGS = ["window", "opened", "confirmed", "dismissed", "days_to_verdict"]
_PEOPLE = ["person", "open", "oldest", "decided_short", "decided_long", "median_time"]
_NUMBERS = [
    "begins",
    "labels",
    "labelers",
    "items",
    *(column for name in ("agreement", "alpha", "gold") for column in spread(name, UNKNOWN)),
]
_AUDITS = ["audit", "status", "asked", "answered", "turns", *spread("error_rate", UNKNOWN)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A project as it was read for a review.

    Labels are taken by the time that the platform gave, in windows of whole days up to the newest
    label; acts by our own clock, up to now. In a project at work both end together.

    Attributes:
        project: The project.
        reader: Who reads.
        loaded: Its current judgments.
        days: Length of a window.
        now: The end, by our clock.
    """

    project: "Project"
    reader: "Principal"
    loaded: LoadedJudgments
    days: int
    now: datetime

    @property
    def started(self) -> datetime:
        """When the window of acts begins."""
        return self.now - timedelta(days=self.days)

    def _window(self, ago: int) -> tuple[int, int]:
        end = int(self.loaded.occurred_us.max(initial=0)) // DAY_US + 1
        return end - (ago + 1) * self.days, end - ago * self.days

    def _rows(self, ago: int) -> np.ndarray:
        first, end = self._window(ago)
        day = self.loaded.occurred_us // DAY_US
        found: np.ndarray = (day >= first) & (day < end)
        return found

    def windows(self, most: int = 8) -> pd.DataFrame:
        """Return one row a window with labels, oldest first.

        Returns:
            Columns begins, labels, labelers, items, and agreement, alpha and gold, each with low,
            high, n and reason.
        """
        rows = [self._numbers(ago) for ago in reversed(range(most)) if self._rows(ago).any()]
        return pd.DataFrame(rows, columns=_NUMBERS)

    def labels_words(self) -> str:
        """Return how many labels came lately, in a sentence."""
        this, before = (int(self._rows(ago).sum()) for ago in (0, 1))
        if not this:
            return NO_LABELS
        people = int(np.unique(self.loaded.labeler[self._rows(0)]).size)
        told = f"{this:,} labels by {people} labelers in the last {self.days} days with labels"
        return f"{told}; {before:,} in those before." if before else f"{told}."

    def _numbers(self, ago: int) -> dict[str, Any]:
        kept = self._rows(ago)
        judgments = window_block(self.loaded, kept)
        begins = pd.Timestamp(self._window(ago)[0] * DAY_US, unit="us", tz="UTC")
        return {
            "begins": begins,
            "labels": int(kept.sum()),
            "labelers": int(np.unique(self.loaded.labeler[kept]).size),
            "items": int(np.unique(self.loaded.item[kept]).size),
            **spread("agreement", agreed(judgments)),
            **spread("alpha", alpha(judgments)),
            **spread("gold", right_on_gold(judgments)),
        }

    def measures(self) -> pd.DataFrame:
        """Return one row a measure.

        Returns:
            Columns id, measure, target, value with low, high, n and reason, and holds: `yes` or
            `no` where the interval lies on one side of the target, else `not sure` or `unknown`.
        """
        this, before = self._window(0), self._window(1)
        everything = window_block(self.loaded, np.ones(self.loaded.item.size, dtype=np.bool_))
        models = two_models(self.loaded)
        feature, drifted = drift(self.loaded, before, this)
        found = {
            "M1": moved(everything, before, this),
            "M2": drifted,
            "M3": accuracy_drop(models),
            "M4": self._unreadable(),
            "M5": self._provenance(),
            "M6": self._triggered(),
            "M7": regressed(models),
            "M8": REFUSED,
            "M9": divergence(models),
            "M10": agreed(window_block(self.loaded, self._rows(0))),
        }
        rows = [against_target(*told) for told in found.items()]
        rows[1]["measure"] += f": {feature}" * bool(feature)
        return pd.DataFrame(rows)

    def _triggered(self) -> Measured:
        """Return the share of labelers whose labels hang on some feature of the items."""
        if not self.project.is_assessed:
            return NOT_ASSESSED
        read = self.project.signals()
        told = read[(read["signal"] == _TRIGGER) & read["estimate"].notna()] if len(read) else read
        rate = self.project.deployment.settings.flag_rate
        hits = (told["q_value"] <= rate).sum() if len(told) else 0
        reason = "no labeler's labels could be tested for a trigger: items need features"
        return wilson(np.array([hits]), np.array([len(told)]), reason)[0]

    def _provenance(self) -> Measured:
        if not self.project.is_assessed:
            return NOT_ASSESSED
        part = self.project.assessment()
        labels, missing = part["labels"], part["provenance"]["missing"]
        return wilson(np.array([labels - missing]), np.array([labels]), "no labels")[0]

    def _unreadable(self) -> Measured:
        sources = watch_sources(self.project.deployment, self.reader)
        week = [s.activity.week for s in sources if self.project.name in s.source.projects]
        bad = sum(tally.quarantined for tally in week)
        events = bad + sum(tally.accepted + tally.duplicates for tally in week)
        return wilson(np.array([bad]), np.array([events]), "no events within a week")[0]

    def flags(self) -> pd.DataFrame:
        """Return what became of flags: window, opened, confirmed, dismissed, days_to_verdict."""
        flags = self.project.flags()
        return pd.DataFrame([self._decided(flags, name, ago) for name, ago in _WINDOWS.items()])

    def _decided(self, flags: pd.DataFrame, name: str, ago: int) -> dict[str, Any]:
        if flags.empty:
            return dict(zip(_FLAGS, (name, 0, 0, 0, None), strict=True))
        done = flags[self._within(flags["decided_at"], ago)]
        took = pd.to_datetime(done["decided_at"], utc=True) - done["opened_at"]
        days = None if done.empty else float(took.dt.total_seconds().median()) / 86_400
        counts = [int((done["status"] == status).sum()) for status in _FLAGS[2:4]]
        opened = int(self._within(flags["opened_at"], ago).sum())
        return dict(zip(_FLAGS, (name, opened, *counts, days), strict=True))

    def _within(self, at: "pd.Series[Any]", ago: int) -> "pd.Series[bool]":
        end = pd.Timestamp(self.now - ago * timedelta(days=self.days))
        moments = pd.to_datetime(at, utc=True)
        return (moments >= end - pd.Timedelta(days=self.days)) & (moments <= end)

    def signals(self) -> pd.DataFrame:
        """Return how the flags of each signal stand: signal, status, flags; most flags first."""
        flags = self.project.flags()
        if flags.empty:
            return pd.DataFrame(columns=["signal", "status", "flags"])
        each = flags.explode("signals").rename(columns={"signals": "signal"})
        found = each.groupby(["signal", "status"]).size().rename("flags").reset_index()
        total = found.groupby("signal")["flags"].transform("sum")
        order = np.lexsort((found["signal"], -total))
        return found.iloc[order].reset_index(drop=True)

    def freezes(self) -> dict[str, int]:
        """Return freezes by what became of them: placed and lifted in the window, standing now."""
        found = self.project.freezes()
        if found.empty:
            return {"placed": 0, "lifted": 0, "standing": 0}
        return {
            "placed": int(self._within(found["placed_at"], 0).sum()),
            "lifted": int(self._within(found["lifted_at"], 0).sum()),
            "standing": int(found["lifted_at"].isna().sum()),
        }

    def audits(self) -> pd.DataFrame:
        """Return audits under way, and those closed in the window with what they found."""
        cases = list_audits(self.project.deployment, self.reader, self.project.name)
        fresh = [c for c in cases if c.closed_at is None or c.closed_at >= self.started]
        rows = [self._audited(case.id) for case in fresh]
        return pd.DataFrame(rows, columns=_AUDITS)

    def _audited(self, audit: int) -> dict[str, Any]:
        found = audit_result(self.project.deployment, self.reader, audit)
        case = found.audit if isinstance(found, AuditResult) else found
        rate = found.error_rate if isinstance(found, AuditResult) else Undefined(reason="blind")
        return {
            "audit": case.id,
            "status": case.status,
            "asked": case.reason,
            "answered": case.answered,
            "turns": case.turns,
            **spread("error_rate", rate),
        }

    def gate_closed(self) -> timedelta:
        """Return for how long the gate was known to be closed within the window."""
        shown = show_gate(self.project.deployment, self.reader, self.project.name)
        closed, end = timedelta(), self.now
        for turn in shown.turns:
            begun = max(turn.at, self.started)
            closed += max(end - begun, timedelta()) * (not turn.open)
            end = min(end, begun)
        return closed

    def gate_reasons(self) -> pd.DataFrame:
        """Return why the gate is closed now: code, detail."""
        found = show_gate(self.project.deployment, self.reader, self.project.name).gate.reasons
        return pd.DataFrame(
            [{"code": r.code, "detail": r.detail} for r in found], columns=["code", "detail"]
        )

    def to_do(self) -> pd.DataFrame:
        """Return what waits, most urgent first: what, n, with."""
        return to_do_frame(self)

    def people(self) -> pd.DataFrame:
        """Return what each reviewer has to do and did, over all projects."""
        found = show_workload(self.project.deployment, self.reader)
        return pd.DataFrame([asdict(load) for load in found.loads], columns=_PEOPLE)


def to_do_frame(review: Review) -> pd.DataFrame:
    """Return what waits, in the order of urgency: what, n, with (a command or a notebook)."""
    flags = review.project.flags()
    waits = 0 if flags.empty else int((flags["status"] == "open").sum())
    running = int(review.audits()["status"].isin(RUNNING).sum())
    broken = review.measures().query("holds == 'no'")["measure"]
    rows = [
        ("reasons that keep the gate closed", len(review.gate_reasons()), "labeltrust gate"),
        ("flags without a verdict", waits, "labeltrust flags; 02_inspect_a_labeler"),
        ("audits without all answers", running, "labeltrust audit tasks"),
        ("targets missed", len(broken), "03_estimate_damage; 04_postmortem_forensics"),
    ]
    kept = [row for row in rows if row[1]]
    return pd.DataFrame(kept, columns=["what", "n", "with"])


def review_of(project: "Project", reader: "Principal", days: int) -> Review:
    """Read what a review of the last days takes.

    Args:
        project: Whose.
        reader: Who reads.
        days: Length of a window: 7 for a week, 28 for four.
    """
    loaded = read_current(project.deployment, reader, project.name)
    now = project.deployment.clock()
    return Review(project=project, reader=reader, loaded=loaded, days=days, now=now)
