"""Samples of audits: known chances for every item, and estimates that are right on average."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeltrust.domain.audits import AuditPlan, checked_plan
from labeltrust.domain.errors import InvalidInput
from labeltrust.policy.audit_cost import audit_cost, items_twice, planned_margin, planned_size
from labeltrust.policy.audit_families import OTHER_CLASSES, Groups, windows
from labeltrust.policy.audit_sampling import (
    Candidates,
    allocation,
    draw,
    most_strata,
    strata_of,
    told,
)

WORDS = [f"class {n}" for n in range(30)]


def candidates(rng, sizes=(300, 500, 200), n_classes=3) -> Candidates:
    kind = np.repeat(np.arange(len(sizes)), sizes)
    label = rng.integers(n_classes, size=kind.size)
    return Candidates(item=np.arange(kind.size) + 7, label=label, kind=kind)


def test_the_usual_mixture_is_60_25_15_and_its_random_part_goes_by_size():
    pool = candidates(np.random.default_rng(1))
    strata = strata_of(pool, WORDS, by_class=False)

    drawn = allocation(strata, AuditPlan(), 100)

    # 60 + 25 * 0.3 disputed, 15 + 25 * 0.5 unanimous, 25 * 0.2 alone
    assert drawn.tolist() == [67, 28, 5] or drawn.tolist() == [68, 27, 5]


@given(
    sizes=st.lists(st.integers(0, 40), min_size=3, max_size=3).filter(any),
    size=st.integers(1, 150),
    by_class=st.booleans(),
    shares=st.tuples(st.floats(0, 0.8), st.floats(0, 0.15)),
)
def test_an_allocation_sums_to_the_size_and_never_exceeds_what_there_is(
    sizes, size, by_class, shares
):
    pool = candidates(np.random.default_rng(2), sizes)
    strata = strata_of(pool, WORDS, by_class=by_class)
    plan = AuditPlan(disputed=shares[0], unanimous=shares[1])

    if min(size, pool.n) < strata.population.size:
        with pytest.raises(InvalidInput, match="each needs one"):
            allocation(strata, plan, size)
        return
    drawn = allocation(strata, plan, size)

    assert drawn.sum() == min(size, pool.n)
    assert (drawn >= 1).all()
    assert (drawn <= strata.population).all()


def test_a_sample_holds_no_item_twice_and_is_the_same_for_the_same_seed():
    strata = strata_of(candidates(np.random.default_rng(3)), WORDS, by_class=True)
    drawn = allocation(strata, AuditPlan(), 120)

    one, two = (draw(strata, drawn, np.random.default_rng(9)) for _ in range(2))

    assert np.unique(one.row).size == one.row.size == 120
    assert one.row.tolist() == two.row.tolist()
    assert np.bincount(one.stratum, minlength=drawn.size).tolist() == drawn.tolist()


def test_every_item_is_drawn_as_often_as_its_probability_says():
    strata = strata_of(candidates(np.random.default_rng(4), (30, 50, 20)), WORDS, by_class=True)
    drawn = allocation(strata, AuditPlan(), 40)
    stated = (drawn / strata.population)[strata.of_item]
    rng, runs = np.random.default_rng(5), 4_000

    hits = sum(
        np.bincount(draw(strata, drawn, rng).row, minlength=100).astype(float) for _ in range(runs)
    )

    sure = stated == 1
    spread = np.sqrt(np.maximum(stated * (1 - stated), 1e-12) / runs)
    assert (hits[sure] == runs).all()
    assert np.abs((hits / runs - stated) / spread)[~sure].max() < 5.5


def test_the_order_of_the_work_says_nothing_about_strata():
    strata = strata_of(candidates(np.random.default_rng(6)), WORDS, by_class=False)
    drawn = allocation(strata, AuditPlan(), 100)
    rng = np.random.default_rng(7)

    first = np.array([draw(strata, drawn, rng).stratum[0] for _ in range(3_000)])

    found = np.bincount(first, minlength=3) / first.size
    wanted = drawn / drawn.sum()
    assert np.abs(found - wanted).max() < 5.5 * np.sqrt(0.25 / first.size)


def test_rare_classes_are_one_stratum_so_that_a_small_sample_reaches_all():
    rng = np.random.default_rng(8)
    pool = candidates(rng, (200, 200, 0), n_classes=30)

    strata = strata_of(pool, WORDS, by_class=True)

    assert strata.population.sum() == pool.n
    assert strata.label.count(OTHER_CLASSES) == 2
    assert strata.population.size <= 12


@given(
    size=st.integers(9, 200),
    n=st.integers(1, 300),
    moments=st.integers(1, 300),
    seed=st.integers(0, 99),
)
def test_strata_of_time_and_signal_are_never_more_than_a_small_sample_can_fill(
    size, n, moments, seed
):
    rng = np.random.default_rng(seed)
    signal = Groups(of_item=rng.integers(4, size=n), names=("a", "b", "c", "no signal"))
    pool = Candidates(
        item=np.arange(n), label=rng.integers(9, size=n), kind=rng.integers(3, size=n),
        time_us=rng.integers(moments, size=n) * 10**11, signal=signal,
    )  # fmt: skip
    plan = AuditPlan(size=size, by_time=True, by_signal=True)

    strata = strata_of(pool, WORDS, by_class=True, most=most_strata(plan))

    assert strata.population.sum() == n
    assert strata.population.size <= max(size // 3, 12)
    assert len(set(strata.window)) <= 5
    assert set(strata.signal) == {signal.names[k] for k in set(signal.of_item.tolist())}
    if size >= 36:
        assert allocation(strata, plan, size).sum() == min(size, n)


def test_windows_hold_equal_numbers_of_labels_and_are_named_by_their_dates():
    day = 86_400_000_000

    found = windows(np.random.default_rng(1).permutation(100) * day)
    within = windows(np.arange(10) * 60_000_000, most=2)

    assert np.bincount(found.of_item).tolist() == [20] * 5
    assert found.names[0] == "1970-01-01 to 1970-01-20"
    assert within.names == (
        "1970-01-01 00:00 to 1970-01-01 00:04", "1970-01-01 00:05 to 1970-01-01 00:09",
    )  # fmt: skip
    assert windows(np.zeros(50, dtype=int)).names == (None,)


def test_a_margin_is_kept_by_the_smallest_size_that_can():
    strata = strata_of(candidates(np.random.default_rng(10)), WORDS, by_class=False)
    plan = AuditPlan(margin=0.08)

    size = planned_size(strata, plan)

    assert planned_margin(strata, allocation(strata, plan, size)) <= 0.08
    assert planned_margin(strata, allocation(strata, plan, size - 1)) > 0.08


def test_everything_is_drawn_where_the_margin_asks_for_all():
    strata = strata_of(candidates(np.random.default_rng(11), (5, 4, 3)), WORDS, by_class=False)

    assert planned_size(strata, AuditPlan(margin=0.005)) == 12
    assert planned_size(strata, AuditPlan(size=500)) == 12


def test_the_price_counts_second_reviews_and_says_where_its_seconds_come_from():
    strata = strata_of(candidates(np.random.default_rng(12)), WORDS, by_class=False)
    drawn = allocation(strata, AuditPlan(), 50)

    known = audit_cost(AuditPlan(), strata, drawn, 12.0)
    guessed = audit_cost(AuditPlan(twice=0.0), strata, drawn, float("nan"))

    assert (known.items, known.twice, known.reviews, known.hours) == (50, 10, 60, 0.2)
    assert known.seconds_known
    assert (guessed.reviews, guessed.seconds_each, guessed.seconds_known) == (50, 30.0, False)
    assert known.strata == told(strata, drawn)
    assert items_twice(AuditPlan(twice=1.0), 50) == 50


@pytest.mark.parametrize(
    "wrong",
    [
        {"size": 0}, {"size": 10_001}, {"margin": 0.9}, {"margin": 0.0001},
        {"size": 5, "margin": 0.1}, {"disputed": 1.1}, {"unanimous": -0.1}, {"twice": 2.0},
        {"disputed": 0.8, "unanimous": 0.2}, {"reviewers": ("ann", "ann")},
        {"reviewers": ("ann",)}, {"reviewers": ("",), "twice": 0.0},
        {"disputed": float("nan")}, {"margin": float("nan")},
    ],
)  # fmt: skip
def test_a_plan_that_cannot_be_drawn_is_refused(wrong):
    with pytest.raises(InvalidInput):
        checked_plan(AuditPlan(**wrong))


def test_a_margin_beyond_what_an_audit_may_hold_is_refused():
    pool = Candidates(
        item=np.arange(10**6), label=np.zeros(10**6, dtype=int), kind=np.ones(10**6, dtype=int)
    )
    strata = strata_of(pool, WORDS, by_class=False)

    with pytest.raises(InvalidInput, match="wider"):
        planned_size(strata, AuditPlan(margin=0.005))
