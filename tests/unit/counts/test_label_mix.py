"""Label mix, agreement and majority against plain loops."""

import numpy as np
import pytest
from blocks import DAY_US, N_LABELERS, N_LABELS, drawn
from slow_counts import alike, by_item, label_shares, voters

from labeltrust.counts import agreement, block, label_mix
from labeltrust.counts.label_mix import N_BINS, N_DAYS


@pytest.mark.parametrize("repeats", [False, True])
@pytest.mark.parametrize("seed", range(3))
def test_the_expectation_of_the_same_items_is_that_of_plain_loops(repeats, seed):
    b = drawn(np.random.default_rng(seed), 70, repeats=repeats).block()
    expected = np.zeros((N_LABELERS, N_LABELS))
    covariance = np.zeros((N_LABELERS, N_LABELS, N_LABELS))
    compared = np.zeros((N_LABELERS, N_LABELS))
    for rows in by_item(b).values():
        who = voters(rows)
        if len(who) > 1:
            p = np.array([label_shares(rows)[x] for x in range(N_LABELS)])
            for a, answers in who.items():
                expected[a] += p
                covariance[a] += np.diag(p) - np.outer(p, p)
                for x in answers:
                    compared[a, x] += 1 / len(answers)

    found = label_mix.count(b)

    assert found.expected.over(1, 2).dense() == pytest.approx(expected)
    assert found.compared.over(1, 2).dense() == pytest.approx(compared)
    assert found.covariance.dense() == pytest.approx(covariance, abs=1e-9)


def test_labels_are_counted_by_the_day_they_occurred_on():
    day = np.array([0, 0, 20_779, 20_779])
    b = block(
        [1, 2, 3, 4],
        [0, 1, 0, 0],
        [0, 1, 1, 1],
        n_labelers=2,
        values=[0, 1],
        occurred_us=day * DAY_US + 5,
    )

    days, labeler, label = label_mix.count(b).observed.index

    assert days.tolist() == [0, 0, 20_779]
    assert labeler.tolist() == [0, 1, 0]
    assert label.tolist() == [0, 1, 1]


def test_absurd_dates_go_to_the_first_and_last_day():
    b = block([1, 2], [0, 0], [0, 0], n_labelers=1, values=[0], occurred_us=[-(10**17), 10**18])

    assert label_mix.count(b).observed.index[0].tolist() == [0, N_DAYS - 1]


def test_a_scale_of_many_numbers_is_cut_into_bins_of_equal_width():
    values = np.linspace(-3.0, 7.0, 10_001)
    b = block(
        [1, 2, 3], [0, 0, 0], [0, 5_000, 10_000], n_labelers=1, values=values, level="interval"
    )

    found = label_mix.count(b)

    assert found.observed.shape[2] == N_BINS
    assert found.observed.index[2].tolist() == [0, N_BINS // 2, N_BINS - 1]


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval"])
@pytest.mark.parametrize("repeats", [False, True])
def test_agreement_of_an_item_is_the_mean_over_pairs_of_its_labelers(level, repeats):
    b = drawn(np.random.default_rng(4), 50, level, repeats=repeats).block()
    sums, shares = np.zeros(5), np.zeros(N_LABELS)
    for rows in by_item(b).values():
        who = voters(rows)
        sums[0] += 1
        shares += [label_shares(rows)[x] for x in range(N_LABELS)]
        if len(who) > 1:
            sums[1] += 1
            for k, kind in enumerate(("equal", "linear", "quadratic")):
                pairs = [(p, q) for p in who for q in who if p != q]
                sums[2 + k] += np.mean([alike(kind, who[p], who[q], b.values) for p, q in pairs])

    found = agreement.count(b)

    assert found.items.sums.sum(axis=1) == pytest.approx(sums)
    assert found.shares.over(1).dense() == pytest.approx(shares)


def test_one_absurd_number_does_not_put_all_others_into_one_bin():
    values = np.append(np.linspace(0, 100, 101), 1e12)
    b = block([1, 2, 3], [0] * 3, [0, 100, 101], n_labelers=1, values=values, level="interval")

    first, second, third = label_mix.count(b).bin_of_label[[0, 100, 101]]

    assert first < second < third
