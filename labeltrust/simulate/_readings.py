"""How honest labelers read the classes: schools of opinion, and a guideline that changes."""

from dataclasses import dataclass

import numpy as np

from labeltrust.simulate._base import Bool, Float, Int
from labeltrust.simulate._calendar import DAY_US
from labeltrust.simulate._circumstances import Dispute

OLD_RULE, NEW_RULE = 1, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What labelers see, and what is true.

    Attributes:
        seen: (n,) class that the labeler of each row sees.
        truth: (n_items,) true class, by the guideline in force when the item opened.
        school: (n_labelers,) True for those who read the border the other way.
        guideline: (n,) version followed on each row; None where it never changes.
    """

    seen: Int
    truth: Int
    school: Bool
    guideline: Int | None


def readings(
    dispute: Dispute | None,
    truth: Int,
    rows: tuple[Float, Int, Int],
    n_labelers: int,
    rng: np.random.Generator,
) -> Reading:
    """Return the class that every row's labeler sees.

    Args:
        dispute: The disputed border; None: all see the truth.
        truth: (n_items,) true class by the old guideline.
        rows: When items open (n_items,), microseconds from the first midnight; item and labeler of
            each row (n,).
        n_labelers: Labelers.
        rng: Draws border items, the school, and who follows a new guideline when.
    """
    opened, item, labeler = rows
    nobody = np.zeros(n_labelers, dtype=np.bool_)
    if dispute is None:
        return Reading(seen=truth[item], truth=truth, school=nobody, guideline=None)
    border = (truth == dispute.old_class) & (rng.random(truth.size) < dispute.border_share)
    school = rng.random(n_labelers) < dispute.school_share
    otherwise = school[labeler]
    guideline = None
    if dispute.rule_day is not None:
        follows = opened[item] >= _follow_from(dispute, n_labelers, rng)[labeler]
        guideline = np.where(follows, NEW_RULE, OLD_RULE)
        otherwise = otherwise | follows
        in_force = opened >= dispute.rule_day * DAY_US
        truth = np.where(border & in_force, dispute.new_class, truth)
        border_rows = border[item]
        seen = np.where(border_rows, dispute.old_class, truth[item])
    else:
        border_rows, seen = border[item], truth[item]
    seen = np.where(border_rows & otherwise, dispute.new_class, seen)
    return Reading(seen=seen, truth=truth, school=school, guideline=guideline)


def _follow_from(dispute: Dispute, n_labelers: int, rng: np.random.Generator) -> Float:
    """Return since when each labeler follows the new guideline, microseconds, (n_labelers,)."""
    lag = rng.random(n_labelers) * dispute.days_to_follow
    at_once = rng.random(n_labelers) < dispute.follower_share
    found: Float = ((dispute.rule_day or 0.0) + np.where(at_once, 0.0, lag)) * DAY_US
    return found
