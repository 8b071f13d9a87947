"""The search for an onset, and the e-process for a rise."""

from itertools import product

import numpy as np
import pytest

from labeltrust.inference.blocks import Blocks
from labeltrust.inference.change_e_process import change_e_process, drifts, rises
from labeltrust.inference.change_scan import borders_of, largest_rise, tail_of_largest
from labeltrust.inference.contrasts import contrast

GRID = np.linspace(-4.0, 4.0, 33)


def streams(chances):
    """Return blocks of 8 hits and misses by the log odds of a hit, one labeler a row."""
    hits = chances.reshape(len(chances), -1, 8).sum(axis=2)
    rate = 1 / (1 + np.exp(-GRID))
    curve = hits[:, :, None] * np.log(rate) + (8 - hits)[:, :, None] * np.log1p(-rate)
    n, k = hits.shape
    return Blocks(
        curve=curve.reshape(n * k, -1),
        labeler=np.repeat(np.arange(n), k),
        first_row=8 * np.arange(n * k),
        n_labelers=n,
    )


@pytest.mark.parametrize("n_blocks", [6, 40])
def test_the_tail_of_the_largest_rise_is_that_of_a_walk(n_blocks):
    rng = np.random.default_rng(30_001)
    steps = rng.standard_normal((40_000, n_blocks))
    walk, k = steps.cumsum(axis=1), np.arange(1, n_blocks)
    bridge = walk[:, -1:] * k / n_blocks - walk[:, :-1]
    largest = (bridge / np.sqrt(k * (n_blocks - k) / n_blocks)).max(axis=1)

    stated = tail_of_largest(largest, np.full(largest.size, n_blocks))

    # 40 expected below 0.001; more than 80 would be rejected at 1e-6, and so would fewer than 12
    assert 12 <= (stated < 0.001).sum() <= 80
    assert (stated < 0.0001).sum() <= 22


def test_honest_streams_of_rare_errors_are_not_surprising():
    rng = np.random.default_rng(30_002)
    blocks = streams(rng.random((1000, 320)) < 0.05)

    p_value = largest_rise(borders_of(blocks, GRID), 1000, 0.0).p_value

    # 1 expected below 0.001; more than 9 would be rejected at 1e-6
    assert (p_value < 0.001).sum() <= 9


def test_a_rise_is_dated_whatever_the_level_before():
    rng = np.random.default_rng(30_003)
    chance = np.repeat([[0.05, 0.5], [0.3, 0.8]], 160, axis=1)
    blocks = streams(rng.random((2, 320)) < chance)

    rise = largest_rise(borders_of(blocks, GRID), 2, 0.0)

    assert (rise.p_value < 1e-6).all()
    assert (np.abs(rise.block - [20, 60]) <= 3).all()
    assert (rise.earliest <= rise.block).all()


def test_a_fall_is_no_rise_and_drift_is_forgiven():
    rng = np.random.default_rng(30_004)
    falls = streams(rng.random((1, 320)) < np.repeat([[0.5, 0.1]], 160, axis=1))
    rose = streams(rng.random((1, 320)) < np.repeat([[0.2, 0.4]], 160, axis=1))

    assert largest_rise(borders_of(falls, GRID), 1, 0.0).p_value[0] > 0.05
    strict, lax = (largest_rise(borders_of(rose, GRID), 1, d).p_value[0] for d in (0.0, 1.0))
    assert strict < lax


def test_the_common_level_drops_out_of_a_contrast():
    rng = np.random.default_rng(30_005)
    level = rng.uniform(0.1, 0.6, 4000)
    hits = rng.binomial(80, level, (2, 4000))
    rate = 1 / (1 + np.exp(-GRID))
    one, two = (h[:, None] * np.log(rate) + (80 - h)[:, None] * np.log1p(-rate) for h in hits)

    z = contrast(one, two, GRID).z

    # the sample standard deviation of 4000 normals is within 0.06 of 1 but for one in a million
    assert abs(z.std() - 1) < 0.06
    assert abs(z.mean()) < 0.08


@pytest.mark.parametrize("spread", [0.0, 0.7])
def test_no_honest_population_expects_more_than_one(spread):
    grid, honest, n = np.array([0.0, 1.0, 2.0]), np.array([0.5, 0.4, 0.1]), 6
    chance = np.array([0.2, 0.5, 0.8])
    paths = np.array(list(product([0, 1], repeat=n)))
    curve = np.log(np.where(paths[:, :, None], chance, 1 - chance)).reshape(-1, 3)
    labeler = np.repeat(np.arange(len(paths)), n)
    blocks = Blocks(
        curve=curve, labeler=labeler, first_row=np.arange(labeler.size), n_labelers=len(paths)
    )
    kernel = drifts(grid, spread)

    log_e = change_e_process(blocks, honest, rises(grid, 1.0), kernel).log_e
    likelihood = np.exp(curve.reshape(-1, n, 3))
    below = _never_or_drifting(likelihood, honest, kernel)

    assert below.sum() == pytest.approx(1.0)
    assert below @ np.exp(log_e) == pytest.approx(1.0)


def _never_or_drifting(likelihood, honest, kernel):
    """Return the chance of every path: half stay as they are, half drift at some answer."""
    n = likelihood.shape[1]
    stays = likelihood.prod(axis=1) @ honest
    drifting = stays / n  # the drift is yet to come
    for k in range(1, n):
        before, after = likelihood[:, :k].prod(axis=1), likelihood[:, k:].prod(axis=1)
        drifting = drifting + ((before * (after @ kernel.T)) @ honest) / (k * (k + 1))
    return (stays + drifting) / 2
