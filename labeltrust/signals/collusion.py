"""Gives the same unusual labels as a ring of others, more than hard items explain.

Whether two labelers coincide is judged within the item: of its labels, who is with whom. Groups
are found and named; each labeler is tested against the ring that is found without him.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from labeltrust.domain.estimates import Undefined
from labeltrust.inference.against_ring import AgainstRing, against_ring
from labeltrust.inference.collusion import Collusion, collusion, rings
from labeltrust.signals._base import (
    Effects,
    Evidence,
    Float,
    Int,
    Readings,
    Said,
    Signal,
    readings,
    silent,
)

LEVELS = frozenset({"nominal", "ordinal", "interval", "ratio"})
MIN_ITEMS = 10
_Z95 = 1.959964


def read(evidence: Evidence) -> Readings:
    """Test every labeler against the rings; they need no honest majority, only an honest half."""
    crowd = evidence.crowd
    found = collusion(crowd)
    if isinstance(found, Undefined):
        return silent(crowd.rows.n_labelers, found.reason)
    nearest = _nearest(evidence, found)
    enough = (nearest.items >= MIN_ITEMS) & (nearest.information > 0)
    said = Said(p_value=found.p_value, log_e=np.full(enough.size, np.nan))
    detail = tuple(_detail(found, nearest, a) for a in range(enough.size))
    needs = f"{MIN_ITEMS} contested items shared with the others"
    out = readings(_effects(found, nearest), said, detail, enough=enough, needs=needs)
    return replace(out, groups=rings(crowd, found))


def _nearest(evidence: Evidence, found: Collusion) -> AgainstRing:
    """Return each labeler against the ring he is nearest to; against everybody without rings."""
    if not found.groups:
        return against_ring(evidence.crowd, np.arange(evidence.crowd.rows.n_labelers))
    pick = found.nearest
    return AgainstRing(
        items=_picked(pick, [a.items for a in found.against]),
        same=_picked(pick, [a.same for a in found.against]),
        expected=_picked(pick, [a.expected for a in found.against]),
        score=_picked(pick, [a.score for a in found.against]),
        information=_picked(pick, [a.information for a in found.against]),
        cumulants=found.against[0].cumulants,
    )


def _picked(which: Int, arrays: list[Float]) -> Float:
    chosen: Float = np.array(arrays)[which, np.arange(which.size)]
    return chosen


def _effects(found: Collusion, nearest: AgainstRing) -> Effects:
    """Return the share of labels that he seems to have from the ring, beyond the typical one."""
    typical = np.array(found.typical)[found.nearest] if found.groups else 0.0
    value = np.nan_to_num(nearest.share()) - typical
    margin = _Z95 / np.sqrt(np.maximum(nearest.information, 1e-9))
    return Effects(
        value=value, low=value - margin, high=value + margin, n=nearest.items.astype(np.int64)
    )


def _detail(found: Collusion, nearest: AgainstRing, labeler: int) -> Mapping[str, object]:
    ring = int(found.nearest[labeler])
    member = ring >= 0 and bool(np.isin(labeler, found.groups[ring].members))
    return {
        "same": round(float(nearest.same[labeler]), 1),
        "of": int(nearest.items[labeler]),
        "expected": round(float(nearest.expected[labeler]), 1),
        "ring": ring + 1 if ring >= 0 else None,
        "member": member,
    }


SIGNAL = Signal(
    title="gives the same unusual labels as a ring of others",
    levels=LEVELS,
    min_judgments=MIN_ITEMS,
    read=read,
    unit="share of labels on contested items had from the ring, beyond the typical labeler",
    whole_from=100,
)
