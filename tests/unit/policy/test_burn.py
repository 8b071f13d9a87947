"""When an error budget's burn tells somebody: at the exact edges, and never without data."""

import numpy as np
import pytest

from labeltrust.domain.errors import Misconfigured
from labeltrust.domain.estimates import Undefined
from labeltrust.domain.measures import (
    DAY,
    HOUR,
    MEASURES,
    MINUTE,
    USUAL_RULES,
    Measure,
    Rule,
    rule,
)
from labeltrust.policy.burn import Counted, Series, budget_left, burn, fires, judge

NOW = 1_800_000_000  # a whole five minutes
PLENTY = 1_000_000
MEASURE = Measure(
    id="T1", name="tested", title="Tested", unit="units", bad="bad", objective=0.99, least_n=100
)


def steady(share, seconds=3 * DAY, end=NOW, per_slot=10_000):
    """Return a series that was bad by a share until `end`."""
    at = np.arange(end - seconds, end, 300)
    valid = np.full(at.size, per_slot)
    return Series(at=at, valid=valid, bad=np.round(valid * share).astype(int), slot_seconds=300)


def loud(series, now=NOW):
    return {
        (one.rule.severity, one.rule.burn): one.firing
        for one in judge(MEASURE, series, MEASURE.objective, now).burning
    }


@pytest.mark.parametrize("one", USUAL_RULES, ids=lambda one: f"{one.burn}")
def test_a_rule_fires_above_its_burn_and_not_at_it(one):
    edge = round(PLENTY * one.burn * 0.01)
    at, above = Counted(valid=PLENTY, bad=edge), Counted(valid=PLENTY, bad=edge + 10_000)

    assert not fires(one, 0.99, at, above)
    assert not fires(one, 0.99, above, at)
    assert fires(one, 0.99, above, above)


def test_just_above_the_burn_nobody_is_told_until_it_is_sure():
    page = USUAL_RULES[0]
    above = Counted(valid=1_000, bad=145)  # burns at 14.5, and surely only at 12.4

    assert not fires(page, 0.99, above, above)


def test_fewer_than_five_bad_ones_tell_nobody():
    page = rule("page", 14.4, HOUR, 5 * MINUTE)

    assert not fires(page, 0.99, Counted(valid=4, bad=4), Counted(valid=4, bad=4))
    assert fires(page, 0.99, Counted(valid=5, bad=5), Counted(valid=5, bad=5))
    few = Counted(valid=5, bad=5)
    assert not fires(page, 0.99, few, few, least_n=6)


def test_a_fire_that_is_out_resets_by_the_short_window():
    burning = steady(0.2)

    assert loud(burning)["page", 14.4]
    assert not loud(burning, NOW + 10 * MINUTE)["page", 14.4]
    assert loud(burning, NOW + 10 * MINUTE)["page", 6.0]
    assert not loud(burning, NOW + 40 * MINUTE)["page", 6.0]
    assert loud(burning, NOW + 40 * MINUTE)["ticket", 1.0]
    assert not loud(burning, NOW + 7 * HOUR)["ticket", 1.0]


def test_a_slow_leak_is_a_ticket_and_no_page():
    assert loud(steady(0.02)) == {
        ("page", 14.4): False,
        ("page", 6.0): False,
        ("ticket", 1.0): True,
    }


def test_an_empty_window_is_no_data_and_no_zero():
    nothing = Series(at=np.zeros(0, int), valid=np.zeros(0, int), bad=np.zeros(0, int),
                     slot_seconds=300)  # fmt: skip
    found = judge(MEASURE, nothing, MEASURE.objective, NOW)

    assert found.value == Undefined(reason="nothing was counted in this window")
    assert found.budget_left == Undefined(reason="nothing was counted in this window")
    assert all(isinstance(one.long, Undefined) for one in found.burning)
    assert found.firing is None


def test_a_zero_budget_has_no_burn_and_tells_of_each_occurrence():
    one = Series(at=np.array([NOW - 300]), valid=np.array([900]), bad=np.array([1]),
                 slot_seconds=300)  # fmt: skip
    zero = MEASURES["M5"]
    found = judge(zero, one, None, NOW)

    assert found.firing == "page"
    assert found.burning == ()
    assert found.budget_left == Undefined(reason="the budget is zero: every occurrence counts")
    assert judge(zero, steady(0.0), None, NOW).firing is None


@pytest.mark.parametrize("objective", [0.5, 0.9, 0.93055])
def test_a_rule_that_no_window_can_exceed_is_refused(objective):
    with pytest.raises(Misconfigured, match="out of reach"):
        Measure(id="T", name="t", title="", unit="", bad="", objective=objective)


@pytest.mark.parametrize("objective", [0.0, 1.0, 1.5])
def test_an_objective_that_is_no_share_is_refused(objective):
    with pytest.raises(Misconfigured, match="no objective"):
        Measure(id="T", name="t", title="", unit="", bad="", objective=objective)


def test_a_projects_own_loose_objective_says_which_rules_cannot_fire():
    own = MEASURES["M10"]
    found = judge(own, steady(1.0), 0.7, NOW)

    assert [bool(one.reason) for one in found.burning] == [True, False, False]
    assert [one.firing for one in found.burning] == [False, True, True]


def test_the_budget_is_of_thirty_days_and_may_be_overspent():
    assert budget_left(Counted(valid=1_000, bad=20), 0.99).value == pytest.approx(-1.0)
    older = steady(1.0, seconds=HOUR, end=NOW - 30 * DAY - HOUR)
    assert judge(MEASURE, older, 0.99, NOW).budget_left.reason.startswith("nothing")


def test_burn_has_the_interval_of_its_share():
    found = burn(Counted(valid=1_000, bad=10), 0.99)

    assert found.value == pytest.approx(1.0)
    assert found.low < found.value < found.high
    assert found.n == 1_000


def test_what_is_told_late_counts_where_it_was_committed():
    """A tally's slot is that of the commit: an old label that comes now burns now."""
    late = Series(at=np.array([NOW - 300]), valid=np.array([100]), bad=np.array([100]),
                  slot_seconds=300)  # fmt: skip

    assert late.over(NOW, 5 * MINUTE) == Counted(valid=100, bad=100)
    assert late.over(NOW + HOUR, 5 * MINUTE) == Counted(valid=0, bad=0)


def test_every_measure_of_the_table_can_reach_its_rules():
    assert list(MEASURES)[:10] == [f"M{k}" for k in range(1, 11)]
    assert {m.id for m in MEASURES.values() if m.zero_budget} == {"M5", "M6", "M7", "S5"}
    assert all(isinstance(r, Rule) for m in MEASURES.values() for r in m.rules)
