"""Rows of many runs into the figures of the report, each with its interval and n."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from labeltrust.domain.estimates import Measured, Undefined
from labeltrust.redteam.measures import mean, share
from labeltrust.redteam.methods import OURS

NO_PEER = Undefined(reason="no other method ran")


@dataclass(frozen=True, slots=True, kw_only=True)
class AttackFigures:
    """What one cell shows over its seeds.

    Attributes:
        cell: Name.
        auc: Of the product.
        best: Name of the best other method by mean AUC, empty where none ran.
        best_auc: Its AUC.
        ahead: Product's AUC less the best method's, paired by seed.
        power: Share of attackers flagged, at a nominal false discovery rate of 5 %.
        oracle_power: The same for whoever knows the true likelihoods.
        false_discovery: Realised, of the flags that are not contested.
        disputed: Honest labelers a run whose flag is contested.
        caught: Share of attackers flagged at any look.
        held: Share of attackers whose labels are held automatically.
        labels_to_flag: Median of labels after the onset until the first flag, over all attackers;
            None where fewer than half were ever flagged.
        poisoned_to_flag: Median of poisoned labels until then; None as above.
        onset_error: Median distance of the onset, as a share of the stream; None if never flagged.
        ring_named: Share of runs in which the ring is named.
    """

    cell: str
    auc: Measured
    best: str
    best_auc: Measured
    ahead: Measured
    power: Measured
    oracle_power: Measured
    false_discovery: Measured
    disputed: float
    caught: Measured
    held: Measured
    labels_to_flag: float | None
    poisoned_to_flag: float | None
    onset_error: float | None
    ring_named: Measured


def attack_figures(runs: pd.DataFrame, attackers: pd.DataFrame) -> list[AttackFigures]:
    """Return the figures of every cell that has attackers, in the order of the runs."""
    return [
        _figures(str(cell), rows, attackers[attackers["cell"] == cell])
        for cell, rows in runs.groupby("cell", sort=False)
        if rows["attackers"].max() > 0
    ]


def _figures(cell: str, rows: pd.DataFrame, attackers: pd.DataFrame) -> AttackFigures:
    ours = rows[rows["method"] == OURS]
    best, best_auc, ahead = _best(rows)
    n_attackers = int(ours["attackers"].sum())
    return AttackFigures(
        cell=cell,
        auc=mean(_known(ours["auc"])),
        best=best,
        best_auc=best_auc,
        ahead=ahead,
        power=mean(_known(ours["power"])),
        oracle_power=mean(_known(ours["oracle_power"])),
        false_discovery=mean(_known(ours["false_discovery"])),
        disputed=float(ours["honest_disputed"].mean()),
        caught=share(int(ours["attackers_ever_flagged"].sum()), n_attackers),
        held=share(int(ours["attackers_held"].sum()), n_attackers),
        labels_to_flag=censored_median(attackers["labels_to_flag"]),
        poisoned_to_flag=censored_median(attackers["poisoned_to_flag"]),
        onset_error=_median(attackers["onset_error"]),
        ring_named=share(int(ours["ring_named"].sum()), len(ours)),
    )


def _best(rows: pd.DataFrame) -> tuple[str, Measured, Measured]:
    """Return the other method with the best mean AUC, and the product's lead on the same seeds."""
    others = rows[rows["method"] != OURS].dropna(subset=["auc"])
    if others.empty:
        return "", NO_PEER, NO_PEER
    table = rows.pivot_table(index="seed", columns="method", values="auc")
    best = str(others.groupby("method")["auc"].mean().idxmax())
    both = table[[OURS, best]].dropna()
    lead = mean((both[OURS] - both[best]).tolist(), bounds=(-1.0, 1.0))
    return best, mean(_known(table[best])), lead


def method_means(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the mean AUC of every method (columns) on every cell (rows), the product first."""
    told = runs.dropna(subset=["auc"])
    cells = list(dict.fromkeys(told["cell"]))
    methods = [OURS, *[m for m in dict.fromkeys(told["method"]) if m != OURS]]
    table = told.pivot_table(index="cell", columns="method", values="auc")
    return table.reindex(index=cells, columns=methods)


def costs(runs: pd.DataFrame) -> pd.DataFrame:
    """Return median seconds and seeds of every method on the standard crowd."""
    told = runs[runs["table"] == "attacks"]
    grouped = told.groupby("method", sort=False)
    return pd.DataFrame({"seconds": grouped["seconds"].median(), "runs": grouped.size()})


def censored_median(values: "pd.Series[float]") -> float | None:
    """Return the median where missing values are longer than all others; None if it is missing.

    >>> censored_median(pd.Series([10.0, 30.0, None])), censored_median(pd.Series([10.0, None]))
    (30.0, None)
    """
    if values.empty:
        return None
    filled = values.astype(float).fillna(np.inf).to_numpy()
    middle = float(np.median(filled))
    return middle if np.isfinite(middle) else None


def _median(values: "pd.Series[float]") -> float | None:
    known = values.dropna()
    return float(known.astype(float).median()) if len(known) else None


def _known(values: "pd.Series[float]") -> Sequence[float]:
    return [float(value) for value in values.dropna()]
