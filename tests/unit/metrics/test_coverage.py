"""The 95 % intervals hold the true number about as often as they say."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from labeltrust.counts import Judgments, agreement, block, coincidences, concordance, flips, peers
from labeltrust.counts._split import bucket
from labeltrust.domain.estimates import Measured
from labeltrust.metrics._jackknife import jackknife
from labeltrust.metrics.agreement import gwet_ac, peer_gwet_ac, percent_agreement
from labeltrust.metrics.cohen_kappa import kappa_to_consensus, peer_kappa
from labeltrust.metrics.krippendorff_alpha import krippendorff_alpha

IMPOSSIBLE = 1e-6
LEAST_COVERAGE = 0.92
"""What is claimed for 60 items; measured are 0.93 to 0.97."""


def crowd(rng: np.random.Generator, n_items: int, level: str) -> Judgments:
    """8 labelers of skill 0.6 to 0.97, 4 on each item, a third of the items hard, 4 labels."""
    truth = rng.choice(4, n_items, p=[0.6, 0.15, 0.15, 0.1])
    item = np.repeat(np.arange(n_items), 4)
    labeler = rng.random((n_items, 8)).argsort(axis=1)[:, :4].ravel()
    hard = rng.random(n_items) < 0.3
    skill = np.where(hard[item], 0.5, np.linspace(0.6, 0.97, 8)[labeler])
    near = np.clip(truth[item] + rng.integers(-1, 2, item.size), 0, 3)
    wrong = near if level != "nominal" else rng.integers(0, 4, item.size)
    label = np.where(rng.random(item.size) < skill, truth[item], wrong)
    ids = rng.integers(0, 10**15, n_items)
    return block(ids[item], labeler, label, n_labelers=8, values=range(4), level=level)


def alpha(b: Judgments) -> list[Measured]:
    found = krippendorff_alpha(coincidences.count(b))
    return [found.project, found.without[0], found.effect[0], found.effect[7]]


def coefficients(b: Judgments) -> list[Measured]:
    means, others = agreement.count(b), peers.count(b)
    consensus = kappa_to_consensus(flips.count(b), concordance.count(b))
    return [
        percent_agreement(means),
        gwet_ac(means),
        peer_kappa(others)[3],
        consensus[3],
        peer_gwet_ac(others)[3],
    ]


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval"])
@pytest.mark.parametrize("measure", [alpha, coefficients])
def test_intervals_hold_the_true_value(level: str, measure: Callable[[Judgments], list[Measured]]):
    rng = np.random.default_rng(17)
    true = [x.value for x in measure(crowd(rng, 100_000, level))]
    runs = 250

    hits = np.zeros(len(true))
    for _ in range(runs):
        found = measure(crowd(rng, 60, level))
        hits += [x.low <= t <= x.high for x, t in zip(found, true, strict=True)]

    for k in hits:
        assert stats.binomtest(int(k), runs, LEAST_COVERAGE, "less").pvalue > IMPOSSIBLE


def test_leaving_out_single_items_is_the_jackknife_of_a_mean():
    x = np.random.default_rng(0).normal(size=40)
    without = (x.sum() - x) / 39

    spread = jackknife(without[None], np.ones((1, 40), dtype=bool))

    assert spread.error[0] == pytest.approx(x.std(ddof=1) / np.sqrt(40))
    assert spread.margin[0] == pytest.approx(spread.error[0] * stats.t.ppf(0.975, 39))


def test_one_group_of_items_says_nothing_about_the_spread():
    spread = jackknife(np.array([[0.3, 0.5]]), np.array([[True, False]]))

    assert spread.margin.tolist() == [np.inf]


def test_groups_give_about_the_error_that_single_items_give():
    """2,000 items in 64 groups: the error of a mean is known to 9 % (1 / sqrt(2 * 63))."""
    rng = np.random.default_rng(1)
    x, group = rng.exponential(size=2000), bucket(rng.permutation(10**6)[:2000], 64)
    total, n = np.bincount(group, x), np.bincount(group)

    spread = jackknife(((x.sum() - total) / (2000 - n))[None], np.ones((1, 64), dtype=bool))

    assert spread.error[0] == pytest.approx(x.std() / np.sqrt(2000), rel=0.45)
