"""Which features alarm: at the stated rate where nothing drifts, and not for a weekly season."""

import numpy as np
from scipy import stats

from labeltrust.policy.drift import LEVEL, LOOKED_BACK_DAYS, Column, drifts

A_DAY = 60


def ages(rng):
    return rng.integers(0, LOOKED_BACK_DAYS, A_DAY * LOOKED_BACK_DAYS)


def column(age, values, feature="amount", **more):
    kind = "number" if values.dtype.kind == "f" else "category"
    return Column(source="feed", feature=feature, kind=kind, age=age, values=values,
                  n_all=age.size, **more)  # fmt: skip


def test_the_rate_of_false_alarms_of_a_look_is_as_stated():
    rng, looks, alarmed = np.random.default_rng(20), 60, 0
    for _ in range(looks):
        age = ages(rng)
        numbers = [column(age, rng.lognormal(size=age.size), f"n{k}") for k in range(4)]
        coin = rng.choice(np.array(["a", "b", "c"]), age.size)

        found = drifts([*numbers, column(age, coin, "coin")])

        alarmed += any(one.q_value is not None and one.q_value <= LEVEL for one in found)
    assert stats.binom.sf(alarmed - 1, looks, LEVEL) > 1e-6


def test_a_moved_feature_alarms_and_its_neighbours_do_not():
    rng = np.random.default_rng(5)
    age = ages(rng)
    moved = rng.normal(size=age.size) + (age < 7)

    found = drifts([column(age, moved, "moved"), column(age, rng.normal(size=age.size), "calm")])

    assert [(one.feature, one.look) for one in found if one.alarm] == [("moved", "week")]
    assert found[0].large
    assert found[0].drift.psi.low > 0.25


def test_a_weekly_season_is_no_drift():
    rng, looks = np.random.default_rng(6), 60
    p_values = []
    for _ in range(looks):
        age = rng.integers(0, LOOKED_BACK_DAYS, 150 * LOOKED_BACK_DAYS)
        season = rng.normal(size=age.size) + 3 * (age % 7 == 0)

        p_values += [one.drift.p_value for one in drifts([column(age, season)])]

    assert len(p_values) == 2 * looks
    assert stats.binom.sf(sum(p <= 0.05 for p in p_values) - 1, 2 * looks, 0.05) > 1e-6


def test_weeks_that_always_differ_are_no_drift_either():
    rng = np.random.default_rng(8)
    age = ages(rng)
    by_week = np.array([0.0, 1.5, -1.5, 1.0, -1.0])

    found = drifts([column(age, rng.normal(size=age.size) + by_week[age // 7])])

    week = next(one for one in found if one.look == "week")
    assert week.q_value < LEVEL
    assert week.usual > week.drift.psi.value
    assert not week.alarm


def test_nothing_came_is_said():
    rng = np.random.default_rng(9)
    age = ages(rng) + LOOKED_BACK_DAYS // 5
    age = age[age < LOOKED_BACK_DAYS]

    found = drifts([column(age, rng.normal(size=age.size))])

    assert {one.drift.psi.reason for one in found} == {"no item came in this time"}
