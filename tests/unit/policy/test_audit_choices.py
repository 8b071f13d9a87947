"""What other sizes of an audit promise and cost."""

import pytest

from labeltrust.domain.audits import AuditPlan, Stratum
from labeltrust.policy.audit_choices import prices, promise, promises, strata_again
from labeltrust.policy.audit_cost import planned_size

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
