"""Drills held against their aims, at the edges."""

import pytest

from labeltrust.domain.drills import CAMPAIGNS, DrillDraft, DrillFound
from labeltrust.domain.errors import InvalidInput
from labeltrust.policy.drills import judged, summary


def found(**more):
    values = {
        "labels": 4_000, "labelers": 30, "attackers": 3, "bad_labels": 90, "flagged": 3,
        "frozen": 3, "bad_until_found": 50, "minutes_until_found": 15.0,
        "seconds_until_contained": 60.0, "others_flagged": 1, "others_frozen": 0,
        "victim_frozen": None, "gate_open": False, "seconds": 5.0,
    }  # fmt: skip
    return DrillFound(**(values | more))


@pytest.mark.parametrize(
    ("more", "detected", "contained"),
    [
        ({}, True, True),
        ({"bad_until_found": 51}, False, True),
        ({"minutes_until_found": 15.01}, False, True),
        ({"seconds_until_contained": 60.1}, True, False),
        ({"seconds_until_contained": None}, True, False),
        ({"bad_until_found": None, "minutes_until_found": None}, False, None),
    ],
)
def test_a_drill_is_won_up_to_the_aims_and_not_beyond(more, detected, contained):
    went = judged(found(**more))

    assert (went.detected, went.contained, went.held_wrongly) == (detected, contained, False)


def test_somebody_honest_held_is_said_even_where_the_campaign_was_found():
    assert judged(found(others_frozen=1)).held_wrongly


def test_shares_have_an_interval_and_what_was_not_found_was_not_to_be_contained():
    unseen = found(bad_until_found=None, minutes_until_found=None, seconds_until_contained=None)
    told = summary([found(), found(), unseen])

    assert (told.detected.value, told.detected.n) == (pytest.approx(2 / 3), 3)
    assert told.detected.low < 2 / 3 < told.detected.high
    assert (told.contained.value, told.contained.n) == (1.0, 2)
    assert told.contained.low < 1.0
    assert summary([unseen]).contained.value is None


@pytest.mark.parametrize(
    "wrong", [{"campaign": "bribe"}, {"seed": -1}, {"seed": 2**31}, {"labels_a_minute": 0.0}]
)
def test_a_drill_that_cannot_be_is_refused(wrong):
    with pytest.raises(InvalidInput):
        DrillDraft(**({"campaign": next(iter(CAMPAIGNS)), "seed": 1} | wrong))
