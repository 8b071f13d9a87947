"""Freezing and lifting: reversible, on record, refused where it contradicts what stands."""

from datetime import timedelta

import pytest
from factories import START, gold, label, owner
from recorded import history, project, record

from labeltrust.domain.errors import Conflict, InvalidInput, NotAllowed, NotFound
from labeltrust.domain.principals import Principal
from labeltrust.services.freeze_labels import FreezeDraft, freeze_labels, list_standing
from labeltrust.services.lift_freeze import lift_freeze


@pytest.fixture
def frauds(deployment):
    project(deployment)
    record(deployment, [label("i1", "alice"), label("i1", "bob"), gold("i1")])
    return deployment


def freeze(deployment, **more):
    values = {"project": "fraud", "labeler": "alice", "reason": "audit under way"} | more
    return freeze_labels(deployment, owner(), FreezeDraft(**values))


def test_a_freeze_stands_until_it_is_lifted_and_both_are_on_record(frauds, clock):
    placed = freeze(frauds)
    clock.tick(60)
    lifted = lift_freeze(frauds, owner(), placed.id, reason="audit cleared her")

    assert placed.lifted_at is None
    assert (placed.labeler, placed.kind, placed.automatic) == ("alice", "label", False)
    assert lifted.lifted_at == START + timedelta(seconds=60)
    assert list_standing(frauds, owner(), "fraud") == []
    assert [f.id for f in list_standing(frauds, owner(), "fraud", lifted=True)] == [placed.id]
    (event,) = history(frauds, "freeze.placed")
    assert event.actor == "os:tester"
    assert "audit under way" in event.detail
    assert len(history(frauds, "freeze.lifted")) == 1


def test_the_history_names_a_frozen_labeler_by_number_alone(frauds):
    freeze(frauds)

    (event,) = history(frauds, "freeze.placed")

    assert "alice" not in event.detail
    assert event.labeler_alias_id is not None


def test_a_lifted_freeze_is_not_lifted_again(frauds):
    placed = freeze(frauds)
    lift_freeze(frauds, owner(), placed.id, reason="x")

    with pytest.raises(Conflict, match="lifted already"):
        lift_freeze(frauds, owner(), placed.id, reason="x")


def test_what_is_held_already_is_not_frozen_again_but_more_of_it_is(frauds):
    freeze(frauds, since=START)

    with pytest.raises(Conflict, match="holds these labels already"):
        freeze(frauds, since=START + timedelta(days=1))
    assert freeze(frauds, since=START - timedelta(days=1)).id == 2
    assert freeze(frauds).id == 3


def test_a_freeze_names_exactly_one_scope(frauds):
    with pytest.raises(InvalidInput, match="one of labeler, source and import"):
        freeze(frauds, labeler=None)
    with pytest.raises(InvalidInput, match="one of labeler, source and import"):
        freeze(frauds, import_id=1)


def test_a_source_and_an_import_can_be_frozen(frauds):
    outcome = record(frauds, [label("i2", "carol")])

    by_source = freeze(frauds, labeler=None, source="feed")
    by_import = freeze(frauds, labeler=None, import_id=outcome.delivery_id)

    assert (by_source.source, by_source.labeler) == ("feed", None)
    assert by_import.import_id == outcome.delivery_id


@pytest.mark.parametrize(
    "scope",
    [{"labeler": "zoe"}, {"labeler": None, "source": "x"}, {"labeler": None, "import_id": 99}],
)
def test_what_is_not_there_is_not_frozen(frauds, scope):
    with pytest.raises(NotFound):
        freeze(frauds, **scope)


def test_a_name_no_database_can_keep_is_simply_not_there(frauds):
    with pytest.raises(NotFound):
        freeze(frauds, labeler="\udc80\x00")


def test_a_person_can_be_held_from_work_while_the_labels_stay_in(frauds):
    held = freeze(frauds, kind="person-hold")
    labels = freeze(frauds)

    assert (held.kind, labels.kind) == ("person-hold", "label")
    with pytest.raises(InvalidInput, match="only a labeler"):
        freeze(frauds, kind="person-hold", labeler=None, source="feed")
    with pytest.raises(InvalidInput, match="kind"):
        freeze(frauds, kind="provisional")


def test_two_sources_with_one_name_must_be_told_apart(frauds):
    project(frauds, "other", source="feed2")
    from labeltrust.domain.access import SourceChange  # noqa: PLC0415 - this test alone
    from labeltrust.services.add_source import change_source  # noqa: PLC0415

    change_source(frauds, owner(), "feed2", SourceChange(projects=("fraud",)))
    record(frauds, [label("i1", "alice")], source="feed2")

    with pytest.raises(InvalidInput, match="feed, feed2; name one source"):
        freeze(frauds)
    assert freeze(frauds, source="feed2").labeler == "alice"


def test_a_freeze_needs_a_reason_and_a_known_clock(frauds):
    with pytest.raises(InvalidInput, match="reason"):
        freeze(frauds, reason="  ")
    with pytest.raises(InvalidInput, match="clock"):
        freeze(frauds, clock="local")


def test_a_reviewer_may_not_freeze_and_another_project_is_not_there(frauds):
    reviewer = Principal(name="person:ann", role="reviewer", projects=None)
    elsewhere = Principal(name="person:ben", role="qa_lead", projects=frozenset({"other"}))
    draft = FreezeDraft(project="fraud", labeler="alice", reason="x")
    placed = freeze(frauds)

    with pytest.raises(NotAllowed):
        freeze_labels(frauds, reviewer, draft)
    with pytest.raises(NotFound):
        freeze_labels(frauds, elsewhere, draft)
    with pytest.raises(NotFound):
        lift_freeze(frauds, elsewhere, placed.id, reason="x")
