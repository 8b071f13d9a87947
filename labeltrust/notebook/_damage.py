"""The damage that suspects did, as tidy frames."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType

import pandas as pd

from labeltrust.domain.estimates import Estimate, Measured, Undefined
from labeltrust.services.estimate_damage import DamageReport

ESTIMATES: Mapping[str, str] = MappingProxyType(
    {
        "wrong_labels": "wrong labels of the suspects",
        "wrong_items": "items with a wrong training label, suspects in",
        "left_items": "items with a wrong training label, suspects out",
        "wrong_rate": "share of the suspects' labels that is wrong",
        "usual_rate": "share of others' labels on the same items that is wrong",
        "excess_rate": "what suspects have above others on the same items",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DamageFound:
    """What suspects did, as far as audits tell; counts of `report` are facts.

    Attributes:
        report: What was found.
        nothing: Why there is nothing to tell, and what to do; empty where there is something.
    """

    report: DamageReport
    nothing: str = ""

    def rise_words(self) -> str:
        """Return the end of a sentence: whether fewer training labels are wrong without suspects.

        Fewer labels on an item are outvoted more easily, so it can be more.
        """
        before, after = self.report.damage.wrong_items, self.report.damage.left_items
        if isinstance(before, Undefined) or isinstance(after, Undefined):
            return "."
        if after.value <= before.value:
            return ": fewer are wrong without them."
        return (
            ": MORE are wrong without them, because too few others are left on these items. Get "
            "these items labeled again before the suspects are left out."
        )

    def suspects(self) -> pd.DataFrame:
        """Return one row a suspect: labeler, since, clock, labels, audit, audited, why_not."""
        columns = ["labeler", "since", "clock", "labels", "audit", "audited", "why_not"]
        return pd.DataFrame([asdict(one) for one in self.report.suspects], columns=columns)

    def changes(self) -> pd.DataFrame:
        """Return one row a change of training labels: before, after (None: none), items."""
        rows = [asdict(one) for one in self.report.changes]
        return pd.DataFrame(rows, columns=["before", "after", "items"])

    def estimates(self) -> pd.DataFrame:
        """Return one row an estimate: name, text, value, low, high, n, reason (why undefined)."""
        found = self.report.damage
        return pd.DataFrame(
            [{"name": name, "text": text, **_told(getattr(found, name))} for name, text in
             ESTIMATES.items()]
        )  # fmt: skip

    def mistaken(self) -> pd.DataFrame:
        """Return one row a pair of classes: given, found, then value, low, high, n of labels."""
        rows = [
            {"given": pair.given, "found": pair.found, **_told(pair.labels)}
            for pair in self.report.damage.pairs
        ]
        columns = ["given", "found", "value", "low", "high", "n", "reason"]
        return pd.DataFrame(rows, columns=columns)


def _told(measured: Measured) -> dict[str, float | int | str | None]:
    if isinstance(measured, Estimate):
        return {**asdict(measured), "reason": None}
    return {"value": None, "low": None, "high": None, "n": 0, "reason": measured.reason}
