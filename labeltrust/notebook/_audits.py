"""An audit before it is drawn: what it would take, and how it is ordered."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from labeltrust.domain.audits import DISPUTED
from labeltrust.notebook._show import Command, command
from labeltrust.policy.audit_choices import Promise, prices, promise, promises, strata_again
from labeltrust.policy.audit_cost import AuditCost
from labeltrust.services.draw_audit import AuditDraft


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedAudit:
    """An audit that nobody has drawn.

    Attributes:
        draft: What was asked for.
        cost: What it takes.
    """

    draft: AuditDraft
    cost: AuditCost

    @property
    def population(self) -> int:
        """Items that can be drawn."""
        return sum(part.population for part in self.cost.strata)

    def strata(self) -> pd.DataFrame:
        """Return one row a part: kind, label, population, drawn, probability, stands_for."""
        found = pd.DataFrame([asdict(part) for part in self.cost.strata])
        probability = found["drawn"] / found["population"]
        return found.assign(probability=probability, stands_for=1 / probability)

    def promises(self) -> pd.DataFrame:
        """Return one row a size: margin as planned, of a random sample, and without correction."""
        found = promises(self.cost.strata, self.draft.plan, self.cost.items)
        return pd.DataFrame(map(asdict, found))

    def promise(self) -> Promise:
        """Return what the planned size promises, and what it would otherwise."""
        return promise(strata_again(self.cost.strata), self.draft.plan, self.cost.items)

    def prices(self, margins: Sequence[float]) -> pd.DataFrame:
        """Return one row a margin: items, reviews, hours."""
        found = prices(self.cost.strata, self.draft.plan, margins, self.cost.seconds_each)
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
            ("flag", draft.flag),
            size,
            ("disputed", plan.disputed),
            ("unanimous", plan.unanimous),
            ("twice", plan.twice),
            ("seed", seed),
            ("reason", reason),
        ]
        return command("labeltrust audit draw", given)
