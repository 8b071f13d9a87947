"""Which features of incoming items have drifted: what is compared with what, and when it alarms.

Every look compares the newest items of a source with those of the same hours and weekdays of the
four weeks before, so that a weekly season cancels. A feature alarms where the difference is no
chance (Benjamini-Hochberg over all features, sources and looks), is large enough to matter, and is
larger than any of the four weeks differs from the other three.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from labeltrust.domain.estimates import Measured
from labeltrust.metrics.feature_drift import (
    MIN_ITEMS,
    Drift,
    Float,
    Int,
    category_drift,
    nothing,
    number_drift,
)

WEEKS: Final = 4
_WEEK: Final = 7
LOOKED_BACK_DAYS: Final = _WEEK * (WEEKS + 1)
LEVEL: Final = 0.001
"""Chance of any false alarm of one look at a project; looks are an hour apart and share items."""
SMALL_PSI: Final = 0.1
LARGE_PSI: Final = 0.25
"""From these on a shift is moderate, and large (Siddiqi 2006)."""
LOOKS: Final[Mapping[str, int]] = {"day": 1, "week": _WEEK}
"""Days that each look sees."""
Bool = NDArray[np.bool_]
Values = Float | NDArray[np.str_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One feature of a source's items.

    Attributes:
        source: Name of the source.
        feature: Name of the feature.
        kind: `number` or `category`.
        age: (n,) days since each item came, 0 for the last 24 hours.
        values: (n,) numbers with NaN for none, or words with an empty one for none.
        n_all: Items of the source in all that time; `values` are a random sample of them.
    """

    source: str
    feature: str
    kind: str
    age: Int
    values: Values
    n_all: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureDrift:
    """One feature of one source in one look.

    Attributes:
        look: `day` or `week`.
        n: Newer items compared; `before` counts the earlier ones.
        q_value: The p-value adjusted for everything looked at; None where nothing can be said.
        usual: The most that one of the earlier weeks differs from the others (PSI), or why not.
        alarm: It drifted.
        large: It drifted by far.
    """

    source: str
    feature: str
    kind: str
    look: str
    n: int
    before: int
    drift: Drift
    usual: float | None
    q_value: float | None = None
    alarm: bool = False
    large: bool = False


def drifts(columns: Iterable[Column]) -> list[FeatureDrift]:
    """Compare every feature in every look and decide which alarm, most drifted first."""
    found = [_compared(column, look) for column in columns for look in LOOKS]
    return sorted(_judged(found), key=_order)


def _order(one: FeatureDrift) -> tuple[bool, float, str, str, str]:
    value = one.drift.psi.value
    return (not one.alarm, -(value if value is not None else -1.0), one.source, one.feature,
            one.look)  # fmt: skip


def _compared(column: Column, look: str) -> FeatureDrift:
    days = LOOKS[look]
    newer = column.age < days
    earlier = (column.age >= _WEEK) & (column.age % _WEEK < days) & (column.age < LOOKED_BACK_DAYS)
    compare = _COMPARE[column.kind]
    drift = _between(compare, column.values[newer], column.values[earlier])
    return FeatureDrift(
        source=column.source,
        feature=column.feature,
        kind=column.kind,
        look=look,
        n=int(newer.sum()),
        before=int(earlier.sum()),
        drift=drift,
        usual=_usual(compare, column, earlier),
    )


def _between(compare: Callable[..., Drift], now: Values, before: Values) -> Drift:
    if not now.size:
        return nothing("no item came in this time")
    return compare(now, before)


def _usual(compare: Callable[..., Drift], column: Column, earlier: Bool) -> float | None:
    """Return how far one earlier week lies from the others at most, None below two such weeks."""
    week = column.age // _WEEK
    sizes: list[float] = []
    for number in range(1, WEEKS + 1):
        mine, others = earlier & (week == number), earlier & (week != number)
        if min(mine.sum(), others.sum()) >= MIN_ITEMS:
            value = compare(column.values[mine], column.values[others]).psi.value
            sizes += [] if value is None else [value]
    return max(sizes) if len(sizes) > 1 else None


_COMPARE: Mapping[str, Callable[..., Drift]] = {
    "number": number_drift,
    "category": category_drift,
}


def _judged(found: Sequence[FeatureDrift]) -> list[FeatureDrift]:
    told = [one.drift.p_value for one in found if one.drift.p_value is not None]
    adjusted = iter(stats.false_discovery_control(told) if told else ())
    out = []
    for one in found:
        q_value = None if one.drift.p_value is None else float(next(adjusted))
        alarm = q_value is not None and q_value <= LEVEL and _matters(one.drift.psi, one.usual)
        large = alarm and _at_least(one.drift.psi, LARGE_PSI)
        out.append(replace(one, q_value=q_value, alarm=alarm, large=large))
    return out


def _matters(psi: Measured, usual: float | None) -> bool:
    return _at_least(psi, max(SMALL_PSI, usual or 0.0))


def _at_least(psi: Measured, floor: float) -> bool:
    return psi.value is not None and psi.value >= floor
