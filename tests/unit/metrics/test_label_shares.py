"""Shares of the classes by labeler and window, and how they change."""

import numpy as np
import pytest
from blocks import DAY_US
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from labeltrust.counts import Judgments, block, label_mix
from labeltrust.domain.estimates import Undefined
from labeltrust.metrics.label_shares import labeler_shares, project_shares, share_changes

IMPOSSIBLE = 1e-6


def project(rng: np.random.Generator) -> Judgments:
    """300 items a week for two weeks, 6 labels each; items differ much, the weeks do not."""
    likely = rng.dirichlet([0.5, 0.3, 0.1], 600)
    draws = rng.random((600, 6, 1)) > likely.cumsum(axis=1)[:, None, :]
    label = np.minimum(draws.sum(axis=2), 2).ravel()
    ids = rng.integers(0, 10**15, 600)
    return block(
        np.repeat(ids, 6),
        np.tile(range(6), 600),
        label,
        n_labelers=6,
        values=range(3),
        occurred_us=np.repeat([0, 8], 300 * 6) * DAY_US,
    )


def test_a_labelers_shares_are_counts_with_wilson_intervals():
    b = project(np.random.default_rng(1))

    found = labeler_shares(label_mix.count(b), (0, 7))

    early = b.occurred_us < 7 * DAY_US
    for labeler, label, share in zip(found.labeler, found.label, found.share, strict=True):
        mine = b.label[early & (b.labeler == labeler)]
        k = int((mine == label).sum())
        assert share.value == pytest.approx(k / mine.size)
        assert (share.low, share.high) == pytest.approx(
            proportion_confint(k, mine.size, method="wilson"), abs=1e-12
        )


def test_shares_of_the_project_cover_the_truth_though_items_differ():
    rng = np.random.default_rng(2)
    true, hits = np.array([5, 3, 1]) / 9, np.zeros(3)
    for _ in range(200):
        found = project_shares(label_mix.count(project(rng)))
        hits += (found.low <= true) & (true <= found.high)

    for k in hits:
        assert stats.binomtest(int(k), 200, 0.93, "less").pvalue > IMPOSSIBLE


def test_without_a_change_the_p_values_of_a_class_are_uniform():
    rng = np.random.default_rng(3)

    p = [
        share_changes(label_mix.count(project(rng)), (0, 7), (7, 14)).p_value[2] for _ in range(200)
    ]

    assert stats.kstest(p, "uniform").pvalue > IMPOSSIBLE


def test_a_small_class_that_vanishes_is_seen_by_itself():
    rng = np.random.default_rng(4)
    label = (rng.random(2000) < np.repeat([0.05, 0.0], 1000)).astype(int)
    b = block(
        range(2000),
        rng.integers(0, 5, 2000),
        label,
        n_labelers=5,
        values=[0, 1],
        occurred_us=np.repeat([0, 8], 1000) * DAY_US,
    )

    found = share_changes(label_mix.count(b), (0, 7), (7, 14))

    assert found.change[1].high < 0
    assert found.p_value[1] < 1e-4
    assert found.change[1].n == 1000


def test_windows_without_labels_have_no_shares():
    counts = label_mix.count(project(np.random.default_rng(5)))

    assert labeler_shares(counts, (90, 97)).labeler.size == 0
    assert all(isinstance(x, Undefined) for x in project_shares(counts, (90, 97)))
    assert all(isinstance(x, Undefined) for x in share_changes(counts, (0, 7), (90, 97)).change)


def test_a_class_never_given_may_still_come():
    b = block(range(20), [0] * 20, [0] * 20, n_labelers=1, values=[0, 1])

    share = project_shares(label_mix.count(b))[1]

    assert share.value == 0
    assert 0.1 < share.high < 0.3
