"""The rings of an assessment, as they are named to people."""

from collections.abc import Mapping

from labeltrust.counts import Judgments
from labeltrust.domain.clock import moment
from labeltrust.domain.estimates import Estimate
from labeltrust.inference.collusion import Ring
from labeltrust.policy.names import Names
from labeltrust.policy.scorecard import Document, probability, shown
from labeltrust.signals._base import Readings

SHOWN_ITEMS = 25


def rings_part(
    readings: Mapping[str, Readings], names: Names, judgments: Judgments
) -> list[Document]:
    """Return the rings that signals found, the surest first; empty where there is none.

    Each has `members` (names), `labeler_ids`, `signal`, `share` (of labels on contested items that
    members have from one another, with interval and n), `p_value` (bound on the chance of any such
    ring in an honest crowd), `items` (opaque ids, most telling first), `items_n` and `first_at`.

    Args:
        readings: By signal name.
        names: Names by code.
        judgments: The block, for item ids.
    """
    found = [
        (ring.p_value, name, ring) for name in sorted(readings) for ring in readings[name].groups
    ]
    ordered = sorted(found, key=lambda told: told[0])
    return [_ring(ring, name, names, judgments) for _, name, ring in ordered]


def _ring(ring: Ring, signal: str, names: Names, judgments: Judgments) -> Document:
    share = Estimate(value=ring.share, low=ring.low, high=ring.high, n=ring.shared)
    return {
        "signal": signal,
        "members": [names.labelers[code] for code in ring.members],
        "labeler_ids": [int(names.labeler_ids[code]) for code in ring.members],
        "share": shown(share),
        "p_value": probability(ring.p_value),
        "items": [int(judgments.item_id[item]) for item in ring.items[:SHOWN_ITEMS]],
        "items_n": int(ring.items.size),
        "first_at": moment(ring.first_us).isoformat() if ring.items.size else None,
    }
