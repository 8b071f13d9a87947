"""Rings are named, schools and honest crowds are not, and who is copied from is no accomplice."""

from dataclasses import replace

import numpy as np
import pytest
from planted_crowds import codes, evidence_of, judgments_of, names_of, planted

from labeltrust.inference.collusion import collusion
from labeltrust.policy.rings import rings_part
from labeltrust.signals.collusion import read
from labeltrust.simulate import Crowd, Planting
from labeltrust.simulate._circumstances import Dispute

CROWD = Crowd(n_labelers=60, n_items=4000, labels_per_item=5, class_shares=(0.6, 0.4))
RING = Planting(attack="copy_ring", n_members=6, rate=0.5)


@pytest.fixture(scope="module")
def ring():
    return planted(RING, crowd=CROWD, seed=1)


@pytest.fixture(scope="module")
def found(ring):
    return read(evidence_of(judgments_of(ring)))


def test_a_ring_is_named_with_its_members(ring, found):
    assert len(found.groups) == 1
    assert codes(found.groups[0].members) <= codes(ring.suspects)
    assert len(found.groups[0].members) >= 4


def test_a_ring_says_how_much_its_members_share_and_since_when(ring, found):
    named = found.groups[0]

    assert 0.2 < named.low < named.share < named.high
    assert named.items.size <= named.shared
    assert named.first_us >= ring.scene.occurred_us.min()


def test_members_are_found_one_by_one(ring, found):
    assert np.median(found.p_value[ring.suspects]) < 1e-4


def test_whoever_is_not_of_the_ring_is_not_charged_with_it(ring, found):
    honest = np.setdiff1d(np.arange(60), ring.suspects)

    assert found.p_value[honest].min() > 1e-4


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(
    "crowd",
    [
        CROWD,
        replace(CROWD, difficulty_spread=1.5, bias_spread=0.5),
        replace(CROWD, dispute=Dispute(school_share=0.1)),
    ],
)
def test_honest_labelers_who_err_on_the_same_hard_items_are_no_ring(crowd, seed):
    said = read(evidence_of(judgments_of(planted(crowd=crowd, seed=seed))))

    assert not said.groups
    assert said.p_value.min() > 1e-4


def test_bad_labelers_who_do_not_act_together_are_no_ring():
    flips = Planting(attack="uniform_flip", n_members=6, rate=0.5)

    said = read(evidence_of(judgments_of(planted(flips, crowd=CROWD, seed=3))))

    assert not said.groups


def test_a_crowd_too_small_for_a_population_of_pairs_is_met_with_the_reason():
    crowd = Crowd(n_labelers=7, n_items=300, labels_per_item=4)

    said = read(evidence_of(judgments_of(planted(crowd=crowd))))

    assert np.isnan(said.p_value).all()
    assert "labelers" in said.reason[0]


def test_whoever_is_copied_from_is_no_accomplice():
    crowd = Crowd(n_labelers=24, n_items=2000, labels_per_item=5, class_shares=(0.6, 0.4))
    judgments = judgments_of(planted(crowd=crowd, seed=5))
    source, copiers = 0, (1, 2, 3)
    label, times = judgments.label.copy(), judgments.occurred_us.copy()
    for item in np.unique(judgments.item[judgments.labeler == source]):
        rows = np.flatnonzero(judgments.item == item)
        first = rows[judgments.labeler[rows] == source]
        after = rows[np.isin(judgments.labeler[rows], copiers)]
        times[first] = times[rows].min() - 1
        label[after] = label[first]
    copied = replace(judgments, label=label, occurred_us=times)

    said = collusion(evidence_of(copied).crowd)

    assert said.p_value[source] == 1
    assert min(said.p_value[list(copiers)]) < 1e-4


def test_rings_are_told_by_the_names_of_their_members(ring, found):
    judgments = judgments_of(ring)

    (told,) = rings_part({"collusion": found}, names_of(judgments), judgments)

    assert {f"labeler-{code}" for code in ring.suspects} >= set(told["members"])
    assert told["share"]["n"] > 0
    assert told["items"]
    assert told["first_at"]
