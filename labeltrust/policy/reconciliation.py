"""What differs between the record and a platform, and how much of it one pull may take away.

Both sides say of an annotation and a question: whose label it is, of which item, since when. The
record may be behind (a lost event), ahead (an event that came while the pull was under way), or
say what the platform does not say (a forged event): the last is never taken for a lost one.
"""

import math
from dataclasses import dataclass
from typing import Final, Literal

Finding = Literal["missing", "changed", "unexplained", "newer"]
GRACE_US: Final = 60_000_000
"""An event may be on its way to us for so long after the platform stored what it tells of."""
FEW: Final = 10
"""So many withdrawals and corrections need no person, however small the source is."""


@dataclass(frozen=True, slots=True)
class Stand:
    """What one side says of one annotation and question.

    Attributes:
        is_vote: Whether it is an answer; else the labeler has none (a skip, a withdrawal).
        item: Row id of the item; None where the record does not know it. `labeler` likewise.
        label: Canonical label of an answer.
        order_us: The time by which revisions are ordered.
        received_us: When the record heard of it; the present for the platform's side.
    """

    is_vote: bool
    item: int | None
    labeler: int | None
    label: str | None
    order_us: int
    received_us: int = 0


def difference(
    ours: Stand | None, theirs: Stand, *, began_us: int, several: bool = False
) -> Finding | None:
    """Return how the record differs from the platform, None where it does not.

    Args:
        ours: What is on record, None for nothing.
        theirs: What the platform holds.
        began_us: When the pull began; what came shortly before or since may be newer than it.
        several: The labeler answered this item in several annotations, so that the time decides
            between equal answers, too.

    >>> there = Stand(True, 1, 2, "fraud", 50)
    >>> difference(None, there, began_us=10**9)
    'missing'
    >>> difference(Stand(True, 1, 2, "benign", 40), there, began_us=10**9)
    'changed'
    >>> difference(Stand(True, 1, 2, "benign", 60), there, began_us=10**9)
    'unexplained'
    """
    if ours is None:
        return "missing"
    if _alike(ours, theirs):
        return "changed" if several and ours.order_us < theirs.order_us else None
    if theirs.order_us > ours.order_us:
        return "changed"
    return "newer" if ours.received_us >= began_us - GRACE_US else "unexplained"


def _alike(ours: Stand, theirs: Stand) -> bool:
    if not theirs.is_vote or not ours.is_vote:
        return theirs.is_vote == ours.is_vote
    mine = (ours.item, ours.labeler, ours.label)
    return mine == (theirs.item, theirs.labeler, theirs.label)


def most_taken(of: int, share: float) -> int:
    """Return how many annotations a pull may add, withdraw or correct without a person.

    >>> most_taken(12, 0.05), most_taken(1_000, 0.05)
    (10, 50)
    """
    return max(FEW, math.floor(of * share))


def may_take(n: int, of: int, share: float) -> bool:
    """Say whether a pull may withdraw or correct `n` of `of` annotations without a person.

    >>> may_take(10, 12, 0.05), may_take(11, 12, 0.05), may_take(50, 1_000, 0.05)
    (True, False, True)
    """
    return n <= most_taken(of, share)
