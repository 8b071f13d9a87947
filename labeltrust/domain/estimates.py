"""A number that knows how sure it is, or the reason why there is none."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A number with its interval and the n behind it.

    `low` and `high` bound the interval at the level stated by the metric (95 % unless it says
    otherwise) and `n` is the count of the units that carry information: judgments, items or pairs.

    >>> Estimate(value=0.93, low=0.80, high=0.98, n=28).n
    28
    """

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Undefined:
    """A number that cannot be computed, with the reason in words.

    Attributes:
        value: None, so that a document says of every number what it is: `{"value": null, …}`.
        reason: Why, in words.

    >>> Undefined(reason="no gold items").reason
    'no gold items'
    """

    value: None = field(default=None, init=False, repr=False)
    reason: str


Measured = Estimate | Undefined
"""What every metric returns: a number that knows its n, or the reason why there is none."""
