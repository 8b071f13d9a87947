"""Turned: errs more since some day than the same labeler did before.

Each labeler is compared with himself, against the typical labeler of the same days: his own skill
drops out, and so does what changed for everybody. All errors together are looked at, and every
class called another; he is charged for the looks and for the search over onsets. Honest labelers
drift a little, by learning and fatigue: the spread of their drift is fitted to the crowd.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
from scipy.special import logsumexp

from labeltrust.domain.estimates import Undefined
from labeltrust.inference.blocks import Blocks, blocks_of
from labeltrust.inference.change_e_process import ChangeTest, drifts, rises
from labeltrust.inference.change_scan import Rise, borders_of, halfway, largest_rise
from labeltrust.inference.crowd import FittedCrowd
from labeltrust.inference.crowd_rows import summed
from labeltrust.inference.e_process import OnsetEvidence
from labeltrust.inference.error_curves import (
    GRID,
    GRID_PRIOR,
    ErrorKind,
    PeriodOf,
    all_errors,
    called_another,
    concerned_rows,
    error_family,
    error_share,
)
from labeltrust.inference.periods import Periods, fit_periods, times
from labeltrust.inference.population_mixture import fit_population
from labeltrust.inference.population_null import MIN_POPULATION, fit_null
from labeltrust.signals._base import (
    FROM_THE_START,
    NO_HONEST_MAJORITY,
    Bool,
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
MIN_JUDGMENTS = 40
BLOCK = 8
MATTERS = 1.1
"""Least rise of the log odds of an error that matters: to three times the odds."""
_Z95 = 1.959963984540054


class _Dated(NamedTuple):
    """When a crowd's rows came: periods, the period of each row, its place in received order."""

    periods: Periods
    period_of: PeriodOf
    place: Int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """One kind of error, looked at; arrays have shape (n_labelers,).

    Attributes:
        kind: The kind.
        weight: Its share of the looks.
        rise: The largest rise.
        before: Share of errors of the kind before the likeliest onset.
        after: The same since.
        error: Standard error of their difference.
        onset_row: Row of the likeliest onset, `FROM_THE_START` without one.
        earliest_row: Row of the earliest credible onset.
        test: The e-process, None without a population.
        played: What it says, None without a population.
    """

    kind: ErrorKind
    weight: float
    rise: Rise
    before: Float
    after: Float
    error: Float
    onset_row: Int
    earliest_row: Int
    test: ChangeTest | None
    played: OnsetEvidence | None


def read(evidence: Evidence) -> Readings:
    """Look for the kind of error, and the day since which, a labeler commits it more often."""
    crowd = evidence.crowd
    n_labelers, active = crowd.rows.n_labelers, crowd.rows.activity >= MIN_JUDGMENTS
    if not evidence.peers_prove:
        return silent(n_labelers, NO_HONEST_MAJORITY)
    if int(active.sum()) < MIN_POPULATION:
        return silent(
            n_labelers, f"fewer than {MIN_POPULATION} labelers have {MIN_JUDGMENTS} labels"
        )
    periods = fit_periods(crowd)
    if not crowd.rows.n or np.ptp(times(crowd.rows, periods.clock)) == 0:
        return silent(n_labelers, "no times: nobody knows which label came first")
    dated = _Dated(periods, periods.of_rows(crowd.rows), _place(crowd))
    looks = [_look(evidence, kind, weight, dated) for kind, weight in _kinds(crowd)]
    charged = np.array([np.nan_to_num(look.rise.p_value, nan=1.0) / look.weight for look in looks])
    worst = charged.argmin(axis=0)
    detail = tuple(_detail(looks[k], a, periods.clock) for a, k in enumerate(worst.tolist()))
    return readings(
        _effects(looks, worst, crowd.rows.activity),
        _said(looks, np.minimum(charged.min(axis=0), 1.0), worst),
        detail,
        enough=active,
        needs=f"{MIN_JUDGMENTS} labels",
    )


def _kinds(crowd: FittedCrowd) -> list[tuple[ErrorKind, float]]:
    """Half the looks for all errors, half for the pairs of classes."""
    n = crowd.rows.n_classes
    pairs = [called_another(n, t, x) for t in range(n) for x in range(n) if t != x]
    return [(all_errors(n), 0.5), *((pair, 0.5 / len(pairs)) for pair in pairs)]


def _place(crowd: FittedCrowd) -> Int:
    """Return where each row stands in received order, (n,)."""
    place = np.empty(crowd.rows.n, dtype=np.int64)
    place[crowd.order] = np.arange(crowd.rows.n)
    return place


def _look(evidence: Evidence, kind: ErrorKind, weight: float, dated: _Dated) -> _Look:
    crowd = evidence.crowd
    n = crowd.rows.n_labelers
    rows = concerned_rows(crowd, kind)
    blocks = blocks_of(crowd.rows, rows, BLOCK, error_family(crowd, kind, *dated[:2]))
    borders = borders_of(blocks, GRID)
    null = fit_null(*halfway(borders, n), evidence.reference)
    drift = 0.0 if isinstance(null, Undefined) else null.spread
    rise = largest_rise(borders, n, drift)
    test = _test(crowd, kind, dated.periods, (blocks, rows, drift))
    since = _since(crowd, rows, dated.place, _row_at(blocks, rise.block))
    before, after, error = _shares(crowd, kind, rows, since)
    return _Look(
        kind=kind,
        weight=weight,
        rise=rise,
        before=before,
        after=after,
        error=error,
        onset_row=_row_at(blocks, rise.block),
        earliest_row=_row_at(blocks, rise.earliest),
        test=test,
        played=None if test is None else test.weigh(blocks),
    )


def _test(
    crowd: FittedCrowd, kind: ErrorKind, periods: Periods, read: tuple[Blocks, Int, float]
) -> ChangeTest | None:
    """Return the e-process against the crowd's honest population, None where there is none."""
    blocks, rows, drift = read
    n = np.bincount(crowd.rows.labeler[rows], minlength=crowd.rows.n_labelers)
    population = fit_population(blocks.totals, n >= 2 * BLOCK, GRID_PRIOR)
    if isinstance(population, Undefined) or not population.trusted:
        return None
    return ChangeTest(
        family=partial(error_family, kind=kind, periods=periods),
        relevant=partial(concerned_rows, kind=kind),
        block_size=BLOCK,
        honest=population.honest,
        bad=population.honest * 0,
        rises=rises(GRID, max(3 * drift, MATTERS)),
        drifts=drifts(GRID, drift),
    )


def _row_at(blocks: Blocks, block: Int) -> Int:
    rows: Int = np.append(blocks.first_row, FROM_THE_START)[block]  # no block is -1: the last
    return rows


def _since(crowd: FittedCrowd, rows: Int, place: Int, onset: Int) -> Bool:
    """Return which rows lie at or after the onset of their labeler; none without one."""
    begins = np.where(onset >= 0, place[np.maximum(onset, 0)], place.size)
    since: Bool = place[rows] >= begins[crowd.rows.labeler[rows]]
    return since


def _shares(
    crowd: FittedCrowd, kind: ErrorKind, rows: Int, since: Bool
) -> tuple[Float, Float, Float]:
    """Return the share of errors of the kind before and since the onset, and the error of both."""
    n = crowd.rows.n_labelers
    labeler = crowd.rows.labeler[rows]
    wrong, could = error_share(crowd, kind, rows)
    shares, variance = [], np.zeros(n)
    for part in (~since, since):
        hits, chances = (summed(labeler[part], v[part], n) for v in (wrong, could))
        share = np.clip((hits + 0.5) / (chances + 1), 0.0, 1.0)
        variance += share * (1 - share) / (chances + 1)
        shares.append(share)
    return shares[0], shares[1], np.sqrt(variance)


def _effects(looks: list[_Look], worst: Int, n: Int) -> Effects:
    who = np.arange(n.size)
    before, after, error = (
        np.array([getattr(look, name) for look in looks])[worst, who]
        for name in ("before", "after", "error")
    )
    value = after - before
    low, high = np.maximum(value - _Z95 * error, -1.0), np.minimum(value + _Z95 * error, 1.0)
    return Effects(value=value, low=low, high=high, n=n)


def _said(looks: list[_Look], p_value: Float, worst: Int) -> Said:
    who = np.arange(worst.size)
    played = [(look, look.played, look.test) for look in looks]
    logs = [found.log_e + np.log(look.weight) for look, found, _ in played if found is not None]
    # a kind without a population counts as an e-value of one
    rest = sum(look.weight for look, found, _ in played if found is None)
    silent_part = np.full(worst.size, np.log(rest) if rest > 0 else -np.inf)
    onset, earliest = (
        np.array([getattr(look, name) for look in looks])[worst, who]
        for name in ("onset_row", "earliest_row")
    )
    return Said(
        p_value=p_value,
        log_e=logsumexp(np.array([silent_part, *logs]), axis=0),
        onset_row=onset,
        earliest_row=earliest,
        tests=tuple(_weighted(test, look.weight) for look, _, test in played if test is not None),
    )


def _weighted(test: ChangeTest, weight: float) -> ChangeTest:
    return ChangeTest(
        family=test.family,
        relevant=test.relevant,
        block_size=test.block_size,
        honest=test.honest,
        bad=test.bad,
        log_weight=float(np.log(weight)),
        rises=test.rises,
        drifts=test.drifts,
    )


def _detail(look: _Look, labeler: int, clock: str) -> Mapping[str, object]:
    if look.rise.block[labeler] < 0:
        return {}
    said: dict[str, object] = {
        "before": round(float(look.before[labeler]), 4),
        "after": round(float(look.after[labeler]), 4),
        "clock": clock,
    }
    if look.kind.said is not None:
        said |= {"true": look.kind.true, "said": look.kind.said}
    return said


SIGNAL = Signal(
    title="errs more since some day than before",
    levels=LEVELS,
    min_judgments=MIN_JUDGMENTS,
    read=read,
    unit="share of labels in error since the onset, beyond the share before",
    needs=frozenset({"times"}),
    whole_from=200,
)
