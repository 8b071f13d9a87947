"""What a labeler's page draws, of every labeler at once: sums over rows, no labels to read later.

A portrait is small and bounded whatever the number of labels, so that a page reads one row.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from labeltrust.inference.crowd import FittedCrowd
from labeltrust.inference.crowd_rows import Float, Int, summed
from labeltrust.inference.without import rows_of_items
from labeltrust.policy.meetings import Meetings, meetings
from labeltrust.policy.population import Bool
from labeltrust.signals._base import Evidence

Portrait = dict[str, Any]
SPANS = 60
"""Time spans that a labeler's life is cut into: more cannot be seen on a page."""
SHOWN_ITEMS = 20
SHOWN_OF_SUSPECTS = 60
SHOWN_OTHERS = 12
DAY_US = 86_400_000_000
_DIGITS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sums:
    """Of all labelers: (n_labelers, true class, said class) on gold, as peers believe, as usual."""

    gold: Float
    believed: Float
    usual: Float
    own: Float
    peers: Float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spans:
    """Of all labelers: (n_labelers, SPANS) labels, how many peers doubt, how many is usual."""

    first_us: Int
    width_us: Int
    n: Float
    doubted: Float
    usual: Float


def portraits(evidence: Evidence, labeler_ids: Int, suspects: Bool) -> Iterator[Portrait]:
    """Yield the portrait of each labeler by code.

    Keys: `gold`, `believed` and `usual` (class by class, true ones down), `mix` and `peers`
    (labels by class on shared items, and those of the others there), `spans` (first_us, width_us
    and, for each span with labels, its number, labels, doubted, usual), `pairs`, and `items`.

    Args:
        evidence: What signals read.
        labeler_ids: (n_labelers,) opaque ids.
        suspects: (n_labelers,) of whom more items are kept.
    """
    crowd = evidence.crowd
    sums, spans = _sums(crowd), _spans(crowd)
    pairs = meetings(crowd)
    items = _items(crowd, evidence.judgments.item_id, labeler_ids, suspects)
    for code in range(crowd.rows.n_labelers):
        yield {
            "gold": _rounded(sums.gold[code]),
            "believed": _rounded(sums.believed[code]),
            "usual": _rounded(sums.usual[code]),
            "mix": _rounded(sums.own[code]),
            "peers": _rounded(sums.peers[code]),
            "spans": _span_part(spans, code),
            "pairs": _pair_part(pairs, code, labeler_ids),
            "items": items.get(code, []),
        }


def _sums(crowd: FittedCrowd) -> _Sums:
    rows, belief = crowd.rows, crowd.belief
    n, k = rows.n_labelers, rows.n_classes
    cell = rows.labeler * k + rows.label
    truth = rows.gold[rows.item]
    known = truth >= 0
    gold = np.bincount(
        (rows.labeler[known] * k + truth[known]) * k + rows.label[known], minlength=n * k * k
    )
    usual = belief @ crowd.model.typical
    believed, expected = np.zeros((n, k, k)), np.zeros((n, k, k))
    for t in range(k):
        believed[:, t, :] = summed(cell, belief[:, t], n * k).reshape(n, k)
        for x in range(k):
            expected[:, t, x] = summed(rows.labeler, belief[:, t] * usual[:, x], n)
    voters = crowd.others.sum(axis=1)
    met = voters > 0
    share = crowd.others[met] / voters[met, None]
    who = rows.labeler[met]
    return _Sums(
        gold=gold.reshape(n, k, k).astype(np.float64),
        believed=believed,
        usual=expected,
        own=np.bincount(cell[met], minlength=n * k).reshape(n, k).astype(np.float64),
        peers=np.stack([summed(who, share[:, x], n) for x in range(k)], axis=1),
    )


def _spans(crowd: FittedCrowd) -> _Spans:
    rows, n = crowd.rows, crowd.rows.n_labelers
    first = np.full(n, np.iinfo(np.int64).max)
    last = np.zeros(n, dtype=np.int64)
    np.minimum.at(first, rows.labeler, rows.occurred_us)
    np.maximum.at(last, rows.labeler, rows.occurred_us)
    first = np.where(rows.activity > 0, first - first % DAY_US, 0)
    width = (-(-(last - first + 1) // (SPANS * DAY_US))).clip(1) * DAY_US
    span = ((rows.occurred_us - first[rows.labeler]) // width[rows.labeler]).clip(0, SPANS - 1)
    key = rows.labeler * SPANS + span
    at = np.arange(rows.n)
    doubt = 1 - crowd.belief[at, rows.label]
    usual = 1 - ((crowd.belief @ crowd.model.typical) * crowd.belief).sum(axis=1)
    return _Spans(
        first_us=first,
        width_us=width,
        n=np.bincount(key, minlength=n * SPANS).reshape(n, SPANS).astype(np.float64),
        doubted=summed(key, doubt, n * SPANS).reshape(n, SPANS),
        usual=summed(key, usual, n * SPANS).reshape(n, SPANS),
    )


def _span_part(found: _Spans, code: int) -> Mapping[str, Any]:
    some = np.flatnonzero(found.n[code])
    return {
        "first_us": int(found.first_us[code]),
        "width_us": int(found.width_us[code]),
        "span": some.tolist(),
        "n": found.n[code, some].astype(np.int64).tolist(),
        "doubted": found.doubted[code, some].round(_DIGITS).tolist(),
        "usual": found.usual[code, some].round(_DIGITS).tolist(),
    }


def _pair_part(found: Meetings, code: int, labeler_ids: Int) -> list[dict[str, Any]]:
    return [
        {
            "labeler": int(labeler_ids[found.other[k]]),
            "shared": int(found.shared[k]),
            "same": int(found.same[k]),
            "expected": round(float(found.expected[k]), _DIGITS),
            "excess": round(float(found.excess[k]), 2),
        }
        for k in range(found.begins[code], found.begins[code + 1])
    ]


def _items(
    crowd: FittedCrowd, item_ids: Int, labeler_ids: Int, suspects: Bool
) -> dict[int, list[dict[str, Any]]]:
    """Return the items on which each labeler is doubted most, with the labels of the others."""
    rows = crowd.rows
    chosen = _doubted(crowd, suspects)
    at, place = rows_of_items(rows, rows.item[chosen])
    ends = np.cumsum(np.bincount(place, minlength=chosen.size))
    found: dict[int, list[dict[str, Any]]] = {}
    for k, row in enumerate(chosen.tolist()):
        here = at[ends[k - 1] if k else 0 : ends[k]]
        others = here[here != row][:SHOWN_OTHERS]
        belief = crowd.belief[row]
        found.setdefault(int(rows.labeler[row]), []).append(
            {
                "item": int(item_ids[rows.item[row]]),
                "said": int(rows.label[row]),
                "believed": int(belief.argmax()),
                "belief": round(float(belief.max()), _DIGITS),
                "gold": bool(rows.gold[rows.item[row]] >= 0),
                "at_us": int(rows.occurred_us[row]),
                "n_others": int(here.size) - 1,
                "others": [
                    [int(labeler_ids[who]), int(label)]
                    for who, label in zip(rows.labeler[others], rows.label[others], strict=True)
                ],
            }
        )
    return found


def _doubted(crowd: FittedCrowd, suspects: Bool) -> Int:
    """Return rows where another label is believed, the surest first, so many of each labeler."""
    rows = crowd.rows
    own = crowd.belief[np.arange(rows.n), rows.label]
    margin = crowd.belief.max(axis=1, initial=0.0) - own
    some = np.flatnonzero(margin > 0)
    order = some[np.lexsort((some, -margin[some], rows.labeler[some]))]
    who = rows.labeler[order]
    n = np.bincount(who, minlength=rows.n_labelers)
    rank = np.arange(order.size) - np.repeat(np.cumsum(n) - n, n)
    most = np.where(suspects, SHOWN_OF_SUSPECTS, SHOWN_ITEMS)
    chosen: Int = order[rank < most[who]]
    return chosen


def _rounded(table: Float) -> list[Any]:
    found: list[Any] = table.round(2).tolist()
    return found
