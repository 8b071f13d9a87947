"""Label shift where every item carries one label: the calendar is the baseline."""

import numpy as np
from planted_crowds import evidence_of, judgments_of, planted

from labeltrust.counts import block, label_mix
from labeltrust.inference.label_baseline import ANY_WEEKDAY, DAY, ITEMS, WEEKDAY, same_time
from labeltrust.signals.label_shift import SIGNAL
from labeltrust.simulate import Planting

DAY_US = 86_400_000_000
DAYS = 28
MONDAY = 4
"""The first Monday after 1970-01-01, a Thursday."""


def alone(seed, *, n_labelers=30, labels=250, lean=0.0, since=0, weekends=()):
    """Draw labelers who share no item; class 1 is twice as frequent at weekends.

    Labeler 0 leans to class 1 by `lean` since a day; `weekends` work on no other days.
    """
    rng = np.random.default_rng(seed)
    labeler = np.repeat(np.arange(n_labelers), labels)
    day = rng.integers(0, DAYS, labeler.size)
    only = np.isin(labeler, weekends)
    day = np.where(
        only, 7 * rng.integers(0, DAYS // 7, day.size) + rng.integers(5, 7, day.size), day
    )
    share = np.where(day % 7 >= 5, 0.6, 0.3)
    share = np.where((labeler == 0) & (day >= since), share + lean, share)
    share = np.clip(share + rng.normal(0, 0.02, n_labelers)[labeler], 0.02, 0.98)
    return block(
        range(labeler.size),
        labeler,
        (rng.random(labeler.size) < share).astype(int),
        n_labelers=n_labelers,
        values=[0, 1],
        occurred_us=(MONDAY + day) * DAY_US + 1,
    )


def test_who_leans_is_found_by_the_calendar():
    said = SIGNAL.read(evidence_of(alone(24_001, lean=0.25)))

    assert said.p_value[0] == np.nanmin(said.p_value)
    assert said.p_value[0] < 1e-3
    assert said.detail[0]["baseline"] == DAY
    assert said.detail[0]["total_variation"] > 0.15
    assert said.detail[0]["psi"] > 0.1


def test_who_starts_to_lean_is_found_in_a_window():
    said = SIGNAL.read(evidence_of(alone(24_002, lean=0.4, since=21)))

    assert said.p_value[0] < 0.001
    assert said.detail[0]["window"] == 3


def test_who_works_at_weekends_only_is_compared_with_weekends():
    surprised = 0
    for seed in range(24_010, 24_018):
        said = SIGNAL.read(evidence_of(alone(seed, weekends=(0, 1, 2))))
        surprised += int((said.p_value < 0.001).sum())

    # 240 labelers; more than 6 below 0.001 would be rejected at 1e-6 if the rate were 0.001
    assert surprised <= 6


def test_few_others_on_a_day_make_the_weekday_the_baseline():
    judgments = alone(24_003, n_labelers=12, labels=60)

    found = same_time(label_mix.count(judgments), np.ones(12, dtype=bool))

    assert set(found.said) == {WEEKDAY}
    few = same_time(
        label_mix.count(alone(24_004, n_labelers=12, labels=12)), np.ones(12, dtype=bool)
    )
    assert set(few.said) == {ANY_WEEKDAY}


def test_expected_labels_are_as_many_as_his_own_and_hold_none_of_his():
    judgments = alone(24_005, n_labelers=5, labels=100)
    label = np.where(judgments.labeler == 0, 1, 0)
    one_sided = block(
        range(500), judgments.labeler, label, n_labelers=5, values=[0, 1], occurred_us=1
    )

    found = same_time(label_mix.count(one_sided), np.ones(5, dtype=bool))

    assert found.dense("expected")[0].tolist() == [100.0, 0.0]
    assert np.allclose(found.dense("expected").sum(axis=1), 100)


def test_where_items_are_shared_they_are_the_baseline():
    found = planted(Planting(attack="constant", n_members=1, rate=0.6, to_class=0), seed=24_006)

    said = SIGNAL.read(evidence_of(judgments_of(found)))

    assert said.detail[int(found.suspects[0])]["baseline"] == ITEMS
