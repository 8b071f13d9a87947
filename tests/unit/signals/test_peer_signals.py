"""Signals that rest on peers: what each finds, and whom it leaves alone."""

from dataclasses import replace

import numpy as np
import pytest
from planted_crowds import SMALL, evidence_of, judgments_of, planted

from labeltrust.counts import block
from labeltrust.signals import label_shift, low_agreement, spam, targeted_flip
from labeltrust.signals._base import NO_HONEST_MAJORITY
from labeltrust.simulate import Planting

STRONG = np.log(24 / 0.001)
BRIBED = Planting(attack="targeted_flip", n_members=2, rate=0.95, from_class=1, to_class=0)
NO_GOLD = replace(SMALL, gold_share=0.0)


def honest(found):
    return np.setdiff1d(np.arange(found.scene.n_labelers), found.suspects)


def read(module, found):
    return module.SIGNAL.read(evidence_of(judgments_of(found)))


@pytest.mark.parametrize(
    ("module", "planting"),
    [
        (low_agreement, Planting(attack="uniform_flip", n_members=2, rate=0.9)),
        (targeted_flip, BRIBED),
        (spam, Planting(attack="constant", n_members=2, rate=1.0)),
    ],
)
def test_a_signal_proves_what_it_is_for_without_any_gold(module, planting):
    found = planted(planting, crowd=NO_GOLD, seed=3)

    said = read(module, found)

    assert (said.log_e[found.suspects] > STRONG).all()
    assert (said.log_e[honest(found)] < np.log(100)).all()
    assert said.p_value[found.suspects].max() < np.min(said.p_value[honest(found)])


@pytest.mark.parametrize("module", [low_agreement, targeted_flip, spam, label_shift])
def test_honest_labelers_are_rarely_surprising(module):
    surprised = 0
    for seed in range(10):
        said = read(module, planted(crowd=SMALL, seed=seed))
        surprised += int((said.p_value < 0.001).sum())
        assert not (said.log_e > np.log(1000)).any()

    # 240 labelers; more than 6 below 0.001 would be rejected at 1e-6 if the rate were 0.003
    assert surprised <= 6


def test_honest_weak_labelers_are_not_frozen_by_much_data():
    crowd = replace(NO_GOLD, n_items=6000, skills=(0.62, 0.97))

    said = read(low_agreement, planted(crowd=crowd, seed=5))

    assert (said.log_e < np.log(100)).all()


def test_the_class_pair_is_named_with_its_counts():
    found = planted(BRIBED, seed=3)

    detail = read(targeted_flip, found).detail[int(found.suspects[0])]

    assert (detail["true"], detail["said"]) == (1, 0)
    assert detail["times"] > 2 * detail["expected"]
    assert detail["times"] <= detail["of"]


def test_a_change_in_the_middle_is_dated_with_a_margin():
    found = planted(replace(BRIBED, since_day=14), seed=4)
    evidence = evidence_of(judgments_of(found))

    said = targeted_flip.SIGNAL.read(evidence)

    occurred = evidence.crowd.rows.occurred_us
    since = found.orders[0][1].since_us
    for suspect in found.suspects:
        assert abs(occurred[said.onset_row[suspect]] - since) < 5 * 86_400e6
        assert occurred[said.earliest_row[suspect]] < since + 86_400e6


def test_constant_answerers_are_proven_where_the_whole_crowd_is_polluted():
    constants = Planting(attack="constant", n_members=8, rate=1.0, to_class=1)
    found = planted(constants, crowd=NO_GOLD, seed=6)

    said = spam.SIGNAL.read(replace(evidence_of(judgments_of(found)), peers_prove=False))

    assert (said.log_e[found.suspects] > STRONG).all()
    assert (said.log_e[honest(found)] < np.log(20)).all()


def test_always_saying_what_nearly_all_items_are_is_no_crime():
    skewed = replace(NO_GOLD, class_shares=(0.97, 0.03), skills=(0.93, 0.98))

    said = read(spam, planted(crowd=skewed, seed=7))

    assert (said.log_e < np.log(100)).all()


def test_without_an_honest_majority_a_population_proves_nothing():
    evidence = replace(evidence_of(judgments_of(planted(BRIBED, seed=3))), peers_prove=False)

    flips, agrees = (m.SIGNAL.read(evidence) for m in (targeted_flip, low_agreement))

    assert set(flips.reason) == {NO_HONEST_MAJORITY}
    assert np.isnan(agrees.log_e).all()


def test_low_agreement_reads_numbers():
    rng = np.random.default_rng(8)
    truth = np.repeat(rng.integers(0, 100, 200), 6)
    labeler = np.concatenate([rng.permutation(15)[:6] for _ in range(200)])
    said = np.clip(np.rint(truth + rng.normal(0, 6, 1200)), 0, 99).astype(int)
    said[labeler == 3] = rng.integers(0, 100, (labeler == 3).sum())
    b = block(
        np.repeat(range(200), 6), labeler, said, n_labelers=15, values=range(100), level="interval"
    )

    found = low_agreement.SIGNAL.read(evidence_of(b))

    assert found.p_value.argmin() == 3
    assert found.p_value[3] < 1e-4


def test_who_has_no_peers_is_not_compared():
    b = block(range(30), [0] * 30, [0, 1] * 15, n_labelers=1, values=[0, 1])

    found = low_agreement.SIGNAL.read(evidence_of(b))

    assert np.isnan(found.p_value[0])
    assert found.reason[0] == "0 where it takes 10 contested items"


def test_a_shift_is_named_by_class_and_size():
    found = planted(Planting(attack="constant", n_members=1, rate=0.6, to_class=0), seed=9)

    said = read(label_shift, found)

    suspect = int(found.suspects[0])
    assert said.p_value[suspect] == np.nanmin(said.p_value)
    assert abs(said.detail[suspect]["shift"]) > 0.15


def test_a_new_habit_of_one_window_is_found_in_that_window():
    late = Planting(attack="constant", n_members=1, rate=0.9, since_day=21, to_class=0)
    found = planted(late, seed=10)

    said = read(label_shift, found)

    suspect = int(found.suspects[0])
    assert said.p_value[suspect] < 0.001
    assert said.detail[suspect]["window"] in {3, 4}
