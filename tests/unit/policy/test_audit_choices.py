"""What other sizes of an audit promise and cost."""

import numpy as np
import pytest

from labeltrust.domain.audits import AuditPlan, Stratum
from labeltrust.policy.audit_choices import (
    prices,
    promise,
    promises,
    strata_again,
    weighted_prices,
    weighted_promise,
    weighted_promises,
)
from labeltrust.policy.audit_cost import planned_size
from labeltrust.policy.audit_sampling import Strata
from labeltrust.policy.audit_weighting import chances, weighted_draw, weighted_size

PARTS = (
    Stratum(kind="disputed", label="fraud", population=300, drawn=1),
    Stratum(kind="unanimous", label="fraud", population=2700, drawn=1),
)


def test_more_items_promise_more_and_all_of_them_everything():
    found = list(promises(PARTS, AuditPlan(), 1500))

    assert [one.margin for one in found] == sorted((one.margin for one in found), reverse=True)
    assert found[-1].size == 3000
    assert found[-1].margin == pytest.approx(0)
    assert found[-1].endless > 0


def test_the_planned_size_is_on_the_curve():
    assert 344 in {one.size for one in promises(PARTS, AuditPlan(), 344)}


def test_for_the_rate_alone_a_plain_random_sample_is_better_than_the_mixture():
    found = promise(strata_again(PARTS), AuditPlan(), 200)

    assert found.random < found.margin < found.endless


def test_a_price_is_that_of_the_size_the_margin_needs():
    (one,) = prices(PARTS, AuditPlan(size=10), [0.05], seconds=36.0)

    assert one.items == planned_size(strata_again(PARTS), AuditPlan(margin=0.05))
    assert one.reviews == one.items + -(-one.items // 5)
    assert one.hours == pytest.approx(one.reviews / 100)


DOUBT = np.repeat([0.6, 0.02], [150, 1_350])


def test_by_the_posterior_a_sample_promises_more_if_it_is_right_and_less_at_worst():
    found = weighted_promise(DOUBT, 100)

    assert found.expected < found.random < found.margin < found.endless


def test_a_posterior_that_knows_nothing_is_a_random_sample():
    found = weighted_promise(np.full(1_000, 0.5), 100)

    assert found.margin == pytest.approx(found.random) == pytest.approx(found.expected)


def test_the_curve_by_the_posterior_holds_the_plan_and_ends_in_certainty():
    found = list(weighted_promises(DOUBT, 500))

    assert 500 in {one.size for one in found}
    assert [one.margin for one in found] == sorted((one.margin for one in found), reverse=True)
    assert found[-1].size == DOUBT.size
    assert found[-1].margin == pytest.approx(0, abs=1e-6)
    assert found[-1].expected == pytest.approx(0, abs=1e-6)


def test_what_is_expected_by_the_posterior_is_what_samples_show():
    rng = np.random.default_rng(3)
    chance = chances(DOUBT, 100)
    one = Strata(of_item=np.zeros(DOUBT.size, dtype=int), kind=np.array([0]), label=(None,),
                 population=np.array([DOUBT.size]))  # fmt: skip
    off = []
    for _ in range(2_000):
        wrong = rng.random(DOUBT.size) < DOUBT
        drawn = weighted_draw(chance, one, rng)
        told = (wrong[drawn.row] / drawn.probability).sum() / DOUBT.size
        off.append(told - wrong.mean())

    assert 1.96 * np.std(off) == pytest.approx(weighted_promise(DOUBT, 100).expected, rel=0.1)


def test_a_price_by_the_posterior_is_that_of_the_size_the_margin_needs():
    (one,) = weighted_prices(DOUBT, AuditPlan(size=10), [0.05], seconds=36.0)

    assert one.items == weighted_size(DOUBT, AuditPlan(margin=0.05))
    assert weighted_promise(DOUBT, one.items).margin <= 0.05
    assert weighted_promise(DOUBT, one.items - 1).margin > 0.05
    assert one.hours == pytest.approx(one.reviews / 100)
