"""Victims of framing rings, on crowds drawn when the test runs: none is frozen by itself.

Seeds are printed, so that a failure can be drawn again.
"""

import numpy as np
import pytest
from planted_crowds import appraised, codes, flagged, held, judgments_of, planted
from scipy import stats

from labeltrust.simulate import Crowd, Planting

RUNS = 3
ONCE_IN_A_MILLION = 1e-6


def fresh_seeds():
    seeds = np.random.SeedSequence().generate_state(RUNS).tolist()
    print("seeds drawn:", seeds)  # noqa: T201 - a failure must be repeatable
    return seeds


def crowd_of(ring, seats):
    """Thirty honest labelers and the ring, accuracy about 0.9, no gold."""
    return Crowd(
        n_labelers=31 + ring,
        n_items=600,
        labels_per_item=seats,
        class_shares=(0.6, 0.4),
        skills=(0.86, 0.94),
        activity_spread=0.3,
        gold_share=0.0,
    )


@pytest.mark.parametrize("seats", [3, 5])
@pytest.mark.parametrize("ring", [2, 4, 8])
@pytest.mark.parametrize("reach", [0.2, 0.4])
def test_no_victim_is_frozen_by_itself(seats, ring, reach):
    framed = Planting(attack="framing_ring", n_members=ring, rate=reach, has_victim=True)
    victims = 0
    for seed in fresh_seeds():
        drawn = planted(framed, crowd=crowd_of(ring, seats), seed=seed)
        victims += drawn.orders[0][1].victim in held(appraised(judgments_of(drawn, imported=True)))

    assert victims <= stats.binom.ppf(1 - ONCE_IN_A_MILLION, RUNS, 0.01)


def test_fewer_than_ten_labelers_are_no_population_and_nobody_is_frozen():
    crowd = Crowd(n_labelers=9, n_items=500, labels_per_item=5, gold_share=0.0)
    bad = Planting(attack="uniform_flip", n_members=1, rate=0.95)
    drawn = planted(bad, crowd=crowd, seed=fresh_seeds()[0])

    assert not held(appraised(judgments_of(drawn)))


def test_a_real_attacker_is_no_dispute():
    crowd = Crowd(n_labelers=40, n_items=2400, labels_per_item=5, class_shares=(0.6, 0.4))
    flip = Planting(attack="uniform_flip", n_members=2, rate=0.9)
    contested, found = 0, 0
    for seed in fresh_seeds():
        drawn = planted(flip, crowd=crowd, seed=seed)
        said = appraised(judgments_of(drawn))
        found += len(flagged(said) & codes(drawn.suspects))
        contested += sum(f.state.contested for f in said.flags if f.labeler in drawn.suspects)

    assert found >= RUNS
    assert contested <= stats.binom.ppf(1 - ONCE_IN_A_MILLION, 2 * RUNS, 0.1)
