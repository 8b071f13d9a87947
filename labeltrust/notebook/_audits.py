"""An audit before it is drawn: what it would take, and how it is ordered."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
import pandas as pd

from labeltrust.domain.audits import DISPUTED, POSTERIOR, STRATIFIED, AuditPlan, Stratum
from labeltrust.domain.errors import InvalidInput
from labeltrust.notebook._show import Command, command
from labeltrust.policy.audit_choices import (
    Price,
    Promise,
    prices,
    promise,
    promises,
    strata_again,
    weighted_prices,
    weighted_promise,
    weighted_promises,
)
from labeltrust.policy.audit_cost import AuditCost
from labeltrust.policy.audit_families import stratified
from labeltrust.policy.audit_weighting import Weights, chances
from labeltrust.services.draw_audit import AuditDraft

_BY_STRATA = (
    "{disputed:.0%} of the sample are spent on items on which labelers differ, {random:.0%} on "
    "random ones, {unanimous:.0%} on items on which all agree: only those can show that many "
    "agreed to be wrong. Within each part items are drawn at random without replacement."
)
_BY_POSTERIOR = (
    "Half of the sample follows the posterior probability that a label is wrong, half goes to all "
    "items alike, so that no item has chance 0, however wrong the posterior is."
)
_WEIGHED = (
    "Each item's chance of being drawn is known before, and an item stands for one over that "
    "chance in the result (Horvitz and Thompson 1952)."
)


def audit_plan(
    margin: float | None = None, *, stratify: str = "class", sampling: str = STRATIFIED
) -> AuditPlan:
    """Return a plan as `labeltrust audit draw` reads its options.

    Args:
        margin: Half width wanted of the interval of the error rate.
        stratify: Some of `class`, `time` and `signal`, by commas; or `none`.
        sampling: `stratified`, or `posterior`: where labels are probably wrong.

    Raises:
        InvalidInput: Names a family that is none.

    >>> audit_plan(0.1, stratify="time, signal").stratify, audit_plan(stratify="none").stratify
    (('time', 'signal'), ())
    """
    names = [name.strip() for name in stratify.split(",")]
    plan = AuditPlan(margin=margin, sampling=sampling)
    return stratified(plan, [name for name in names if name not in {"", "none"}])


NO_COST = AuditCost(
    items=0,
    twice=0,
    reviews=0,
    seconds_each=0.0,
    seconds_known=False,
    hours=0.0,
    margin=1.0,
    strata=(),
)
"""Of an audit that has nothing to draw."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedAudit:
    """An audit that nobody has drawn.

    Attributes:
        draft: What was asked for.
        cost: What it takes.
        weights: What a draw by the posterior goes by; None: items are drawn by strata.
        nothing: Why nothing can be drawn, and what to do; empty where something can.
    """

    draft: AuditDraft
    cost: AuditCost
    weights: Weights | None = None
    nothing: str = ""

    @property
    def population(self) -> int:
        """Items that can be drawn."""
        return sum(part.population for part in self.cost.strata)

    def design(self) -> tuple[str, str]:
        """Return how items are chosen, in words, and what that means for the result."""
        plan = self.draft.plan
        how = _BY_STRATA.format(
            disputed=plan.disputed, random=plan.random, unanimous=plan.unanimous
        )
        return (how if self.weights is None else _BY_POSTERIOR), _WEIGHED

    def strata(self) -> pd.DataFrame:
        """Return one row a part of the items.

        Returns:
            Columns kind, label, window, signal, population, drawn, and the chance of its items:
            probability (the mean), probability_least, probability_most, stands_for (one over the
            mean). Within a stratum all items have one chance, by the posterior each its own.
        """
        columns = [field.name for field in fields(Stratum)]
        found = pd.DataFrame([asdict(part) for part in self.cost.strata], columns=columns)
        if self.weights is None:
            mean = least = most = found["drawn"] / found["population"]
        else:
            chance = pd.Series(chances(self.weights.doubt, self.cost.items))
            each = chance.groupby(self.weights.stratum).agg(["mean", "min", "max"])
            each = each.reindex(range(len(found)), fill_value=np.nan)
            mean, least, most = (each[name] for name in ("mean", "min", "max"))
        return found.assign(
            probability=mean, probability_least=least, probability_most=most, stands_for=1 / mean
        )

    def promises(self) -> pd.DataFrame:
        """Return one row a size: what it promises as planned, and what it would otherwise.

        Returns:
            Columns size, margin (as planned, at worst), random (of a random sample), endless
            (without correction for a finite population), expected (if the posterior is right).
        """
        if self.nothing:
            return pd.DataFrame(columns=[field.name for field in fields(Promise)])
        if self.weights is not None:
            found = weighted_promises(self.weights.doubt, self.cost.items)
        else:
            found = promises(self.cost.strata, self.draft.plan, self.cost.items)
        return pd.DataFrame(map(asdict, found))

    def promise(self) -> Promise:
        """Return what the planned size promises, and what it would otherwise.

        Raises:
            InvalidInput: Nothing can be drawn.
        """
        if self.nothing:
            raise InvalidInput(self.nothing, code="nothing_to_audit")
        if self.weights is not None:
            return weighted_promise(self.weights.doubt, self.cost.items)
        return promise(strata_again(self.cost.strata), self.draft.plan, self.cost.items)

    def prices(self, margins: Sequence[float]) -> pd.DataFrame:
        """Return one row a margin: items, reviews, hours."""
        if self.nothing:
            return pd.DataFrame(columns=[field.name for field in fields(Price)])
        plan, each = self.draft.plan, self.cost.seconds_each
        if self.weights is not None:
            found = weighted_prices(self.weights.doubt, plan, margins, each)
        else:
            found = prices(self.cost.strata, plan, margins, each)
        return pd.DataFrame(map(asdict, found))

    def figures(self) -> dict[str, Any]:
        """Return its numbers by name; `disputed` counts the disputed items that are drawn."""
        disputed = sum(part.drawn for part in self.cost.strata if part.kind == DISPUTED)
        return {
            "population": self.population,
            "disputed": disputed,
            "items": self.cost.items,
            "reviews": self.cost.reviews,
            "hours": self.cost.hours,
        }

    def command(self, reason: str, seed: int) -> Command:
        """Return the command line that draws it.

        Args:
            reason: Why, in words.
            seed: Of the draw, on record with it; 0 takes a new one.
        """
        draft, plan = self.draft, self.draft.plan
        size = ("margin", plan.margin) if plan.margin is not None else ("size", self.cost.items)
        given = [
            ("project", draft.project),
            ("labeler", draft.labeler),
            ("source", draft.source),
            ("flag", draft.flag),
            ("question", draft.question),
            size,
            *_design(plan),
            ("twice", plan.twice),
            *(("reviewer", name) for name in plan.reviewers),
            ("stop-early", plan.stops_early),
            ("seed", seed),
            ("reason", reason),
        ]
        return command("labeltrust audit draw", given)


def _design(plan: AuditPlan) -> list[tuple[str, object]]:
    """Return the options that say how items are chosen; by the posterior, shares count nothing."""
    stratify = ",".join(plan.stratify) or "none"
    if plan.sampling == POSTERIOR:
        return [("stratify", stratify), ("sampling", plan.sampling)]
    return [("disputed", plan.disputed), ("unanimous", plan.unanimous), ("stratify", stratify)]
