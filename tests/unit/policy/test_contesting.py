"""Who accuses, how many they are, and when a case is a dispute."""

from dataclasses import replace

import numpy as np
import pytest
from planted_crowds import appraised, codes, evidence_of, flagged, held, judgments_of, planted

from labeltrust.inference.crowd import fit_crowd
from labeltrust.inference.crowd_rows import crowd_rows
from labeltrust.policy.accusers import Accusers, accusers_of
from labeltrust.policy.contesting import clean_gold
from labeltrust.simulate import Crowd, Planting

SEATS = Crowd(
    n_labelers=30,
    n_items=3000,
    labels_per_item=3,
    class_shares=(0.25,) * 4,
    skills=(0.82, 0.97),
    activity_spread=0.3,
    gold_share=0.05,
)
FRAMED = Planting(attack="framing_ring", n_members=2, rate=0.6, has_victim=True)


def accusers(disagreed, dense=()):
    k = len(disagreed)
    return Accusers(
        labeler=np.arange(k),
        disagreed=np.array(disagreed),
        shared=np.array(disagreed) + 5,
        hostility=np.array(disagreed, dtype=float) - 3,
        dense=np.isin(np.arange(k), dense),
    )


def test_equal_accusers_count_as_many_as_they_are():
    assert accusers([4] * 12).clusters == pytest.approx(12)
    assert accusers([]).clusters == 0


def test_a_dense_cluster_counts_as_one():
    assert accusers([50, 50, 2, 2], dense=[0, 1]).clusters == pytest.approx(104**2 / (100**2 + 8))


def test_the_most_hostile_are_the_first_k_and_all_of_the_dense_cluster():
    found = accusers([9, 8, 7, 6, 5, 2], dense=[4])

    assert found.most_hostile(3).tolist() == [0, 1, 2, 4]
    assert found.most_hostile(0).tolist() == [4]


def crowd_of(found):
    rows = crowd_rows(judgments_of(found))
    return fit_crowd(rows, np.ones(rows.n_labelers, dtype=bool))


def test_a_ring_that_frames_is_the_dense_cluster():
    found = planted(FRAMED, crowd=SEATS)
    order = found.orders[0][1]

    named = accusers_of(crowd_of(found), order.victim, -1)

    assert codes(named.labeler[named.dense]) == codes(order.members)
    assert named.clusters < 3


def test_a_bad_labeler_is_accused_by_everybody_alike():
    found = planted(Planting(attack="uniform_flip", n_members=1, rate=0.8), crowd=SEATS)

    named = accusers_of(crowd_of(found), int(found.suspects[0]), -1)

    assert not named.dense.any()
    assert named.clusters > 15


def test_only_what_was_said_since_the_onset_counts():
    found = planted(Planting(attack="uniform_flip", n_members=1, rate=0.8), crowd=SEATS)
    crowd, suspect = crowd_of(found), int(found.suspects[0])
    middle = crowd.rows_of(suspect)[100]

    early, late = accusers_of(crowd, suspect, -1), accusers_of(crowd, suspect, int(middle))

    assert late.shared.sum() < early.shared.sum()


@pytest.mark.parametrize("ring", [2, 4])
def test_the_victim_of_a_ring_is_never_frozen_by_itself(ring):
    found = planted(replace(FRAMED, n_members=ring), crowd=SEATS, seed=ring)

    said = appraised(judgments_of(found, imported=True))

    victim = found.orders[0][1].victim
    assert victim not in held(said)
    contested = {f.labeler for f in said.flags if f.state.contested}
    assert victim not in flagged(said) or victim in contested


@pytest.mark.parametrize("ring", [2, 4])
def test_a_ring_that_frames_is_flagged_in_place_of_its_victim(ring):
    found = planted(replace(FRAMED, n_members=ring), crowd=SEATS, seed=3)

    said = appraised(judgments_of(found, imported=True))

    assert codes(found.suspects) <= flagged(said)
    assert found.orders[0][1].victim not in flagged(said)


def test_accusers_of_one_ring_count_as_one():
    apart = accusers([10, 10, 10, 10])

    together = replace(apart, ring=np.array([0, -1, 0, 0]))

    assert apart.clusters == pytest.approx(4)
    assert together.clusters == pytest.approx(40**2 / (30**2 + 10**2))
    assert replace(together, dense=np.array([False, True, True, False])).clusters == 1


def test_a_strong_case_says_how_many_accusers_it_depends_on():
    flip = Planting(attack="uniform_flip", n_members=1, rate=0.9)
    found = planted(flip, crowd=SEATS, seed=2)

    said = appraised(judgments_of(found, imported=True))

    state = next(f.state for f in said.flags if f.labeler == found.suspects[0])
    smallest = state.evidence["remove_k"]["smallest"]
    assert state.strong
    assert smallest is None or smallest > 3


def test_a_contested_case_says_why():
    found = planted(replace(FRAMED, n_members=8), crowd=SEATS, seed=3)

    said = appraised(judgments_of(found, imported=True))

    victim = found.orders[0][1].victim
    state = next(f.state for f in said.flags if f.labeler == victim)
    assert state.contested
    assert not state.strong
    assert any("independent accusers" in why for why in state.evidence["contested_because"])


def test_gold_that_a_labeler_gets_right_speaks_for_him():
    found = planted(
        Planting(attack="gold_aware", n_members=2, rate=0.9),
        crowd=Crowd(n_labelers=24, n_items=1500, labels_per_item=5, gold_share=0.3),
    )
    judgments = judgments_of(found, imported=True)

    said = appraised(judgments)

    assert codes(found.suspects) <= flagged(said)
    assert not codes(found.suspects) & held(said)
    state = next(f.state for f in said.flags if f.labeler == found.suspects[0])
    assert any("gold speaks" in why for why in state.evidence["contested_because"])


def test_always_saying_the_frequent_class_is_no_merit_on_gold():
    found = planted(
        Planting(attack="constant", n_members=1, to_class=0),
        crowd=Crowd(n_labelers=24, n_items=1500, class_shares=(0.85, 0.15), gold_share=0.4),
    )
    crowd = evidence_of(judgments_of(found)).crowd

    assert clean_gold(crowd, int(found.suspects[0]), -1, None) == ""
    honest = np.setdiff1d(np.arange(24), found.suspects)
    assert clean_gold(crowd, int(honest[0]), -1, None)
