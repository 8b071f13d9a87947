"""Who draws sets, spans, boxes or texts at random is found; who only errs is not."""

import numpy as np
import pytest
from parts import parts_crowd
from planted_crowds import appraised, flagged, held
from scipy import stats

from labeltrust.domain.similarity import MEASURES

CERTAIN = 1e-6
SEEDS = np.random.SeedSequence().generate_state(2).tolist()


@pytest.mark.parametrize("kind", MEASURES)
def test_labelers_who_draw_half_their_labels_are_flagged_and_honest_ones_are_not(kind):
    print(f"seeds {SEEDS}")  # noqa: T201 - to run a failure again
    found, n_bad, false, n_honest = 0, 0, 0, 0
    for seed in SEEDS:
        crowd = parts_crowd(kind, seed)
        outcome = appraised(crowd.block())
        named = flagged(outcome)
        found, n_bad = found + len(named & crowd.bad), n_bad + len(crowd.bad)
        false, n_honest = false + len(named - crowd.bad), n_honest + 24 - len(crowd.bad)
        assert not held(outcome) - crowd.bad

    assert stats.binomtest(found, n_bad, 0.9, alternative="less").pvalue > CERTAIN
    assert stats.binomtest(false, n_honest, 0.01, alternative="greater").pvalue > CERTAIN


@pytest.mark.parametrize("kind", ["set", "boxes"])
def test_gold_alone_holds_a_labeler_whose_labels_have_nothing_to_do_with_it(kind):
    crowd = parts_crowd(kind, 10_007)
    (worst, *_) = sorted(crowd.bad)
    words = [word for _, _, word in crowd.rows]
    shuffled = np.random.default_rng(1).permutation(words).tolist()
    rows = tuple(
        (item, who, shuffled[k] if who == worst else word)
        for k, (item, who, word) in enumerate(crowd.rows)
    )
    truth = {item: word for item, _, word in reversed(crowd.rows)}
    mixed = type(crowd)(kind=kind, n_labelers=24, rows=rows, gold=truth, bad=crowd.bad)

    outcome = appraised(mixed.block())

    assert worst in held(outcome)
    assert held(outcome) <= crowd.bad
    case = next(f for f in outcome.flags if f.labeler == worst)
    assert "low_gold_accuracy" in case.state.signals
