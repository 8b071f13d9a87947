"""Gives other labels than the same items lead one to expect, or than he used to give.

Two looks. Over all days: each class's share against what another labeler of the same items would
give, beyond the honest spread of that class. Over windows: the same difference in one window
against the labeler's other windows, for somebody who changed. The item mix cancels in both. Who
labels alone is compared with what others say at the time, and only with labelers like him.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from labeltrust.domain.estimates import Undefined
from labeltrust.inference.crowd_rows import summed
from labeltrust.inference.label_baseline import Baseline, same_items, same_time
from labeltrust.inference.population_null import MIN_POPULATION, fit_null
from labeltrust.metrics._shift_test import described
from labeltrust.signals._base import (
    Bool,
    Effects,
    Evidence,
    Float,
    Int,
    Readings,
    Said,
    Signal,
    readings,
)

LEVELS = frozenset({"nominal", "ordinal", "interval", "ratio"})
MIN_JUDGMENTS = 20
MIN_WINDOW = 10
"""Labels in a window, and in the others together, that a change is looked for in."""
_LOOKS = 2
_STEPS, _FAR = 4, 2.5  # steps to a line, which those further out, in robust deviations, do not bend
HABITS = 10
"""Degrees of freedom of honest leanings: skill and habit multiply, so some lie far out."""
_Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shift:
    """Leanings to each class, with standard errors; arrays have shape (k, n_classes).

    Attributes:
        labeler: (k,) whose.
        window: (k,) window number, -1 for all days.
        share: Share of the labeler less the share expected.
        odds: The same on the log odds scale, on which honest labelers spread alike in rare and
            frequent classes; NaN where nothing is known.
        error: Standard error of `odds` if exchangeable.
        scale: `share` per `odds`: turns the error into one of shares.
    """

    labeler: Int
    window: Int
    share: Float
    odds: Float
    error: Float
    scale: Float


def read(evidence: Evidence) -> Readings:
    """Look for a shift over all days and for a change in one window; the worse one speaks."""
    mix, n_labelers = evidence.label_mix, evidence.label_mix.observed.shape[1]
    items = same_items(mix)
    shared = items.dense("compared").sum(axis=1)
    given = mix.observed.over(1, 2).dense().sum(axis=1)
    alone = (shared < MIN_JUDGMENTS) & (given >= MIN_JUDGMENTS)
    found = [_looked(items, evidence)]
    if alone.any():
        found.append(_looked(same_time(mix, alone), evidence))
    which = np.where(alone, len(found) - 1, 0)
    who = np.arange(n_labelers)
    p_value, value, error = (
        np.array([getattr(look, name) for look in found])[which, who]
        for name in ("p_value", "value", "error")
    )
    n = np.where(alone, given, shared)
    effects = Effects(
        value=np.abs(value),
        low=np.maximum(np.abs(value) - _Z95 * error, 0.0),
        high=np.minimum(np.abs(value) + _Z95 * error, 1.0),
        n=n.astype(np.int64),
    )
    known = np.isfinite(p_value)
    gap = "" if known.any() else f"fewer than {MIN_POPULATION} labelers can be compared"
    said = Said(p_value=p_value, log_e=np.full(n_labelers, np.nan), gap=gap)
    enough = (n >= MIN_JUDGMENTS) & (known | bool(gap))
    detail = tuple(found[k].detail[a] for a, k in enumerate(which.tolist()))
    return readings(effects, said, detail, enough=enough, needs=f"{MIN_JUDGMENTS} shared labels")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """Both looks against one baseline; all of length n_labelers."""

    p_value: Float
    value: Float
    error: Float
    detail: tuple[Mapping[str, object], ...]


def _looked(base: Baseline, evidence: Evidence) -> _Look:
    looks = [_over_all(base), _in_windows(base, evidence.window_days)]
    looks[0] = _beyond_skill(looks[0], evidence)
    tails = (HABITS, None)
    tested = [
        _tested(look, evidence.reference, tail) for look, tail in zip(looks, tails, strict=True)
    ]
    p_values = np.array([p for p, _ in tested])
    worst = np.argmin(np.where(np.isnan(p_values), np.inf, p_values), axis=0)
    at = np.where(worst == 0, tested[0][1], tested[1][1])
    found = [_found(looks[w], k) for w, k in zip(worst.tolist(), at.tolist(), strict=True)]
    values, sizes = np.array([f[0] for f in found]).reshape(-1, 2), _sizes(base)
    return _Look(
        p_value=np.minimum(np.fmin.reduce(p_values, axis=0) * _LOOKS, 1.0),
        value=values[:, 0],
        error=values[:, 1],
        detail=tuple(
            {**f[1], "baseline": word, **size} if f[1] else {}
            for f, word, size in zip(found, base.said, sizes, strict=True)
        ),
    )


def _sizes(base: Baseline) -> list[Mapping[str, object]]:
    """Return total variation, Jensen-Shannon distance and PSI of each labeler over all days."""
    own, expected = base.dense("compared"), base.dense("expected")
    nothing = np.zeros(len(own))
    size = described(own, expected, nothing, (nothing, nothing, nothing))
    columns = (size.size.value, size.jensen_shannon, size.psi)
    names = ("total_variation", "jensen_shannon", "psi")
    return [
        {name: round(float(x), 4) for name, x in zip(names, row, strict=True) if np.isfinite(x)}
        for row in zip(*columns, strict=True)
    ]


def _over_all(base: Baseline) -> _Shift:
    compared, expected = base.dense("compared"), base.dense("expected")
    n = compared.sum(axis=1, keepdims=True)
    variance = base.variance
    usable = (n >= MIN_JUDGMENTS) & (variance > 0)
    return _shift(
        (np.arange(n.size), np.full(n.size, -1)),
        (_log_odds(compared, n) - _log_odds(expected, n), _slope(expected, n) ** 2 * variance),
        (compared - expected) / np.maximum(n, 1),
        usable,
        1 / _slope(expected, n) / np.maximum(n, 1),
    )


def _in_windows(base: Baseline, days: int) -> _Shift:
    """Compare each window of a labeler with all his others.

    The variance in a window is the binomial one at the mean, times the ratio by which item mix
    makes it smaller over all days.
    """
    labeler, window, compared, expected = _by_window(base, days)
    all_n, all_e = base.dense("compared"), base.dense("expected")
    ratio = base.variance / np.maximum(_binomial(all_e, all_n.sum(axis=1, keepdims=True)), 1e-9)
    rest_c, rest_e = all_n[labeler] - compared, all_e[labeler] - expected
    n, rest_n = compared.sum(axis=1, keepdims=True), rest_c.sum(axis=1, keepdims=True)
    # arcs stay near normal at the small counts of a window, where log odds are skewed
    apart = _arc(compared, n) - _arc(expected, n) - _arc(rest_c, rest_n) + _arc(rest_e, rest_n)
    z = 2 * apart / np.sqrt(1 / (n + 0.5) + 1 / (rest_n + 0.5))
    variance = _slope(expected, n) ** 2 * _binomial(expected, n)
    rest_variance = _slope(rest_e, rest_n) ** 2 * _binomial(rest_e, rest_n)
    both = np.sqrt(variance + rest_variance)
    share = (compared - expected) / np.maximum(n, 1) - (rest_c - rest_e) / np.maximum(rest_n, 1)
    return _shift(
        (labeler, window),
        (z * both, both**2 * ratio[labeler]),
        share,
        (n >= MIN_WINDOW) & (rest_n >= MIN_WINDOW) & (ratio[labeler] > 0),
        1 / _slope(expected, n) / np.maximum(n, 1),
    )


def _shift(
    who: tuple[Int, Int], odds: tuple[Float, Float], share: Float, usable: Bool, scale: Float
) -> _Shift:
    value, variance = odds
    usable = usable & (variance > 0)
    return _Shift(
        labeler=who[0],
        window=who[1],
        share=share,
        odds=np.where(usable, value, np.nan),
        error=np.where(usable, np.sqrt(np.maximum(variance, 0.0)), np.nan),
        scale=scale,
    )


def _beyond_skill(shift: _Shift, evidence: Evidence) -> _Shift:
    """Take out what a labeler's agreement explains: who errs more gives rare labels more often."""
    n = evidence.exchange.items
    agreement = evidence.exchange.score / np.maximum(n, 1)
    odds = shift.odds.copy()
    for c in range(odds.shape[1]):
        use = evidence.reference & np.isfinite(odds[:, c]) & (n > 0)
        if int(use.sum()) >= MIN_POPULATION:
            odds[:, c] -= _line(agreement, odds[:, c], use)
    return replace(shift, odds=odds)


def _line(x: Float, y: Float, use: Bool) -> Float:
    """Return the least squares line through the bulk of points, at every x."""
    slope, level = 0.0, float(np.median(y[use]))
    for _ in range(_STEPS):
        away = np.abs(y - level - slope * x)
        kept = use & (away <= _FAR * max(1.4826 * float(np.median(away[use])), 1e-9))
        if float(np.ptp(x[kept])) == 0:
            break
        slope, level = np.polyfit(x[kept], y[kept], 1)
    line: Float = slope * (x - np.median(x[use]))
    return line


def _arc(k: Float, n: Float) -> Float:
    """Return the arc whose variance is 1 / (4 n + 2) whatever the share (Anscombe 1948)."""
    arc: Float = np.arcsin(np.sqrt(np.clip((k + 0.375) / (n + 0.75), 0.0, 1.0)))
    return arc


def _log_odds(k: Float, n: Float) -> Float:
    """Return log odds of k of n, with half a label more on either side (Haldane 1956)."""
    odds: Float = np.log(k + 0.5) - np.log(np.maximum(n - k, 0.0) + 0.5)
    return odds


def _slope(k: Float, n: Float) -> Float:
    """Return the change of the log odds per label more."""
    slope: Float = 1 / (k + 0.5) + 1 / (np.maximum(n - k, 0.0) + 0.5)
    return slope


def _binomial(expected: Float, n: Float) -> Float:
    variance: Float = np.maximum(expected * (1 - expected / np.maximum(n, 1e-9)), 0.0)
    return variance


def _by_window(base: Baseline, days: int) -> tuple[Int, Int, Float, Float]:
    """Return labeler, window, observed and expected labels of each window with labels."""
    day, labeler, _ = base.compared.index
    if not day.size:
        nobody, nothing = np.zeros(0, dtype=np.int64), np.zeros((0, base.compared.shape[2]))
        return nobody, nobody, nothing, nothing
    first, n_windows = int(day.min()), int(np.ptp(day)) // days + 1
    keys, tables = np.unique(labeler * n_windows + (day - first) // days), []
    for cells in (base.compared, base.expected):
        day, labeler, label = cells.index
        place = np.searchsorted(keys, labeler * n_windows + (day - first) // days)
        flat = place * cells.shape[2] + label
        size = keys.size * cells.shape[2]
        tables.append(summed(flat, cells.sums[0], size).reshape(keys.size, cells.shape[2]))
    return keys // n_windows, keys % n_windows, tables[0], tables[1]


def _tested(shift: _Shift, reference: Bool, tail: int | None) -> tuple[Float, Int]:
    """Return each labeler's p-value over rows and classes, and the cell it comes from."""
    n_classes = shift.odds.shape[1]
    p_value = np.full(shift.odds.shape, np.nan)
    for c in range(n_classes):
        null = fit_null(shift.odds[:, c], shift.error[:, c], reference[shift.labeler])
        if not isinstance(null, Undefined):
            honest = null if tail is None else replace(null, tail=tail)
            p_value[:, c] = honest.two_sided(shift.odds[:, c], shift.error[:, c])
    best, at = np.full(reference.size, np.nan), np.full(reference.size, -1)
    cell = np.flatnonzero(np.isfinite(p_value.ravel()))
    owner = shift.labeler[cell // n_classes]
    order = np.lexsort((p_value.ravel()[cell], owner))
    who, first, looks = np.unique(owner[order], return_index=True, return_counts=True)
    at[who] = cell[order][first]
    best[who] = np.minimum(p_value.ravel()[at[who]] * looks, 1.0)
    return best, at


def _found(shift: _Shift, at: int) -> tuple[tuple[float, float], Mapping[str, object]]:
    """Return the shift of a share with its standard error, and where it was found."""
    if at < 0:
        return (np.nan, np.nan), {}
    row, label = divmod(at, shift.odds.shape[1])
    share = float(shift.share[row, label])
    error = float(shift.error[row, label] * shift.scale[row, label])
    window = int(shift.window[row])
    said = {"mixed": label, "shift": round(share, 4)}
    return (share, error), (said if window < 0 else {**said, "window": window})


SIGNAL = Signal(
    title="gives other labels than the same items lead one to expect",
    levels=LEVELS,
    min_judgments=MIN_JUDGMENTS,
    read=read,
    unit="share of labels moved to or from one class",
    whole_from=100,
)
