"""The case against each suspect: signals, severity, onset, and whether it is contested."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from labeltrust.domain.clock import microseconds, moment
from labeltrust.inference.crowd import FittedCrowd
from labeltrust.policy.accusers import Accusers, accusers_of
from labeltrust.policy.contesting import Contest, contest
from labeltrust.policy.population import Int, Suspicion
from labeltrust.policy.settings import PolicySettings
from labeltrust.signals._base import FROM_THE_START, Readings, Signal

MIXED = frozenset({"label_shift"})
"""Signals that alone make a case of low severity: to lean is no offence."""
CORROBORATES = 0.05
"""p-value, charged for all weak signals, at which one of them is worth telling in a case that
others opened: it makes a low case a medium one, and never opens, freezes or contests any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What stands against one labeler.

    Attributes:
        labeler: Code.
        signals: Names of the signals that accuse, or that carry the strong evidence; sorted.
        severity: `low`, `medium` or `high`.
        corroborated_by: Names of signals that are too weak to accuse and say the same; sorted.
        strong: Strong enough to freeze labels, before it is asked whether it is contested.
        on_gold: Strong on gold alone, which peers cannot contest.
        since: The onset with its margin, on `clock`; None from the start.
        clock: `received` or `occurred`.
        log_e: Log of the mean e-value, NaN where there is none.
        accusers: Who disagrees.
        contest: Whether and why it is contested.
    """

    labeler: int
    signals: tuple[str, ...]
    severity: str
    corroborated_by: tuple[str, ...]
    strong: bool
    on_gold: bool
    since: datetime | None
    clock: str
    log_e: float
    accusers: Accusers
    contest: Contest

    @property
    def contested(self) -> bool:
        """Whether it is a dispute."""
        return bool(self.contest.reasons) and not self.on_gold

    def rows(self, crowd: FittedCrowd) -> Int:
        """Return the labeler's rows since the onset, on the case's clock, in received order."""
        mine = crowd.rows_of(self.labeler)
        if self.since is None:
            return mine
        column = crowd.rows.occurred_us if self.clock == "occurred" else crowd.rows.received_us
        return mine[column[mine] >= microseconds(self.since)]


def open_cases(
    crowd: FittedCrowd,
    readings: Mapping[str, Readings],
    signals: Mapping[str, Signal],
    suspicion: Suspicion,
    settings: PolicySettings,
) -> tuple[Case, ...]:
    """Open a case against everybody who is suspected, strongest first.

    Args:
        crowd: The fitted crowd.
        readings: By signal name.
        signals: The signals.
        suspicion: The readings weighed.
        settings: Rules.
    """
    proving = {n: r for n, r in readings.items() if not signals[n].corroborates_only}
    on_gold = {n: r for n, r in proving.items() if signals[n].rests_on == "gold"}
    weak = {n: r for n, r in readings.items() if signals[n].corroborates_only}
    cases = [
        _case(crowd, (proving, on_gold, weak), suspicion, int(labeler), settings)
        for labeler in np.flatnonzero(suspicion.suspected)
    ]
    strength = [-1e9 if np.isnan(c.log_e) else c.log_e for c in cases]
    return tuple(cases[k] for k in np.argsort(-np.array(strength), kind="stable"))


def _case(
    crowd: FittedCrowd,
    readings: tuple[Mapping[str, Readings], Mapping[str, Readings], Mapping[str, Readings]],
    suspicion: Suspicion,
    labeler: int,
    settings: PolicySettings,
) -> Case:
    proving, on_gold, weak = readings
    strong = bool(suspicion.strong[labeler])
    carrier = _carrier(proving, labeler) if strong else ""
    names = _accusing(suspicion, labeler) | ({carrier} - {""})
    earliest = int(proving[carrier].earliest_row[labeler]) if carrier else FROM_THE_START
    agreeing = corroborating(weak, labeler)
    rings = [ring.members for found in proving.values() for ring in found.groups]
    accusers = accusers_of(crowd, labeler, earliest, rings)
    since, clock = _since(crowd, labeler, earliest)
    asked = (labeler, earliest, _flipped(proving, labeler, settings))
    return Case(
        labeler=labeler,
        signals=tuple(sorted(names)),
        severity=_severity(names, suspicion, labeler, strong=strong, corroborated=bool(agreeing)),
        corroborated_by=agreeing,
        strong=strong,
        on_gold=_proven(on_gold, labeler, settings),
        since=since,
        clock=clock,
        log_e=float(suspicion.log_e[labeler]),
        accusers=accusers,
        contest=contest(crowd, proving, accusers, asked, settings, strong=strong),
    )


def _accusing(suspicion: Suspicion, labeler: int) -> set[str]:
    rows = zip(suspicion.signals, suspicion.accused, strict=True)
    return {name for name, accused in rows if accused[labeler]}


def _proven(on_gold: Mapping[str, Readings], labeler: int, settings: PolicySettings) -> bool:
    """Whether gold alone is strong, for as many labelers as are the least population."""
    needed = np.log(settings.min_population) - np.log(settings.freeze_rate)
    return any(bool(found.log_e[labeler] >= needed) for found in on_gold.values())


def _carrier(readings: Mapping[str, Readings], labeler: int) -> str:
    """Return the signal whose e-value is the largest."""
    known = {n: r.log_e[labeler] for n, r in readings.items() if np.isfinite(r.log_e[labeler])}
    return max(sorted(known), key=lambda n: float(known[n]), default="")


def _flipped(
    readings: Mapping[str, Readings], labeler: int, settings: PolicySettings
) -> int | None:
    """Return the class that is flipped, by the signal that names one and proves it by itself."""
    for found in readings.values():
        true = found.detail[labeler].get("true")
        if isinstance(true, int) and found.log_e[labeler] >= -np.log(settings.freeze_rate):
            return true
    return None


def corroborating(weak: Mapping[str, Readings], labeler: int) -> tuple[str, ...]:
    """Return the signals that only corroborate and do so, sorted.

    Each is charged for all of them that say anything of the labeler (Bonferroni).

    Args:
        weak: Readings of the signals that open no flag by themselves, by name.
        labeler: Code.
    """
    said = {n: float(r.p_value[labeler]) for n, r in weak.items()}
    known = {n: p for n, p in said.items() if np.isfinite(p)}
    return tuple(sorted(n for n, p in known.items() if p * len(known) <= CORROBORATES))


def _severity(
    names: set[str], suspicion: Suspicion, labeler: int, *, strong: bool, corroborated: bool
) -> str:
    if strong:
        return "high"
    if names <= MIXED:
        return "low"
    sure = np.nanmin(suspicion.q_value[:, labeler]) <= 0.01  # noqa: PLR2004 - a fifth of the rate
    return "medium" if sure or len(names) > 1 or corroborated else "low"


def _since(crowd: FittedCrowd, labeler: int, earliest_row: int) -> tuple[datetime | None, str]:
    """Return the time of the onset, and on which clock.

    Received time is our own, so it is preferred; but where most of a labeler's history came in one
    import, it cannot tell days apart, and the claimed times must do.
    """
    rows = crowd.rows
    mine = crowd.rows_of(labeler)
    received, occurred = np.ptp(rows.received_us[mine]), np.ptp(rows.occurred_us[mine])
    clock = "received" if 2 * received >= occurred else "occurred"
    if earliest_row < 0:
        return None, clock
    column = rows.received_us if clock == "received" else rows.occurred_us
    return moment(int(column[earliest_row])), clock
