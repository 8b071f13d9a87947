"""Drift of one feature: intervals cover, p-values are honest, and what cannot be said is not."""

import numpy as np
import pytest
from scipy import stats

from labeltrust.metrics.feature_drift import MIN_ITEMS, category_drift, number_drift

REJECT = 1e-6
RUNS = 400


def words(rng, shares, n):
    return rng.choice(np.array([f"c{k}" for k in range(len(shares))]), n, p=shares)


@pytest.mark.parametrize("tilt", [0.1, 0.4, 0.8])
def test_the_intervals_cover_the_true_sizes(tilt):
    rng = np.random.default_rng(int(100 * tilt))
    p = rng.dirichlet(np.full(6, 5.0))
    q = p * np.exp(tilt * rng.normal(size=6))
    q /= q.sum()
    middle = (p + q) / 2
    psi = ((p - q) * np.log(p / q)).sum()
    js = np.sqrt((p * np.log2(p / middle) + q * np.log2(q / middle)).sum() / 2)

    found = [category_drift(words(rng, p, 1000), words(rng, q, 4000)) for _ in range(RUNS)]

    for size, told in ((psi, [f.psi for f in found]), (js, [f.jensen_shannon for f in found])):
        covered = sum(e.low <= size <= e.high for e in told)
        assert stats.binom.cdf(covered, RUNS, 0.93) > REJECT


@pytest.mark.parametrize("kind", ["normal", "ties", "gaps", "categories"])
def test_without_drift_small_p_values_are_as_rare_as_they_say(kind):
    rng = np.random.default_rng(["normal", "ties", "gaps", "categories"].index(kind))
    draw = {
        "normal": lambda n: rng.normal(size=n),
        "ties": lambda n: rng.poisson(2, n).astype(float),
        "gaps": lambda n: np.where(rng.random(n) < 0.03, np.nan, rng.normal(size=n)),
        "categories": lambda n: words(rng, [0.6, 0.2, 0.1, 0.05, 0.03, 0.01, 0.01], n),
    }[kind]
    compare = category_drift if kind == "categories" else number_drift

    p_values = np.array([compare(draw(200), draw(800)).p_value for _ in range(RUNS)])

    for level in (0.05, 0.01):
        assert stats.binom.sf((p_values <= level).sum() - 1, RUNS, level) > REJECT


def test_kolmogorov_smirnov_covers_the_true_distance():
    rng = np.random.default_rng(7)
    true = 2 * stats.norm.cdf(0.25) - 1

    found = [number_drift(rng.normal(0.5, 1, 400), rng.normal(size=1600)).ks for _ in range(200)]

    assert stats.binom.cdf(sum(e.low <= true <= e.high for e in found), 200, 0.95) > REJECT


def test_a_lost_field_is_drift_even_where_its_values_are_the_same():
    rng = np.random.default_rng(3)
    before = rng.normal(size=2000)
    now = np.where(rng.random(500) < 0.3, np.nan, rng.normal(size=500))

    found = number_drift(now, before)

    assert found.p_value < 1e-9
    assert found.ks.value < 0.15
    assert found.shares[-1][0] == "absent"
    assert found.shares[-1][1] == pytest.approx(np.isnan(now).mean())


def test_few_items_say_nothing_and_why():
    few = np.zeros(MIN_ITEMS - 1)

    found = number_drift(few, np.zeros(5000))

    assert found.p_value is None
    assert found.psi.value is None
    assert str(MIN_ITEMS) in found.psi.reason


def test_a_number_that_never_varies_cannot_drift():
    found = number_drift(np.full(500, 3.0), np.full(500, 3.0))

    assert found.psi.value == 0
    assert found.p_value == 1


def test_ids_are_no_categories():
    found = category_drift(np.arange(300).astype(str), np.arange(300, 900).astype(str))

    assert found.psi.value is None
    assert found.p_value is None
