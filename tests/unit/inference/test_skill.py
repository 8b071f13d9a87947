"""What skill explains and what it does not, on tables drawn from the model itself."""

import numpy as np
import pytest
from scipy.stats import binomtest, norm

from labeltrust.inference.answer_table import AnswerTable, answer_table
from labeltrust.inference.class_flips import class_flips
from labeltrust.inference.crowd import fit_crowd
from labeltrust.inference.crowd_rows import crowd_rows
from labeltrust.inference.skill import law_of, replaced, shifts
from labeltrust.simulate import Crowd, Planting
from tests.planted_crowds import judgments_of, planted

TYPICAL = np.array(
    [
        [[0.9, 0.08, 0.02], [0.05, 0.9, 0.05], [0.02, 0.08, 0.9]],
        [[0.7, 0.24, 0.06], [0.15, 0.7, 0.15], [0.06, 0.24, 0.7]],
    ]
)
EVENLY = (1 - np.eye(3)) / 2


def drawn(chance: np.ndarray, n: int, seed: int, copies: int = 200) -> AnswerTable:
    """Draw tables of labelers with `n` answers of each kind and class from P(given | believed)."""
    rng = np.random.default_rng(seed)
    counts = rng.multinomial(n, chance, size=(copies, *chance.shape[:2]))
    return AnswerTable(n=counts.astype(float), typical=TYPICAL)


def weaker(shift: float) -> np.ndarray:
    empty = AnswerTable(n=np.zeros((1, 2, 3, 3)), typical=TYPICAL)
    return law_of(empty).chance(np.array([shift]))[0]


@pytest.mark.parametrize("shift", [-0.7, 0.0, 0.8])
def test_the_skill_of_a_labeler_is_found_without_bias(shift):
    found = shifts(drawn(weaker(shift), 40, 20_001))

    assert abs(found.mean() - shift) < 0.05


@pytest.mark.parametrize("shift", [-0.7, 0.0, 0.8])
def test_whoever_errs_more_but_like_the_others_has_flipped_nothing(shift):
    found = replaced(drawn(weaker(shift), 40, 20_002), EVENLY)

    standardised = found.rate / found.error
    assert abs(np.median(standardised)) < 0.3
    above = int((standardised > norm.isf(0.05)).sum())
    assert binomtest(above, standardised.size, 0.08, "greater").pvalue > 1e-6


@pytest.mark.parametrize("shift", [-0.7, 0.5])
def test_the_share_of_flipped_answers_is_found_whatever_the_skill(shift):
    flipped = 0.7 * weaker(shift) + 0.3 * EVENLY

    found = replaced(drawn(flipped, 40, 20_003), EVENLY)

    assert abs(found.rate.mean() - 0.3) < 0.05


@pytest.mark.parametrize("shift", [-0.7, 0.0, 0.8])
def test_a_pair_of_classes_has_no_flips_beyond_those_of_a_weak_labeler(shift):
    found = class_flips(drawn(weaker(shift), 40, 20_004))

    standardised = (found.rate / found.error)[:, 1, 0]
    assert abs(standardised.mean()) < 0.3
    assert standardised.std() < 1.3


def test_the_share_of_a_class_that_is_flipped_is_found_in_its_pair_and_no_other():
    chance = weaker(0.4).copy()
    chance[:, 1] = 0.7 * chance[:, 1] + 0.3 * np.array([1.0, 0.0, 0.0])

    rate = class_flips(drawn(chance, 60, 20_005)).rate.mean(axis=0)

    assert abs(rate[1, 0] - 0.3) < 0.03
    others = rate[~np.eye(3, dtype=bool)]
    assert (np.sort(others)[:-1] < 0.05).all()


def test_a_labeler_without_answers_has_no_rate_of_any_pair():
    found = class_flips(AnswerTable(n=np.zeros((2, 2, 3, 3)), typical=TYPICAL))

    assert np.isnan(found.rate).all()


def test_many_labelers_at_once_are_the_same_as_one_by_one(monkeypatch):
    table = drawn(weaker(0.2), 30, 20_006, copies=9)
    whole = class_flips(table).rate

    monkeypatch.setattr("labeltrust.inference.class_flips._CHUNK_CELLS", 1)

    np.testing.assert_array_equal(whole, class_flips(table).rate)


def test_items_without_reference_peers_are_not_counted():
    found = planted(crowd=Crowd(n_labelers=12, n_items=60, labels_per_item=1, gold_share=0.0))
    rows = crowd_rows(judgments_of(found))

    table = answer_table(fit_crowd(rows, np.ones(12, dtype=bool)))

    assert table.n.sum() == 0


def test_a_third_of_flips_stands_out_in_a_crowd_whose_honest_labelers_differ_more():
    crowd = Crowd(n_labelers=60, n_items=3000, labels_per_item=5, class_shares=(0.4, 0.35, 0.25))
    found = planted(Planting(attack="uniform_flip", n_members=5, rate=0.3), crowd=crowd, seed=20007)
    rows = crowd_rows(judgments_of(found))

    table = answer_table(fit_crowd(rows, np.ones(60, dtype=bool)))
    flipped = replaced(table, EVENLY)

    bad = np.isin(np.arange(60), found.suspects)
    z = flipped.rate / flipped.error
    assert np.sort(z[bad])[1] > np.sort(z[~bad])[-2]
