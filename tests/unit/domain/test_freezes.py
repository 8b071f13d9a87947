"""The table of allowed changes of a freeze, and what each kind holds how long."""

from datetime import timedelta

import pytest
from factories import START

from labeltrust.domain.approvals import require_second
from labeltrust.domain.errors import Conflict, InvalidInput, NotAllowed
from labeltrust.domain.freezes import (
    HOLD_ENDS_AFTER,
    KINDS,
    FreezeState,
    require_change,
    require_kind_for_people,
)

DAY = timedelta(days=1)


def freeze(**more):
    values = {"id": 1, "kind": "label", "labeler_id": 5, "placed_at": START, "placed_by": "os:ann"}
    return FreezeState(**(values | more))


def test_a_standing_freeze_can_be_lifted_and_a_lifted_one_cannot():
    require_change(freeze(), "lift")

    with pytest.raises(Conflict, match="lifted already"):
        require_change(freeze(lifted_at=START + DAY), "lift")


def test_only_a_provisional_hold_is_confirmed():
    require_change(freeze(kind="provisional"), "confirm")

    with pytest.raises(Conflict, match="only a provisional one"):
        require_change(freeze(), "confirm")


def test_who_placed_a_hold_is_not_the_second_person():
    placed = freeze(kind="provisional")
    require_second(placed.placed_by, "os:ben", "a hold")

    with pytest.raises(NotAllowed, match="second person"):
        require_second(placed.placed_by, "os:ann", "a hold")


def test_a_machine_made_hold_on_a_person_ends_by_itself_and_no_other_freeze_does():
    late = START + HOLD_ENDS_AFTER

    assert freeze(kind="person-hold", automatic=True).stands(late - timedelta(seconds=1))
    assert not freeze(kind="person-hold", automatic=True).stands(late)
    assert freeze(kind="person-hold").stands(late)
    assert freeze(automatic=True).stands(late)


@pytest.mark.parametrize("kind", KINDS)
def test_a_hold_on_a_person_holds_no_labels(kind):
    assert freeze(kind=kind).holds_labels(START) is (kind != "person-hold")


def test_a_freeze_stood_from_its_placing_until_its_lift():
    lifted = freeze(lifted_at=START + DAY)

    assert not lifted.stood(START - timedelta(seconds=1))
    assert lifted.stood(START)
    assert not lifted.stood(START + DAY)


@pytest.mark.parametrize(
    ("standing", "wanted", "covered"),
    [
        ({}, {}, True),
        ({}, {"since": START}, True),
        ({"since": START}, {}, False),
        ({"since": START}, {"since": START + DAY}, True),
        ({"since": START + DAY}, {"since": START}, False),
        ({"since": START}, {"since": START + DAY, "clock": "occurred"}, False),
        ({"labeler_id": 6}, {}, False),
        ({"labeler_id": None, "source_id": 5}, {}, False),
        ({"lifted_at": START}, {}, False),
        ({"kind": "provisional"}, {}, False),
    ],
)
def test_a_freeze_covers_what_it_holds_wholly(standing, wanted, covered):
    assert freeze(**standing).covers(freeze(**wanted)) is covered


@pytest.mark.parametrize("kind", ["ban", "provisional"])
def test_people_place_no_unknown_and_no_provisional_kind(kind):
    with pytest.raises(InvalidInput, match=f"'{kind}' is not one of label, person-hold"):
        require_kind_for_people(kind)
