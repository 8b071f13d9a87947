"""By how much a share has changed, at an equal mix of kinds."""

import numpy as np
import pytest

from labeltrust.domain.estimates import Undefined
from labeltrust.metrics.share_change import NOTHING_ALIKE, share_change


def of(*pairs):
    """Hits and trials of each kind."""
    return np.array([hits for hits, _ in pairs]), np.array([trials for _, trials in pairs])


# Newcombe (1998), Statistics in Medicine 17, table II: p1 - p2 by method 10.
@pytest.mark.parametrize(
    ("one", "two", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((10, 10), (0, 10), 0.6075, 1.0),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
    ],
)
def test_of_one_kind_it_is_the_published_score_interval(one, two, low, high):
    found = share_change(of(two), of(one))

    assert (found.low, found.high) == (
        pytest.approx(low, abs=6e-5),
        pytest.approx(high, abs=6e-5),
    )


def test_another_mix_of_kinds_alone_is_no_change():
    before, lately = of((95, 100), (140, 200)), of((190, 200), (70, 100))

    found = share_change(before, lately)

    raw = 260 / 300 - 235 / 300
    assert raw > 0.08
    assert found.value == pytest.approx(0)
    assert found.low < 0 < found.high
    assert found.n == 600


def test_full_agreement_at_both_times_is_not_held_for_certain():
    found = share_change(of((20, 20)), of((16, 16)))

    assert found.value == 0
    assert found.low < -0.1
    assert found.high > 0.1


def test_kinds_that_were_there_only_once_tell_nothing():
    found = share_change(of((9, 10), (0, 0)), of((0, 0), (5, 10)))
    partly = share_change(of((9, 10), (0, 0)), of((9, 10), (5, 10)))

    assert found == Undefined(reason=NOTHING_ALIKE)
    assert (partly.value, partly.n) == (0, 20)


def test_going_back_turns_the_interval_round():
    one, two = of((30, 40), (20, 25)), of((12, 20), (40, 41))

    there, back = share_change(one, two), share_change(two, one)

    assert (there.value, there.low, there.high) == pytest.approx(
        (-back.value, -back.high, -back.low)
    )


@pytest.mark.parametrize("confidence", [0.95, 0.995])
@pytest.mark.parametrize("shares", [((0.95, 0.8), (0.95, 0.8)), ((0.98, 0.9), (0.85, 0.7))])
def test_the_interval_holds_the_change_about_as_often_as_it_says(confidence, shares):
    rng = np.random.default_rng(8)
    before, lately = np.array(shares)
    n, m = np.array([40, 90]), np.array([25, 12])
    weight = n * m / (n + m)
    truth = float((weight * (lately - before)).sum() / weight.sum())
    held = 0
    for _ in range(2_000):
        found = share_change((rng.binomial(n, before), n), (rng.binomial(m, lately), m), confidence)
        held += found.low <= truth <= found.high

    assert held / 2_000 == pytest.approx(confidence, abs=0.02)
