"""What a reviewer reads of a case: items, who disagreed, what a freeze would hold, the dispute."""

from collections.abc import Mapping

import numpy as np

from labeltrust.counts import Judgments
from labeltrust.domain.clock import microseconds
from labeltrust.inference.crowd import FittedCrowd
from labeltrust.inference.without import rows_of_items
from labeltrust.policy.cases import Case
from labeltrust.policy.names import ClassWords, Names, worded
from labeltrust.policy.population import Int
from labeltrust.signals._base import Readings

SHOWN_ITEMS = 25
SHOWN_ACCUSERS = 10
SHOWN_LABELS = 12
"""Labels of others beside one item: more of them nobody reads."""
_DIGITS = 6


def evidence_of(
    case: Case,
    crowd: FittedCrowd,
    judgments: Judgments,
    readings: Mapping[str, Readings],
    words: tuple[Names, ClassWords],
) -> dict[str, object]:
    """Return the evidence of a case as plain JSON values, with opaque ids of items and labelers.

    Args:
        case: The case.
        crowd: The fitted crowd.
        judgments: The block, for item ids.
        readings: By signal.
        words: Names, and the word of each class.
    """
    names, classes = words
    return {
        "strong": case.strong,
        "supported": True,
        "log_e": _number(case.log_e),
        "clock": case.clock,
        "signals": {name: _reading(readings[name], case.labeler, classes) for name in case.signals},
        "corroborated_by": {
            name: _reading(readings[name], case.labeler, classes) for name in case.corroborated_by
        },
        "items": _items(case, crowd, judgments, words, _examples(case, readings)),
        "disputed": int(_disputed(case, crowd).size),
        "accusers": _accusers(case, names),
        "accusers_n": int(case.accusers.labeler.size),
        "peers": _peers(case, crowd),
        "holds": _holds(case, judgments),
        "clusters": round(case.contest.clusters, 1),
        "remove_k": {
            "k": case.contest.removed,
            "log_e_without": _number(case.contest.log_e_without),
            "smallest": case.contest.smallest,
        },
        "contested_because": list(case.contest.reasons) if case.contested else [],
    }


def _reading(found: Readings, labeler: int, classes: ClassWords) -> dict[str, object]:
    return {
        "effect": _number(float(found.effect[labeler])),
        "low": _number(float(found.low[labeler])),
        "high": _number(float(found.high[labeler])),
        "n": int(found.n[labeler]),
        "p_value": _number(float(found.p_value[labeler])),
        "log_e": _number(float(found.log_e[labeler])),
        "detail": worded(found.detail[labeler], classes),
    }


def _disputed(case: Case, crowd: FittedCrowd) -> Int:
    """Return the rows since the onset where peers or gold believe another class, surest first."""
    mine = case.rows(crowd)
    own = crowd.belief[mine, crowd.rows.label[mine]]
    other = crowd.belief[mine].max(axis=1)
    order = np.argsort(own - other, kind="stable")
    disputed: Int = mine[order[(other > own)[order]]]
    return disputed


def _examples(case: Case, readings: Mapping[str, Readings]) -> list[int]:
    """Return the items that the case's signals name, by id."""
    told = [readings[name].detail[case.labeler].get("items") for name in case.signals]
    return [item for items in told if isinstance(items, list) for item in items]


def _items(
    case: Case,
    crowd: FittedCrowd,
    judgments: Judgments,
    words: tuple[Names, ClassWords],
    examples: list[int],
) -> list[dict[str, object]]:
    """Describe disputed items, those that signals name first."""
    names, classes = words
    rows = _disputed(case, crowd)
    told = ~np.isin(judgments.item_id[crowd.rows.item[rows]], examples)
    rows = rows[np.argsort(told, kind="stable")][:SHOWN_ITEMS]
    at, place = rows_of_items(crowd.rows, crowd.rows.item[rows])
    differs = crowd.rows.label[at] != crowd.rows.label[rows[place]]
    return [
        {
            "item": int(judgments.item_id[crowd.rows.item[row]]),
            "said": classes.fitted[crowd.rows.label[row]],
            "others_believe": classes.fitted[int(crowd.belief[row].argmax())],
            "belief": round(float(crowd.belief[row].max()), _DIGITS),
            "gold": bool(crowd.rows.gold[crowd.rows.item[row]] >= 0),
            "others": _others(crowd, at[place == k], int(row), words),
            "disagreed": [
                int(names.labeler_ids[who])
                for who in crowd.rows.labeler[at[(place == k) & differs]]
            ],
        }
        for k, row in enumerate(rows)
    ]


def _others(
    crowd: FittedCrowd, at: Int, row: int, words: tuple[Names, ClassWords]
) -> list[dict[str, object]]:
    """Return what others said of the item of a row, those who disagree with it first."""
    names, classes = words
    peers = at[crowd.rows.labeler[at] != crowd.rows.labeler[row]]
    agrees = crowd.rows.label[peers] == crowd.rows.label[row]
    shown = peers[np.argsort(agrees, kind="stable")][:SHOWN_LABELS]
    return [
        {
            "labeler": int(names.labeler_ids[crowd.rows.labeler[k]]),
            "said": classes.fitted[crowd.rows.label[k]],
        }
        for k in shown
    ]


def _peers(case: Case, crowd: FittedCrowd) -> int:
    """Return how many others labeled the same items since the onset."""
    at, _ = rows_of_items(crowd.rows, crowd.rows.item[case.rows(crowd)])
    return max(int(np.unique(crowd.rows.labeler[at]).size) - 1, 0)


def _holds(case: Case, judgments: Judgments) -> dict[str, object]:
    """Return what a freeze from the onset on would hold, as of this assessment."""
    mine = np.flatnonzero(judgments.labeler == case.labeler)
    if case.since is not None:
        on_received = case.clock == "received"
        column = judgments.received_us if on_received else judgments.occurred_us
        mine = mine[column[mine] >= microseconds(case.since)]
    first = int(judgments.received_us[mine].min()) if mine.size else None
    return {
        "labels": int(mine.size),
        "items": int(np.unique(judgments.item[mine]).size),
        "first_received_us": first,
    }


def _accusers(case: Case, names: Names) -> list[dict[str, object]]:
    found = case.accusers
    return [
        {
            "labeler": int(names.labeler_ids[found.labeler[k]]),
            "disagreed": int(found.disagreed[k]),
            "of": int(found.shared[k]),
            "dense": bool(found.dense[k]),
            "ring": bool(found.ring.size and found.ring[k] >= 0),
        }
        for k in range(min(SHOWN_ACCUSERS, found.labeler.size))
    ]


def _number(value: float) -> float | None:
    return float(f"{value:.{_DIGITS}g}") if np.isfinite(value) else None
