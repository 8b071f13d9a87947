"""The report's section on simulated incidents: how far damage estimates can be believed."""

import pandas as pd

from labeltrust.redteam._markdown import table
from labeltrust.redteam.claims import Claim, told
from labeltrust.redteam.incidents import ESTIMANDS
from labeltrust.redteam.measures import mean

COVERED = 0.93
"""Least share of intervals of a nominal 95 % that cover the truth."""
_NAMES = {
    "wrong_labels": "wrong labels of the suspects",
    "wrong_items": "items with a wrong training label",
    "left_items": "the same without the suspects",
    "usual_rate": "share of others' labels that is wrong",
    "excess_rate": "what suspects have above others",
}
_SHARES = frozenset({"usual_rate", "excess_rate"})


def damage_claims(incidents: pd.DataFrame) -> list[Claim]:
    """Return one claim an estimand: how often its interval misses what only the simulation knows.

    Args:
        incidents: One row an incident, see `run_incidents`.
    """
    return [_claim(name, incidents) for name in ESTIMANDS]


def _claim(name: str, incidents: pd.DataFrame) -> Claim:
    covered = incidents[f"{name}_covered"].dropna().astype(bool)
    misses = int((~covered).sum())
    said = f"interval of {_NAMES[name]} misses the truth"
    return Claim(name=said, at_most=1 - COVERED, k=misses, n=len(covered))


def damage_section(incidents: pd.DataFrame) -> str:
    """Return the section, empty without any incident."""
    if not len(incidents):
        return ""
    found = incidents[incidents["suspects"] > 0]
    quiet = len(incidents) - len(found)
    audited = found["audited"].mean() / found["suspects"].mean()
    columns = ("estimate", "incidents#", "intervals that cover#", "true#", "bias#", "width#")
    rows = [_row(name, found) for name in ESTIMANDS]
    return (
        f"## Damage estimates\n\n{len(incidents)} incidents: 30 labelers, 900 items, 5 labels an "
        "item, two to six attackers with an attack and a rate drawn at random. Whoever is flagged "
        f"is a suspect ({found['suspects'].mean():.1f} an incident, nobody in {quiet}); of each, "
        f"{audited:.0f} labels are audited by somebody who knows the truth. Nominal 95 %, at least "
        "93 % wanted. True: mean over the incidents; bias: mean of the estimate less the truth; "
        "width: mean of the interval.\n\n" + table(columns, rows)
    )


def _row(name: str, found: pd.DataFrame) -> list[str]:
    known = found.dropna(subset=[f"{name}_covered"])
    covered = int(known[f"{name}_covered"].astype(bool).sum())
    digits = 3 if name in _SHARES else 1
    bounds = (-1.0, 1.0) if name in _SHARES else (-1e9, 1e9)
    bias = mean((known[name] - known[f"{name}_true"]).astype(float).tolist(), bounds=bounds)
    width = (known[f"{name}_high"] - known[f"{name}_low"]).astype(float).mean()
    true = known[f"{name}_true"].astype(float).mean()
    return [
        _NAMES[name],
        str(len(known)),
        f"{covered} ({covered / max(len(known), 1):.1%})",
        f"{true:.{digits}f}",
        told(bias, digits),
        f"{width:.{digits}f}",
    ]
