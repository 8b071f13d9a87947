"""How the record differs from a platform, and how much a pull may take away by itself."""

import pytest

from labeltrust.policy.reconciliation import FEW, GRACE_US, Stand, difference, may_take

BEGAN = 10**12
THERE = Stand(is_vote=True, item=1, labeler=2, label="fraud", order_us=500)


def here(**more):
    values = {"is_vote": True, "item": 1, "labeler": 2, "label": "fraud", "order_us": 500}
    return Stand(**(values | more))


def found(ours, theirs=THERE, **more):
    return difference(ours, theirs, began_us=BEGAN, **more)


def test_what_is_not_on_record_is_missing():
    assert found(None) == "missing"


def test_the_same_answer_differs_in_nothing_whenever_it_was_given():
    assert found(here()) is None
    assert found(here(order_us=1)) is None
    assert found(here(order_us=9_999)) is None


def test_of_several_annotations_the_time_counts_too():
    assert found(here(order_us=499), several=True) == "changed"
    assert found(here(order_us=500), several=True) is None


@pytest.mark.parametrize("other", [{"label": "benign"}, {"labeler": 3}, {"item": 7},
                                   {"is_vote": False, "label": None}])  # fmt: skip
def test_a_later_answer_of_the_platform_is_a_lost_change(other):
    assert found(here(order_us=499, **other)) == "changed"


@pytest.mark.parametrize("order_us", [500, 501])
def test_what_the_platform_never_said_is_unexplained(order_us):
    assert found(here(order_us=order_us, label="benign")) == "unexplained"


def test_what_came_while_the_pull_was_under_way_is_left_to_the_next():
    ours = here(order_us=600, label="benign", received_us=BEGAN - GRACE_US)

    assert found(ours) == "newer"
    assert found(here(order_us=600, label="benign", received_us=BEGAN - GRACE_US - 1)) == (
        "unexplained"
    )


def test_two_withdrawals_are_alike_whatever_they_name():
    gone = Stand(is_vote=False, item=None, labeler=None, label=None, order_us=400)

    assert found(gone, here(is_vote=False, label=None)) is None


def test_a_few_may_go_and_a_share_of_many_and_no_more():
    assert may_take(FEW, 0, 0.05)
    assert not may_take(FEW + 1, FEW + 1, 0.05)
    assert may_take(500, 10_000, 0.05)
    assert not may_take(501, 10_000, 0.05)
