"""Corrupted heuristics are found by signals there are, and honest ones are left alone.

Seeds are drawn when the test runs and printed; `benchmarks/heuristics.py` measures more of them.
"""

import numpy as np
import pytest
from planted_crowds import appraised, flagged, held, judgments_of
from scipy import stats

from labeltrust.redteam.claims import FALSE_FREEZES
from labeltrust.redteam.plan import fresh_seed
from labeltrust.simulate import Crowd, Planted, draw_planted
from labeltrust.simulate._heuristics import Heuristics, with_heuristics

CROWD = Crowd(n_labelers=24, n_items=1200, labels_per_item=5, class_shares=(0.6, 0.4))
CORRUPTED = CROWD.n_labelers
RUNS = 3
POWER, FALSE = 0.95, 0.05
"""Share of corrupted rules flagged at least, and of honest ones at most."""
ONCE_IN = 1e-6


def looked_at(corruption, seed):
    rng = np.random.default_rng(seed)
    scene = with_heuristics(
        draw_planted(CROWD, (), rng).scene, Heuristics(corruption=corruption), rng
    )
    found = appraised(judgments_of(Planted(scene=scene, orders=())))
    return flagged(found), held(found)


@pytest.mark.slow
def test_a_rule_that_is_changed_is_flagged_and_rules_that_are_not_are_left_alone():
    seed = fresh_seed()
    print(f"first seed drawn: {seed}")  # noqa: T201 - a failure must be repeatable
    hit, false, frozen = [], [], []
    for k in range(RUNS):
        for corruption in (None, "moved", "constant", "inverted"):
            found, holds = looked_at(corruption, seed + k)
            honest = set(range(CORRUPTED + (corruption is not None), CORRUPTED + 4))
            false += [n in found for n in honest]
            hit += [] if corruption is None else [CORRUPTED in found]
            frozen += [n in holds for n in honest]

    assert stats.binom.cdf(sum(hit), len(hit), POWER) > ONCE_IN, (hit, seed)
    assert stats.binom.sf(sum(frozen) - 1, len(frozen), FALSE_FREEZES) > ONCE_IN, (frozen, seed)
    assert stats.binom.sf(sum(false) - 1, len(false), FALSE) > ONCE_IN, (false, seed)
