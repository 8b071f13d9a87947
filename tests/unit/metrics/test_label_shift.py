"""Label shift: against peers, against the project, and over windows of days."""

import numpy as np
import pytest
from blocks import DAY_US, drawn
from scipy import stats
from scipy.spatial.distance import jensenshannon

from labeltrust.counts import Judgments, block, label_mix
from labeltrust.domain.estimates import Undefined
from labeltrust.metrics.label_shift import label_shift_from_peers, label_shift_from_project
from labeltrust.metrics.label_windows import (
    label_shift_of_labelers,
    label_shift_of_project,
    project_histogram,
)

IMPOSSIBLE = 1e-6


def crowd(rng: np.random.Generator, shift: float = 0.0, n_items: int = 400) -> Judgments:
    """400 items of uneven difficulty, 6 labelers; labeler 0 turns a share of his labels into 0."""
    likely = rng.dirichlet([0.6, 0.5, 0.4, 0.3], n_items)
    draws = rng.random((n_items, 6, 1)) > likely.cumsum(axis=1)[:, None, :]
    label = np.minimum(draws.sum(axis=2), 3)
    label[:, 0] = np.where(rng.random(n_items) < shift, 0, label[:, 0])
    return block(
        np.repeat(range(n_items), 6),
        np.tile(range(6), n_items),
        label.ravel(),
        n_labelers=6,
        values=range(4),
        occurred_us=np.repeat(rng.integers(0, 14 * DAY_US, n_items), 6),
    )


def test_without_a_shift_the_p_values_are_uniform():
    rng = np.random.default_rng(21)

    p = [label_shift_from_peers(label_mix.count(crowd(rng))).p_value[0] for _ in range(300)]

    assert stats.kstest(p, "uniform").pvalue > IMPOSSIBLE


def test_the_interval_of_the_size_covers_no_shift_in_95_of_100():
    rng = np.random.default_rng(22)

    low = [label_shift_from_peers(label_mix.count(crowd(rng))).size.low[0] for _ in range(300)]
    missed = np.count_nonzero(np.array(low) > 0)

    assert stats.binomtest(missed, 300, 0.05, "greater").pvalue > IMPOSSIBLE


def test_a_labeler_who_calls_a_fifth_of_his_items_benign_is_seen_at_the_right_size():
    counts = label_mix.count(crowd(np.random.default_rng(23), shift=0.2, n_items=4000))

    found = label_shift_from_peers(counts)

    # a fifth of the labels that are not 0 turns into 0, and peers hold a sixth of the shift
    likely = 1 - 0.6 / 1.8
    assert found.p_value[0] < 1e-12
    assert found.size[0].value == pytest.approx(0.2 * likely * 5 / 6, rel=0.15)
    assert found.size[0].n == 4000


def test_the_item_mix_is_no_shift():
    """Labeler 0 sees only items of class 1, labelers 1 to 3 those and others."""
    item = np.concatenate([np.repeat(range(100), 4), np.repeat(range(100, 200), 3)])
    labeler = np.concatenate([np.tile(range(4), 100), np.tile(range(1, 4), 100)])
    b = block(item, labeler, (item < 100).astype(int), n_labelers=4, values=[0, 1])

    found = label_shift_from_peers(label_mix.count(b))

    assert found.size.value.tolist() == [0.0] * 4
    assert np.isnan(found.p_value).all()  # unanimous items: nothing could differ
    assert label_shift_from_project(label_mix.count(b)).size[0].value == 0.5


def test_labels_that_nobody_else_can_check_are_undefined():
    b = block([1, 2, 3], [0, 1, 2], [0, 1, 1], n_labelers=3, values=[0, 1])

    found = label_shift_from_peers(label_mix.count(b))

    assert all(x == Undefined(reason="no labels to compare") for x in found.size)


def test_against_the_project_the_test_is_two_sample_chi_squared():
    rng = np.random.default_rng(3)
    labeler, label = rng.integers(0, 2, 400), rng.integers(0, 3, 400)
    b = block(range(400), labeler, label, n_labelers=2, values=range(3))
    table = np.array([np.bincount(label[labeler == a], minlength=3) for a in range(2)])

    found = label_shift_from_project(label_mix.count(b))

    shares = table / table.sum(axis=1, keepdims=True)
    assert found.size.value == pytest.approx([np.abs(shares[0] - shares[1]).sum() / 2] * 2)
    assert found.degrees.tolist() == [2, 2]
    plain = stats.chi2_contingency(table, correction=False).pvalue
    assert found.p_value == pytest.approx([plain] * 2, abs=0.05)


def test_against_the_project_windows_are_compared_one_by_one():
    """Both labelers follow the season; only their activity differs."""
    rng = np.random.default_rng(4)
    week = np.repeat([0, 1], 500)
    labeler = (rng.random(1000) < np.where(week, 0.8, 0.2)).astype(int)
    label = (rng.random(1000) < np.where(week, 0.7, 0.3)).astype(int)
    b = block(
        range(1000), labeler, label, n_labelers=2, values=[0, 1], occurred_us=week * 7 * DAY_US
    )
    counts = label_mix.count(b)

    by_week = label_shift_from_project(counts, days=7).p_value
    by_month = label_shift_from_project(counts, days=28).p_value

    assert by_week.min() > 1e-3
    assert by_month.max() < 1e-6


def test_sizes_are_those_of_scipy_and_of_the_formulas():
    counts = label_mix.count(drawn(np.random.default_rng(7), 80).block())
    one, two = (t.over(1, 2).dense() for t in (counts.compared, counts.expected))

    found = label_shift_from_peers(counts)

    p, q = (x / x.sum(axis=1, keepdims=True) for x in (one, two))
    a, b = ((x + 0.5) / (x + 0.5).sum(axis=1, keepdims=True) for x in (one, two))
    assert found.size.value == pytest.approx(np.abs(p - q).sum(axis=1) / 2)
    assert found.jensen_shannon == pytest.approx(jensenshannon(p, q, base=2, axis=1))
    assert found.psi == pytest.approx(((a - b) * np.log(a / b)).sum(axis=1))


def test_a_labeler_who_turns_is_seen_against_his_own_past_by_chi_squared():
    rng = np.random.default_rng(5)
    before, after = rng.choice(3, 200, p=[0.5, 0.3, 0.2]), rng.choice(3, 150, p=[0.8, 0.1, 0.1])
    b = block(
        range(350),
        [0] * 350,
        [*before, *after],
        n_labelers=2,
        values=range(3),
        occurred_us=np.repeat([0, 9], [200, 150]) * DAY_US,
    )
    table = np.array([np.bincount(before, minlength=3), np.bincount(after, minlength=3)])

    found = label_shift_of_labelers(label_mix.count(b), (0, 7), (7, 14))

    wanted = stats.chi2_contingency(table, correction=False)
    assert found.statistic[0] == pytest.approx(wanted.statistic)
    assert found.degrees[0] == wanted.dof
    assert found.p_value[0] == pytest.approx(wanted.pvalue)
    assert found.size[0].n == 150
    assert isinstance(found.size[1], Undefined)


def test_rare_classes_are_counted_together():
    b = block(
        range(204),
        [0] * 204,
        [0] * 60 + [1] * 40 + [2, 3] + [0] * 40 + [1] * 60 + [4, 5],
        n_labelers=1,
        values=range(6),
        occurred_us=np.repeat([0, 1], 102) * DAY_US,
    )

    found = label_shift_of_labelers(label_mix.count(b), (0, 1), (1, 2))

    # four rare classes hold 2 expected labels a window: too few alone, so they join class 1
    wanted = stats.chi2_contingency([[60, 42], [40, 62]], correction=False)
    assert found.degrees[0] == 1
    assert found.p_value[0] == pytest.approx(wanted.pvalue)


def project(rng: np.random.Generator, change: float = 0.0) -> Judgments:
    """300 items a week for two weeks, 8 labels each, labels of an item much alike."""
    share = np.clip(rng.beta(0.5, 0.5, 600) + np.repeat([0, change], 300), 0, 1)
    label = (rng.random((600, 8)) < share[:, None]).astype(int).ravel()
    return block(
        np.repeat(range(600), 8),
        np.tile(range(8), 600),
        label,
        n_labelers=8,
        values=[0, 1],
        occurred_us=np.repeat([0, 8], 300 * 8) * DAY_US,
    )


def test_a_project_test_that_knows_its_items_does_not_cry_wolf():
    rng = np.random.default_rng(31)
    found, plain = [], []
    for _ in range(200):
        counts = label_mix.count(project(rng))
        found.append(label_shift_of_project(counts, (0, 7), (7, 14)))
        table = project_histogram(counts).observed
        plain.append(stats.chi2_contingency(table, correction=False).pvalue)

    p_value = np.array([f.p_value[0] for f in found])
    missed = sum(f.size.low[0] > 0 for f in found)
    assert stats.kstest(p_value, "uniform").pvalue > IMPOSSIBLE
    assert stats.binomtest(missed, 200, 0.05, "greater").pvalue > IMPOSSIBLE
    assert np.mean(np.array(plain) < 0.05) > 0.2  # the plain test is wrong here


def test_a_change_of_the_project_is_seen():
    counts = label_mix.count(project(np.random.default_rng(32), change=0.25))

    found = label_shift_of_project(counts, (0, 7), (7, 14))

    assert found.p_value[0] < 1e-3
    assert found.size[0].low > 0.02


def test_windows_without_labels_are_undefined():
    counts = label_mix.count(project(np.random.default_rng(33)))

    assert isinstance(label_shift_of_project(counts, (0, 7), (70, 77)).size[0], Undefined)
    assert all(
        isinstance(x, Undefined) for x in label_shift_of_labelers(counts, (70, 77), (0, 7)).size
    )


def test_many_classes_are_pooled_to_the_frequent_ones():
    rng = np.random.default_rng(6)
    label = np.minimum(rng.geometric(0.05, 4000) - 1, 199)
    b = block(
        np.repeat(range(1000), 4),
        np.tile(range(4), 1000),
        label,
        n_labelers=4,
        values=range(200),
        occurred_us=rng.integers(0, 14 * DAY_US, 4000),
    )
    counts = label_mix.count(b)

    assert label_shift_from_peers(counts).degrees.max() <= 31
    assert label_shift_from_peers(counts).p_value.min() > IMPOSSIBLE
    assert label_shift_of_labelers(counts, (0, 7), (7, 14)).p_value.min() > IMPOSSIBLE
    assert label_shift_of_project(counts, (0, 7), (7, 14)).p_value.min() > IMPOSSIBLE


def test_a_project_without_labels_has_no_shift_to_state():
    counts = label_mix.count(block([], [], [], n_labelers=0, values=[]))

    assert len(label_shift_from_peers(counts).size) == 0
    assert len(label_shift_from_project(counts).size) == 0
    assert isinstance(label_shift_of_project(counts, (0, 1), (1, 2)).size[0], Undefined)
    assert project_histogram(counts).start_day.size == 0
