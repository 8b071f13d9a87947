"""The error rates that labeltrust claims, each beside what was seen, and the targets of power."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from scipy import stats

from labeltrust.domain.estimates import Estimate, Measured
from labeltrust.redteam.measures import share, upper_bound
from labeltrust.redteam.methods import OURS
from labeltrust.redteam.summary import AttackFigures

LEVEL_OF_ALL = 1e-6
"""Chance that any claim of a run is rejected although all hold."""
EVER_FLAGGED = 0.01
FALSE_FREEZES = 0.001
FRAMED = 0.01
NOMINAL = 0.05
CLOSE_TO_ORACLE = 0.9
LEAD = 0.05
WEAK_PEER = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A rate that is claimed, and what was counted.

    Attributes:
        name: What is counted.
        at_most: Claimed rate; None where a figure is only stated.
        k: Times that it happened.
        n: Of how many.
    """

    name: str
    at_most: float | None
    k: int
    n: int

    @property
    def seen(self) -> Measured:
        """The share with its exact 95 % interval."""
        return share(self.k, self.n)

    @property
    def p_value(self) -> float:
        """Chance of at least as many if the claim were just true."""
        if self.at_most is None or not self.n:
            return 1.0
        return float(stats.binom.sf(self.k - 1, self.n, self.at_most))


def error_claims(runs: pd.DataFrame) -> list[Claim]:
    """Return the claims about projects without attackers, and about the honest beside attackers."""
    ours = runs[runs["method"] == OURS]
    quiet = ours[(ours["attackers"] == 0) & ours["table"].isin(["honest", "attacks"])]
    quiet = quiet[(quiet["table"] == "honest") | (quiet["cell"] == "none")]
    beside = ours[(ours["attackers"] > 0) & (ours["table"] == "attacks")]
    return [
        Claim(
            name="projects without attackers with any flag at the end",
            at_most=None,
            k=int((quiet["honest_flagged"] > 0).sum()),
            n=len(quiet),
        ),
        Claim(
            name="projects without attackers with any flag at any look",
            at_most=None,
            k=int((quiet["honest_ever_flagged"] > 0).sum()),
            n=len(quiet),
        ),
        _claim("honest labelers ever flagged", quiet, "honest_ever_flagged", EVER_FLAGGED),
        _claim(
            "honest labelers ever frozen automatically", quiet, "honest_ever_held", FALSE_FREEZES
        ),
        Claim(
            name="honest labelers beside attackers frozen automatically",
            at_most=None,
            k=int(beside["honest_held"].sum()),
            n=int(beside["honest"].sum()),
        ),
    ]


def _claim(name: str, rows: pd.DataFrame, column: str, at_most: float) -> Claim:
    k, n = int(rows[column].sum()), int(rows["honest"].sum())
    return Claim(name=name, at_most=at_most, k=k, n=n)


def framing_claims(framing: pd.DataFrame) -> list[Claim]:
    """Return one claim a cell of the framing grid: how often the victim's labels freeze."""
    return [
        Claim(name=str(cell), at_most=FRAMED, k=int(rows["victim_held"].sum()), n=len(rows))
        for cell, rows in framing.groupby("cell", sort=False)
    ]


def rejected(claims: Sequence[Claim]) -> list[Claim]:
    """Return the claims that a binomial test rejects, at `LEVEL_OF_ALL` over all of them."""
    stated = [claim for claim in claims if claim.at_most is not None]
    return [claim for claim in stated if claim.p_value < LEVEL_OF_ALL / len(stated)]


def bounded(claim: Claim) -> bool:
    """Say whether the 95 % upper bound of the share is within the claim."""
    return claim.at_most is None or upper_bound(claim.k, claim.n) <= claim.at_most


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A figure that is aimed at, what was reached, and whether that is enough."""

    name: str
    wanted: str
    reached: str
    met: bool


POWERS = {
    "flip 30 %": 0.9,
    "targeted 30 %": 0.8,
    "random 30 %": 0.5,
    "flip 50 % from half-time": 0.8,
    "copy ring 30 %": 0.9,
}
RING, SLEEPER, FLIPPER = "copy ring 30 %", "flip 50 % from half-time", "flip 30 %"
_RING_NAMED, _ONSET, _LABELS = 0.5, 0.10, 80


def targets(figures: Sequence[AttackFigures]) -> list[Target]:
    """Return every target that the figures speak of."""
    by_cell = {found.cell: found for found in figures}
    powers = [_power(by_cell[cell], wanted) for cell, wanted in POWERS.items() if cell in by_cell]
    leads = [lead(found) for found in figures if isinstance(found.ahead, Estimate)]
    rates = [_discoveries(found) for found in figures]
    return [*powers, *_special(by_cell), *rates, *leads]


def _discoveries(found: AttackFigures) -> Target:
    """Return the target of realised false discoveries: the nominal rate within the interval."""
    seen = found.false_discovery
    met = not isinstance(seen, Estimate) or seen.low <= NOMINAL
    return Target(
        name=f"false discoveries, {found.cell}",
        wanted=f"{NOMINAL:.2f} or less within the interval",
        reached=told(seen, 3),
        met=met,
    )


def _power(found: AttackFigures, stated: float) -> Target:
    wanted, why = stated, f"{stated:.2f}"
    if isinstance(found.oracle_power, Estimate):
        wanted = min(stated, CLOSE_TO_ORACLE * found.oracle_power.value)
        why = f"{wanted:.2f} (the lower of {stated:.2f} and 0.9 of the oracle's)"
    met = isinstance(found.power, Estimate) and found.power.value >= wanted
    return Target(name=f"power, {found.cell}", wanted=why, reached=told(found.power), met=met)


def _special(by_cell: dict[str, AttackFigures]) -> list[Target]:
    made = []
    if RING in by_cell:
        named = by_cell[RING].ring_named
        met = isinstance(named, Estimate) and named.value >= _RING_NAMED
        made.append(
            Target(name="ring named, copy ring", wanted="0.50", reached=told(named), met=met)
        )
    if SLEEPER in by_cell:
        error = by_cell[SLEEPER].onset_error
        made.append(_within("onset error, sleeper (share of the stream)", error, _ONSET))
    if FLIPPER in by_cell:
        labels = by_cell[FLIPPER].labels_to_flag
        made.append(_within("labels until a 30 % flipper is flagged, median", labels, _LABELS))
    return made


def _within(name: str, value: float | None, most: float) -> Target:
    reached = "over half never" if value is None else f"{value:.3g}"
    met = value is not None and value <= most
    return Target(name=name, wanted=f"at most {most:g}", reached=reached, met=met)


def lead(found: AttackFigures) -> Target:
    """Return the target of the ranking: level with the best method, ahead of it where it is weak.

    Where the best other method is below 0.9 the mean lead must be 0.05, or all that is left to a
    perfect ranking; elsewhere its interval must reach 0.
    """
    ahead, best = found.ahead, found.best_auc
    if not isinstance(ahead, Estimate) or not isinstance(best, Estimate):
        return Target(name=f"AUC, {found.cell}", wanted="", reached="no other method", met=True)
    weak = best.value < WEAK_PEER
    met = ahead.value >= LEAD if weak else ahead.high >= 0
    wanted = f"0.05 ahead of {found.best}" if weak else f"level with {found.best}"
    return Target(name=f"AUC, {found.cell}", wanted=wanted, reached=told(ahead, 3), met=met)


def told(measured: Measured, digits: int = 2) -> str:
    """Return a figure as `0.93 [0.90, 0.96]`, or why there is none.

    >>> told(Estimate(value=0.5, low=0.25, high=0.75, n=4))
    '0.50 [0.25, 0.75]'
    """
    if not isinstance(measured, Estimate):
        return measured.reason
    value, low, high = (f"{x:.{digits}f}" for x in (measured.value, measured.low, measured.high))
    return f"{value} [{low}, {high}]"
