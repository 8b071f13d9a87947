"""What freezes by itself, from when on, and when a second person is asked."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from planted_crowds import NOW, USUAL, appraised, codes, flagged, held, judgments_of, planted

from labeltrust.domain.clock import moment
from labeltrust.domain.flags import FlagState
from labeltrust.domain.freezes import FreezeState
from labeltrust.policy.breaker import Breaker
from labeltrust.policy.settings import PolicySettings
from labeltrust.services.appraise import History
from labeltrust.simulate import Crowd, Planting

DAY_US = 86_400_000_000
BRIBED = Planting(attack="targeted_flip", n_members=1, rate=0.95, from_class=1, to_class=0)


def kinds(found):
    return [proposal.state.kind for proposal in found.freezes]


def test_strong_cases_are_frozen_and_carry_their_reason():
    found = planted(BRIBED, crowd=USUAL, seed=3)

    said = appraised(judgments_of(found))

    proposal = said.freezes[0]
    assert held(said) == codes(found.suspects)
    assert kinds(said) == ["label"]
    assert proposal.state.automatic
    assert proposal.state.labeler_id == proposal.labeler + 100
    assert "e-value 10^" in proposal.reason
    assert f"{proposal.labels} labels held" in proposal.reason


def test_nothing_is_ever_proposed_against_a_person():
    said = appraised(judgments_of(planted(replace(BRIBED, n_members=5), crowd=USUAL)))

    assert set(kinds(said)) <= {"label", "provisional"}


def test_an_honest_crowd_freezes_nobody():
    for seed in range(5):
        assert not appraised(judgments_of(planted(crowd=USUAL, seed=seed))).freezes


def test_the_freeze_begins_before_the_onset_and_keeps_the_honest_history():
    found = planted(replace(BRIBED, since_day=14), crowd=USUAL, seed=4)

    proposal = appraised(judgments_of(found)).freezes[0]

    onset = moment(found.orders[0][1].since_us)
    assert proposal.state.clock == "received"
    assert onset - timedelta(days=7) < proposal.state.since < onset + timedelta(days=1)
    mine = found.scene.labeler == proposal.labeler
    held_us = found.scene.occurred_us[mine] >= proposal.state.since.timestamp() * 1e6
    assert proposal.labels == held_us.sum() < mine.sum()


def test_an_import_is_dated_by_its_claimed_times():
    found = planted(replace(BRIBED, since_day=14), crowd=USUAL, seed=4)

    state = appraised(judgments_of(found, imported=True)).freezes[0].state

    assert state.clock == "occurred"
    assert abs(state.since - moment(found.orders[0][1].since_us)) < timedelta(days=7)


def test_past_two_or_five_percent_of_labelers_holds_are_provisional():
    found = planted(replace(BRIBED, n_members=5), crowd=USUAL, seed=5)

    said = appraised(judgments_of(found, imported=True))

    assert codes(found.suspects) <= held(said)
    assert kinds(said) == ["label"] * kinds(said).count("label") + ["provisional"] * (
        len(kinds(said)) - kinds(said).count("label")
    )
    assert kinds(said).count("label") <= 2
    assert said.breaker_tripped


def test_past_a_tenth_of_the_volume_the_breaker_trips_at_once():
    tight = PolicySettings(breaker_volume=0.001)

    said = appraised(judgments_of(planted(BRIBED, crowd=USUAL, seed=3)), policy=tight)

    assert kinds(said) == ["provisional"]


def freeze_of(proposal, **changes):
    return replace(proposal.state, id=9, **changes)


def test_what_was_frozen_within_a_day_counts_against_the_breaker():
    judgments = judgments_of(planted(replace(BRIBED, n_members=3), crowd=USUAL, seed=5))
    first = appraised(judgments)
    two = tuple(freeze_of(p) for p in first.freezes[:2])

    soon = appraised(judgments, history=History(freezes=two), now=NOW + timedelta(hours=2))
    later = appraised(judgments, history=History(freezes=two), now=NOW + timedelta(hours=30))

    assert kinds(first)[:2] == ["label"] * 2
    assert kinds(soon) == ["provisional"]
    assert kinds(later) == ["label"]


def test_what_is_held_already_is_not_held_again():
    judgments = judgments_of(planted(replace(BRIBED, since_day=14), crowd=USUAL, seed=4))
    proposal = appraised(judgments).freezes[0]

    again = appraised(judgments, history=History(freezes=(freeze_of(proposal),)))
    narrow = freeze_of(proposal, since=proposal.state.since + timedelta(days=8))
    wider = appraised(judgments, history=History(freezes=(narrow,)))

    assert not again.freezes
    assert again.document["labelers"][proposal.labeler]["frozen"]
    assert len(wider.freezes) == 1


def test_a_lift_by_a_person_stands():
    judgments = judgments_of(planted(BRIBED, crowd=USUAL, seed=3))
    proposal = appraised(judgments).freezes[0]
    lifted = freeze_of(proposal, lifted_at=NOW)

    said = appraised(judgments, history=History(freezes=(lifted,)))

    assert not said.freezes
    assert flagged(said) == {proposal.labeler}


def test_a_dismissed_flag_freezes_nothing():
    judgments = judgments_of(planted(BRIBED, crowd=USUAL, seed=3))
    first = appraised(judgments)
    dismissed = replace(first.flags[0].state, id=4, status="dismissed", decided_at=NOW)

    said = appraised(judgments, history=History(flags=(dismissed,)))

    assert not said.freezes
    assert not said.flags


def test_fewer_than_ten_labelers_freeze_nobody_without_gold():
    few = Crowd(n_labelers=8, n_items=800, labels_per_item=5, class_shares=(0.5, 0.5))
    flip = Planting(attack="uniform_flip", n_members=1, rate=1.0)

    without = appraised(judgments_of(planted(flip, crowd=replace(few, gold_share=0.0), seed=6)))
    found = planted(flip, crowd=replace(few, gold_share=0.4), seed=6)
    with_gold = appraised(judgments_of(found))

    assert not without.freezes
    assert held(with_gold) == codes(found.suspects)


def test_the_breaker_counts_labelers_and_labels_and_stays_tripped():
    calm = Breaker(volume_of_day={0: 1000, 1: 10}, limit=2, most=0.1)
    day_one = np.full(5, DAY_US)

    one = calm.after(np.zeros(50, dtype=np.int64))
    two = one.after(np.zeros(40, dtype=np.int64))

    assert not two.tripped
    assert two.after(np.zeros(1, dtype=np.int64)).tripped
    assert calm.after(day_one).tripped
    assert calm.after(day_one).after(np.zeros(1, dtype=np.int64)).tripped


@pytest.mark.parametrize("kind", ["person-hold"])
def test_a_hold_on_a_person_is_no_hold_of_labels(kind):
    judgments = judgments_of(planted(BRIBED, crowd=USUAL, seed=3))
    proposal = appraised(judgments).freezes[0]
    hold = FreezeState(
        id=1, kind=kind, labeler_id=proposal.state.labeler_id, placed_at=NOW, placed_by="person:ann"
    )

    assert held(appraised(judgments, history=History(freezes=(hold,)))) == {proposal.labeler}


def test_flags_of_unknown_labelers_in_the_history_are_left_alone():
    judgments = judgments_of(planted(crowd=USUAL, seed=1))
    old = FlagState(
        id=1,
        labeler_id=99_999,
        status="open",
        severity="low",
        signals=("spam",),
        contested=False,
        since=None,
        opened_at=datetime(2026, 1, 1, tzinfo=UTC),
        updated_at=datetime(2026, 1, 1, tzinfo=UTC),
    )

    assert not appraised(judgments, history=History(flags=(old,))).flags
