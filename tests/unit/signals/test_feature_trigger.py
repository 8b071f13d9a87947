"""Backdoors: labels that are wrong only where items carry a feature."""

from dataclasses import replace

import numpy as np
import pytest
from planted_crowds import evidence_of, judgments_of, planted
from scipy import stats

from labeltrust.counts import Feature
from labeltrust.signals.feature_trigger import SIGNAL
from labeltrust.simulate import Crowd, Planting, Traits

CROWD = Crowd(n_labelers=60, n_items=4000, labels_per_item=5, traits=Traits())
BACKDOOR = Planting(attack="feature_backdoor", n_members=3, rate=0.8)


def read(found):
    return SIGNAL.read(evidence_of(judgments_of(found)))


def test_four_of_five_flips_where_one_item_in_twenty_carries_the_trigger_are_found():
    caught = 0
    for seed in range(12_501, 12_505):
        found = planted(BACKDOOR, crowd=CROWD, seed=seed)
        caught += int((read(found).p_value[found.suspects] < 0.01).sum())

    # 12 suspects with about 17 triggered labels each; fails only if 0.9 is rejected at 1e-6
    assert stats.binom.cdf(caught, 12, 0.9) > 1e-6


def test_the_trigger_is_named_with_counts_inside_and_elsewhere():
    found = planted(replace(BACKDOOR, rate=1.0), crowd=CROWD, seed=12_510)

    said = read(found)

    worst = int(found.suspects[np.argmin(said.p_value[found.suspects])])
    detail = said.detail[worst]
    assert (detail["feature"], detail["value"]) == ("trigger", "1")
    assert detail["disagreed"] > 0.5 * detail["of"]
    assert detail["elsewhere"] < 0.4 * detail["of_others"]
    assert said.effect[worst] > 0.3


def test_who_errs_everywhere_has_no_trigger():
    flips = Planting(attack="uniform_flip", n_members=3, rate=0.6)
    found = planted(flips, crowd=CROWD, seed=12_511)

    assert (read(found).p_value[found.suspects] > 0.001).all()


def test_a_feature_that_is_hard_for_everybody_accuses_nobody():
    found = planted(crowd=CROWD, seed=12_512)
    judgments = judgments_of(found)
    hard = judgments.features["trigger"].values == 1
    rng = np.random.default_rng(1)
    wrong = hard[judgments.item] & (rng.random(judgments.n) < 0.5)

    said = SIGNAL.read(
        evidence_of(replace(judgments, label=np.where(wrong, 1 - judgments.label, judgments.label)))
    )

    assert not (said.p_value < 0.001).any()


def with_feature(judgments, feature):
    return SIGNAL.read(evidence_of(replace(judgments, features={"told": feature})))


@pytest.fixture(scope="module")
def flipped():
    """Labeler 4 flips labels of every 20th item; he has about 17 of them."""
    judgments = judgments_of(planted(crowd=CROWD, seed=12_513))
    marked = np.arange(judgments.n_items) % 20 == 0
    hit = marked[judgments.item] & (judgments.labeler == 4)
    label = np.where(hit, 1 - judgments.label, judgments.label)
    return replace(judgments, label=label), marked


@pytest.mark.parametrize("kind", ["number", "category", "missing", "present"])
def test_triggers_are_found_in_numbers_categories_and_gaps(kind, flipped):
    judgments, marked = flipped
    noise = np.random.default_rng(3).random(marked.size)
    features = {
        "number": Feature(values=np.where(marked, 100 + noise, noise)),
        "category": Feature(values=np.where(marked, 2.0, np.rint(noise)), words=("a", "b", "c")),
        "missing": Feature(values=np.where(marked, np.nan, noise)),
        "present": Feature(values=np.where(marked, 7.0, np.nan)),
    }

    said = with_feature(judgments, features[kind])

    assert said.p_value[4] == np.nanmin(said.p_value)
    assert said.p_value[4] < 0.001


def test_a_feature_that_parts_nothing_says_so(flipped):
    judgments, marked = flipped

    constant = with_feature(judgments, Feature(values=np.ones(marked.size)))
    unique = with_feature(
        judgments,
        Feature(
            values=np.arange(marked.size, dtype=float), words=tuple(map(str, range(marked.size)))
        ),
    )

    assert "no feature parts the items" in constant.reason[0]
    assert "no feature parts the items" in unique.reason[0]


def test_without_features_it_is_silent():
    plain = judgments_of(planted(crowd=replace(CROWD, n_items=300, traits=None), seed=12_514))

    assert set(SIGNAL.read(evidence_of(plain)).reason) == {"no item features on record"}
    assert SIGNAL.needs == {"features"}
