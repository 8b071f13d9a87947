"""E-processes: their expectation under honesty is at most one, at any time one stops."""

from itertools import product

import numpy as np
import pytest

from labeltrust.inference.blocks import Blocks
from labeltrust.inference.e_process import log_onset_prior, onset_e_process

HONEST = np.array([0.5, 0.3, 0.2, 0.0, 0.0])
BAD = np.array([0.0, 0.0, 0.0, 0.4, 0.6])
CHANCES = np.array([0.05, 0.15, 0.3, 0.6, 0.9])


def blocks_of(outcomes, chances=CHANCES):
    """One labeler, one outcome a block: hit or not, with a chance by parameter."""
    hits = np.array(outcomes)[:, None]
    curve = np.log(np.where(hits, chances, 1 - chances))
    zeros = np.zeros(len(outcomes), dtype=np.int64)
    return Blocks(curve=curve, labeler=zeros, first_row=np.arange(len(outcomes)), n_labelers=1)


def e_value(outcomes):
    return float(np.exp(onset_e_process(blocks_of(outcomes), HONEST, BAD).log_e[0]))


def chance_of(outcomes, weights):
    by_value = np.prod(np.where(np.array(outcomes)[:, None], CHANCES, 1 - CHANCES), axis=0)
    return float(weights @ by_value)


@pytest.mark.parametrize("n", [1, 2, 6])
def test_the_expectation_under_the_honest_population_is_at_most_one(n):
    paths = list(product([0, 1], repeat=n))

    mean = sum(chance_of(path, HONEST) * e_value(path) for path in paths)

    assert 0 < mean <= 1 + 1e-12


def test_stopping_when_it_looks_worst_does_not_help_the_accuser():
    paths = list(product([0, 1], repeat=9))

    def ever(path, threshold):
        return any(e_value(path[:k]) >= threshold for k in range(1, len(path) + 1))

    for threshold in (2.0, 5.0, 20.0):
        crossed = sum(chance_of(p, HONEST) for p in paths if ever(p, threshold))

        assert crossed <= 1 / threshold


def test_it_is_a_supermartingale_of_the_honest_population_with_the_starts_to_come():
    path = (1, 0, 0, 1)
    spent = float(np.exp(log_onset_prior(np.arange(len(path)))).sum())
    later = 1 - spent

    following = sum(
        chance_of((*path, x), HONEST) / chance_of(path, HONEST) * e_value((*path, x))
        for x in (0, 1)
    )
    new = float(np.exp(log_onset_prior(np.array([len(path)])))[0])

    assert following == pytest.approx(e_value(path) + new, abs=1e-9)
    assert new < later


def test_a_change_in_the_middle_is_found_where_it_is():
    rng = np.random.default_rng(1)
    outcomes = np.concatenate([rng.random(60) < 0.1, rng.random(60) < 0.9]).astype(int)

    found = onset_e_process(blocks_of(outcomes), HONEST, BAD)

    assert float(found.log_e[0]) > 40
    assert 55 <= int(found.onset_row[0]) <= 65
    assert int(found.earliest_row[0]) <= int(found.onset_row[0])


def test_bad_from_the_start_has_no_onset():
    found = onset_e_process(blocks_of([1] * 30), HONEST, BAD)

    assert int(found.onset_row[0]) == int(found.earliest_row[0]) == -1


def test_a_weak_honest_labeler_is_no_surprise_to_the_population():
    rng = np.random.default_rng(2)
    outcomes = (rng.random(2000) < 0.3).astype(int)

    found = onset_e_process(blocks_of(outcomes), HONEST, BAD)

    assert float(found.log_e[0]) < 1


def test_labelers_do_not_mix():
    one, two = blocks_of([1] * 20), blocks_of([0] * 15)
    both = Blocks(
        curve=np.concatenate([one.curve, two.curve]),
        labeler=np.array([1] * 20 + [3] * 15),
        first_row=np.arange(35),
        n_labelers=5,
    )

    found = onset_e_process(both, HONEST, BAD)

    assert found.log_e[1] == pytest.approx(onset_e_process(one, HONEST, BAD).log_e[0])
    assert found.log_e[3] == pytest.approx(onset_e_process(two, HONEST, BAD).log_e[0])
    assert found.log_e[[0, 2, 4]].tolist() == [0, 0, 0]
