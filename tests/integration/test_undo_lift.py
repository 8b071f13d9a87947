"""A lift taken back: the same labels are held again, by a new freeze, for a day."""

from datetime import timedelta

import pytest
from factories import START, label, owner
from recorded import history, project, record

from labeltrust.domain.errors import Conflict, InvalidInput, NotAllowed, NotFound
from labeltrust.domain.listings import Listing
from labeltrust.domain.principals import Principal
from labeltrust.services.freeze_labels import FreezeDraft, freeze_labels, list_standing
from labeltrust.services.lift_freeze import lift_freeze
from labeltrust.services.list_freezes import list_freezes
from labeltrust.services.show_freeze import freeze_holdings
from labeltrust.services.undo_lift import undo_lift


@pytest.fixture
def lifted(deployment, clock):
    project(deployment)
    record(deployment, [label("i1", "alice"), label("i2", "alice"), label("i1", "bob")])
    draft = FreezeDraft(project="fraud", labeler="alice", reason="x", since=START, clock="occurred")
    placed = freeze_labels(deployment, owner(), draft)
    clock.tick(60)
    return lift_freeze(deployment, owner(), placed.id, reason="cleared")


def test_an_undone_lift_holds_the_same_labels_again_by_an_event_of_its_own(deployment, lifted):
    again = undo_lift(deployment, owner(), lifted.id, reason="too early")

    assert again.id != lifted.id
    assert (again.labeler, again.since, again.clock) == ("alice", START, "occurred")
    assert [freeze.id for freeze in list_standing(deployment, owner(), "fraud")] == [again.id]
    assert [row.type for row in history(deployment, "freeze.")] == [
        "freeze.placed",
        "freeze.lifted",
        "freeze.placed",
    ]


def test_the_window_ends_after_a_day(deployment, lifted, clock):
    clock.tick(timedelta(hours=24).total_seconds())
    at_the_edge = undo_lift(deployment, owner(), lifted.id, reason="just in time")
    lift_freeze(deployment, owner(), at_the_edge.id, reason="no")
    clock.tick(timedelta(hours=24).total_seconds() + 1)

    with pytest.raises(Conflict, match="more than 24 hours ago"):
        undo_lift(deployment, owner(), at_the_edge.id, reason="late")


def test_what_stands_or_is_held_again_is_not_undone(deployment, lifted):
    again = undo_lift(deployment, owner(), lifted.id, reason="x")

    with pytest.raises(Conflict, match="stands"):
        undo_lift(deployment, owner(), again.id, reason="x")
    with pytest.raises(Conflict, match="holds these labels already"):
        undo_lift(deployment, owner(), lifted.id, reason="x")


def test_rights_scope_and_reason_are_asked_for(deployment, lifted):
    reviewer = Principal(name="person:ann", role="reviewer", projects=None)
    elsewhere = Principal(name="person:ben", role="qa_lead", projects=frozenset({"other"}))

    with pytest.raises(NotAllowed):
        undo_lift(deployment, reviewer, lifted.id, reason="x")
    with pytest.raises(NotFound):
        undo_lift(deployment, elsewhere, lifted.id, reason="x")
    with pytest.raises(InvalidInput):
        undo_lift(deployment, owner(), lifted.id, reason=" ")


def test_lists_tell_what_stands_and_until_when_a_lift_can_be_undone(deployment, lifted, clock):
    page = list_freezes(deployment, owner(), Listing(chosen={"shown": "lifted"}))
    clock.tick(86_401)
    later = list_freezes(deployment, owner(), Listing())

    assert [line.freeze.id for line in page.lines] == [lifted.id]
    assert page.lines[0].undo_until == lifted.lifted_at + timedelta(hours=24)
    assert page.counts == {"active": 0, "waiting": 0, "lifted": 1}
    assert later.lines[0].undo_until is None
    assert list_freezes(deployment, owner(), Listing(chosen={"shown": "active"})).lines == ()


def test_pages_of_freezes_follow_one_another(deployment, lifted):
    for _ in range(3):
        placed = freeze_labels(
            deployment, owner(), FreezeDraft(project="fraud", labeler="bob", reason="x")
        )
        lift_freeze(deployment, owner(), placed.id, reason="x")

    first = list_freezes(deployment, owner(), Listing(limit=3))
    rest = list_freezes(deployment, owner(), Listing(limit=3, offset=3))

    numbers = [line.freeze.id for line in (*first.lines, *rest.lines)]
    assert numbers == sorted(numbers, reverse=True)
    assert len(numbers) == 4
    assert first.n_found == rest.n_all == 4


@pytest.mark.parametrize(
    ("draft", "labels", "items"),
    [
        ({"labeler": "alice"}, 3, 3),
        ({"labeler": "alice", "since": START + timedelta(seconds=30)}, 1, 1),
        ({"source": "feed"}, 4, 3),
    ],
)
def test_what_a_freeze_holds_is_counted_on_record(deployment, lifted, draft, labels, items):
    record(deployment, [label("i3", "alice"), label("i3", "alice", label="fraud")])
    placed = freeze_labels(deployment, owner(), FreezeDraft(project="fraud", reason="x", **draft))

    found = freeze_holdings(deployment, owner(), placed.id).held

    assert (found.labels, found.items, found.complete) == (labels, items, True)


def test_what_an_import_freeze_holds_is_counted_and_snapshots_tell_their_share(deployment, lifted):
    from labeltrust.services.create_snapshot import create_snapshot  # noqa: PLC0415

    outcome = record(deployment, [label("i9", "carol")])
    made = create_snapshot(deployment, owner(), "fraud")
    draft = FreezeDraft(project="fraud", import_id=outcome.delivery_id, reason="x")
    placed = freeze_labels(deployment, owner(), draft)
    after = create_snapshot(deployment, owner(), "fraud")

    found = freeze_holdings(deployment, owner(), placed.id)

    assert (found.held.labels, found.held.items) == (1, 1)
    shares = {one.snapshot: one.labels for one in found.snapshots}
    assert shares == {made["snapshot"]: 1, after["snapshot"]: 0}
