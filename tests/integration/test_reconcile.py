"""A source compared with its platform over real HTTP: gaps filled, nothing wrongly concluded."""

import json

import pytest
from factories import owner
from reconciling import (
    LATER,
    arrived,
    connected,
    gold,
    pulled,
    sent,
    standing,
    with_source,
)
from recorded import history
from studio_server import Studio, annotation, webhook

from labeltrust.domain.errors import NoAnswer
from labeltrust.services import _gaps, _pulling
from labeltrust.services.erase_labeler import erase_labeler
from labeltrust.services.give_approval import approve, refuse
from labeltrust.services.list_approvals import list_approvals
from labeltrust.services.list_pulls import list_pulls
from labeltrust.services.reconcile_source import reconcile_source
from labeltrust.services.verify_ledger import verify_ledger


@pytest.fixture
def here(deployment):
    return with_source(deployment)


def test_lost_annotations_are_filled_and_say_how_they_were_found(here, clock):
    studio = Studio()
    sent(here, studio, 1, 10)
    studio.annotate(1, 11, "benign", completed_by=3)
    studio.annotate(2, 12, "fraud", completed_by=3)
    with connected(here, studio):
        report = pulled(here, clock)

    assert (report.status, report.found.missing, report.found.recorded) == ("done", 2, 2)
    assert standing(here) == [("1", "2", "fraud"), ("1", "3", "benign"), ("2", "3", "fraud")]
    filled = [e for e in history(here, "label.submitted") if e.parser == "label-studio-pull/1"]
    assert {json.loads(e.detail)["reconciled"] for e in filled} == {"missing"}
    assert {e.received_us for e in filled} == {int(clock.now.timestamp() * 1e6)}
    assert all(e.occurred_us < e.received_us for e in filled)
    assert {e.actor for e in filled} == {"os:tester"}
    (noted,) = history(here, "source.reconciled")
    assert json.loads(noted.detail)["missing"] == 2


def test_the_pull_behind_an_event_is_named_by_its_delivery(here, clock):
    studio = Studio()
    studio.annotate(1, 10)
    with connected(here, studio):
        report = pulled(here, clock)

    (event,) = history(here, "label.submitted")
    with here.engine.connect() as connection:
        headers, body = connection.exec_driver_sql(
            f"SELECT headers, body FROM delivery WHERE id = {event.delivery_id}"  # noqa: S608
        ).one()
    assert json.loads(headers)["pull"] == report.id
    assert b"alice" not in bytes(body)


def test_a_second_pull_finds_and_records_nothing(here, clock):
    studio = Studio()
    for number in range(12):
        studio.annotate(number + 1, number + 10)
    with connected(here, studio):
        first = pulled(here, clock)
        n_events = len(history(here, "label."))
        again = pulled(here, clock)

    assert first.found.missing == 12
    assert (again.found.differences, again.found.recorded) == (0, 0)
    assert len(history(here, "label.")) == n_events
    assert verify_ledger(here, owner()).ok


def test_a_lost_change_is_made_and_a_lost_skip_withdraws(here, clock):
    studio = Studio()
    sent(here, studio, 1, 10, "fraud")
    sent(here, studio, 2, 11, "fraud")
    studio.annotate(1, 10, "benign", updated_at=LATER)
    studio.annotate(2, 11, "fraud", updated_at=LATER, was_cancelled=True)
    with connected(here, studio):
        report = pulled(here, clock)

    assert report.found.changed == 2
    assert standing(here) == [("1", "2", "benign")]


def test_a_change_by_a_colleague_stays_the_colleagues_opinion(here, clock):
    studio = Studio()
    sent(here, studio, 1, 10, "fraud")
    studio.annotate(1, 10, "benign", updated_at=LATER, completed_by=2, updated_by=3)
    with connected(here, studio):
        pulled(here, clock)
        again = pulled(here, clock)

    assert standing(here) == [("1", "2", "fraud"), ("1", "3", "benign")]
    assert again.found.differences == 0


def test_what_is_gone_there_is_withdrawn_after_it_was_asked_for_by_itself(here, clock):
    studio = Studio()
    sent(here, studio, 1, 10)
    sent(here, studio, 2, 11)
    studio.drop(11)
    with connected(here, studio) as calls:
        report = pulled(here, clock)
        again = pulled(here, clock)

    assert report.found.vanished == 1
    assert [c.path for c in calls if "annotations" in c.path] == ["/api/annotations/11/"]
    assert standing(here) == [("1", "2", "fraud")]
    assert again.found.differences == 0


def test_an_annotation_that_lives_in_another_project_is_not_withdrawn(here, clock):
    studio = Studio(elsewhere={"11"})
    sent(here, studio, 1, 10)
    sent(here, studio, 2, 11)
    studio.drop(11)
    with connected(here, studio):
        report = pulled(here, clock)

    assert (report.found.vanished, report.found.unexplained) == (0, 1)
    assert len(standing(here)) == 2


def test_a_pull_that_fails_half_way_concludes_nothing_from_what_it_did_not_see(here, clock):
    studio = Studio()
    for number in range(150):
        sent(here, studio, number + 1, number + 1000)
    studio.annotate(1, 5000, "benign", completed_by=3)
    studio.fail_after = 1
    with connected(here, studio), pytest.raises(NoAnswer):
        _without_pauses(here, clock)

    (report,) = list_pulls(here, owner(), "ls")
    assert report.status == "failed"
    assert "status 500" in report.error
    assert len(standing(here)) == 150  # nor adds anything before it showed what stands here
    assert history(here, "label.withdrawn") == []


def _without_pauses(here, clock):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("labeltrust.connectors._web.LONGEST_PAUSE_SECONDS", 0.0)
        return pulled(here, clock)


def test_after_a_failed_pull_the_next_one_does_the_rest(here, clock):
    studio = Studio(fail_after=1)
    for number in range(150):
        studio.annotate(number + 1, number + 1000)
    with connected(here, studio):
        with pytest.raises(NoAnswer):
            _without_pauses(here, clock)
        studio.fail_after = None
        report = pulled(here, clock)

    assert report.found.missing == 50
    assert len(standing(here)) == 150


def test_a_forged_event_is_found_and_put_right(here, clock):
    studio = Studio()
    sent(here, studio, 1, 10, "fraud")
    forged = annotation(10, "benign", updated_at="2026-11-22T09:59:00.000000Z")
    arrived(here, webhook("ANNOTATION_UPDATED", 1, forged))
    with connected(here, studio):
        report = pulled(here, clock)
        again = pulled(here, clock)
        arrived(here, webhook("ANNOTATION_UPDATED", 1, {**forged, "updated_at": LATER}))
        third = pulled(here, clock)

    assert (report.found.unexplained, report.found.changed) == (1, 0)
    assert again.found.differences == 0
    assert third.found.unexplained == 0  # it is older than what put it right
    assert standing(here) == [("1", "2", "fraud")]


def test_a_forged_deletion_is_found_and_put_right(here, clock):
    studio = Studio()
    sent(here, studio, 1, 10, "fraud")
    arrived(here, b'{"action": "ANNOTATIONS_DELETED", "annotations": [{"id": 10}]}')
    with connected(here, studio):
        report = pulled(here, clock)

    assert report.found.unexplained == 1
    assert standing(here) == [("1", "2", "fraud")]


def test_an_event_that_comes_while_the_pull_is_under_way_is_left_alone(here, clock):
    studio = Studio()
    sent(here, studio, 1, 10, "fraud")
    with connected(here, studio):
        clock.tick(3600)
        sent_now = annotation(10, "benign", updated_at="2026-11-22T10:59:59.000000Z")
        arrived(here, webhook("ANNOTATION_UPDATED", 1, sent_now))
        arrived(here, webhook("ANNOTATION_CREATED", 2, annotation(11)))
        report = reconcile_source(here, owner(), "ls")

    assert (report.found.newer, report.found.differences) == (2, 0)
    assert standing(here) == [("1", "2", "benign"), ("2", "2", "fraud")]


def many(here, studio, n=40):
    for number in range(n):
        sent(here, studio, number + 1, number + 100)


def test_more_than_a_share_waits_for_a_person_who_may_allow_it(here, clock):
    studio = Studio()
    many(here, studio)
    for number in range(12):
        studio.drop(number + 100)
    with connected(here, studio):
        held = pulled(here, clock)
        same = pulled(here, clock)
        before = len(standing(here))
        (asked,) = list_approvals(here, owner())
        approve(here, owner(), asked.id, reason="the tasks were deleted on purpose")
        done = pulled(here, clock)

    assert (held.status, held.found.held, before) == ("held", 12, 40)
    assert held.found.approvals == (asked.id,)
    assert same.found.approvals == ()  # nobody is asked twice
    assert (done.status, done.found.vanished, len(standing(here))) == ("done", 12, 28)


def test_what_comes_back_after_it_was_allowed_to_go_stays(here, clock):
    studio = Studio()
    many(here, studio)
    gone = {n: annotation(n) for n in range(100, 112)}
    for number in gone:
        studio.drop(number)
    with connected(here, studio):
        pulled(here, clock)
        (asked,) = list_approvals(here, owner())
        for number in gone:
            studio.annotate(number - 99, number)
        approve(here, owner(), asked.id, reason="go ahead")
        done = pulled(here, clock)

    assert (done.found.differences, len(standing(here))) == (0, 40)


def test_what_was_refused_is_not_asked_again(here, clock):
    studio = Studio()
    many(here, studio)
    for number in range(12):
        studio.drop(number + 100)
    with connected(here, studio):
        pulled(here, clock)
        (asked,) = list_approvals(here, owner())
        refuse(here, owner(), asked.id, reason="the platform is broken")
        again = pulled(here, clock)

    assert (again.status, again.found.approvals) == ("held", ())
    assert len(standing(here)) == 40


def test_too_many_to_be_asked_one_by_one_wait_for_a_person(here, clock, monkeypatch):
    monkeypatch.setattr(_pulling, "MOST_READ_BACK", 3)
    studio = Studio()
    many(here, studio)
    for number in range(5):
        studio.drop(number + 100)
    with connected(here, studio):
        report = pulled(here, clock)

    assert (report.status, report.found.held) == ("held", 5)
    assert len(standing(here)) == 40


def another_project(n=30):
    """Return a platform whose project holds other annotations, one of them gold."""
    other = Studio()
    for number in range(n):
        other.annotate(number + 9_000, number + 9_000, completed_by=1, ground_truth=number == 0)
    return other


def test_a_wrong_project_neither_withdraws_nor_adds_without_a_person(here, clock):
    many(here, Studio())
    with connected(here, another_project()):
        held = pulled(here, clock)
        same = pulled(here, clock)
        (asked,) = list_approvals(here, owner())

    assert (held.status, held.found.vanished, held.found.missing) == ("held", 40, 30)
    assert (held.found.recorded, held.found.held, len(standing(here))) == (0, 70, 40)
    assert (same.found.recorded, same.found.approvals) == (0, ())
    assert gold(here, "9000") is None
    assert "the platform's project may be another one" in asked.reason
    assert ("Not on record here", "30 annotations are recorded") in asked.said


def test_a_person_who_allows_it_lets_another_project_take_the_place(here, clock):
    many(here, Studio())
    with connected(here, another_project()):
        pulled(here, clock)
        (asked,) = list_approvals(here, owner())
        approve(here, owner(), asked.id, reason="the project was moved")
        done = pulled(here, clock)

    assert (done.status, done.found.held) == ("done", 0)
    assert {item for item, _, _ in standing(here)} == {str(n) for n in range(9_000, 9_030)}


def test_however_much_is_missing_of_the_right_project_is_filled_at_once(here, clock):
    studio = Studio()
    many(here, studio, 12)
    for number in range(60):
        studio.annotate(number + 500, number + 1_000)
    with connected(here, studio):
        report = pulled(here, clock)

    assert (report.status, report.found.missing, len(standing(here))) == ("done", 60, 72)


@pytest.mark.parametrize("most_kept", [2_000, 3])
def test_what_came_before_the_platform_showed_our_own_waits_for_the_end(
    here, clock, monkeypatch, most_kept
):
    monkeypatch.setattr(_gaps, "MOST_KEPT", most_kept)
    studio = Studio()
    for number in range(120):  # the first page, and more than its half again
        studio.annotate(number + 1, number + 5_000)
    for number in range(12):
        sent(here, studio, number + 900, number + 100)
    with connected(here, studio) as calls:
        report = pulled(here, clock)

    assert (report.status, report.found.missing, len(standing(here))) == ("done", 120, 132)
    n_reads = sum(call.path == "/api/tasks/" for call in calls)
    assert n_reads == (2 if most_kept > 120 else 4)  # what did not fit is read a second time


def test_new_gold_is_declared_and_a_flag_lost_silently_takes_two_persons(here, clock):
    studio = Studio()
    sent(here, studio, 1, 10, "fraud", completed_by=1, ground_truth=True)
    studio.annotate(1, 10, "fraud", completed_by=1)  # the flag was taken, and nobody was told
    studio.annotate(2, 11, "benign", completed_by=1, ground_truth=True)
    studio.annotate(3, 12, "benign", completed_by=2, ground_truth=True)  # nobody trusts that one
    with connected(here, studio):
        report = pulled(here, clock)
        same = pulled(here, clock)
        before = (gold(here, "1"), gold(here, "2"), gold(here, "3"))
        (asked,) = list_approvals(here, owner())
        approve(here, owner(), asked.id, reason="the new task has another truth")
        after = pulled(here, clock)

    assert (report.found.gold_missing, report.found.gold_lost) == (1, 1)
    assert report.found.approvals == same.found.approvals == (asked.id,)
    assert before == ("fraud", "benign", None)
    assert gold(here, "1") is None
    assert after.found.differences == 0


def test_refused_gold_is_not_asked_again_and_stays(here, clock):
    studio = Studio()
    sent(here, studio, 1, 10, "fraud", completed_by=1, ground_truth=True)
    studio.annotate(1, 10, "fraud", completed_by=1)
    with connected(here, studio):
        pulled(here, clock)
        (asked,) = list_approvals(here, owner())
        refuse(here, owner(), asked.id, reason="a labeler took the flag")
        again = pulled(here, clock)

    assert (again.found.gold_lost, again.found.approvals) == (1, ())
    assert gold(here) == "fraud"


def test_another_gold_label_of_the_platform_takes_two_persons(here, clock):
    studio = Studio()
    sent(here, studio, 1, 10, "fraud", completed_by=1, ground_truth=True)
    studio.annotate(1, 10, "benign", completed_by=1, ground_truth=True, updated_at=LATER)
    with connected(here, studio):
        report = pulled(here, clock)

    assert report.found.gold_changed == 1
    assert gold(here) == "fraud"
    (asked,) = list_approvals(here, owner())
    assert asked.kind == "gold_edits"


def test_only_looking_changes_nothing(here, clock):
    studio = Studio()
    sent(here, studio, 1, 10, "fraud", completed_by=1, ground_truth=True)
    studio.drop(10)
    studio.annotate(2, 11)
    with connected(here, studio):
        n_events = len(history(here, ""))
        report = pulled(here, clock, dry_run=True)

    found = report.found
    assert (found.missing, found.vanished, found.gold_lost, found.recorded) == (1, 1, 1, 0)
    assert len(history(here, "")) == n_events
    assert list_approvals(here, owner()) == []


def test_an_erased_labeler_does_not_come_back(here, clock):
    studio = Studio()
    sent(here, studio, 1, 10, completed_by=5)
    sent(here, studio, 1, 11, completed_by=6)
    studio.annotate(9, 12, completed_by=5)
    with here.engine.connect() as connection:
        number = connection.exec_driver_sql(
            "SELECT id FROM labeler_alias WHERE outside_id = '5'"
        ).scalar_one()
    erase_labeler(here, owner(), number, reason="asked for it")
    with connected(here, studio):
        report = pulled(here, clock)

    assert (report.found.erased, report.found.missing) == (2, 0)
    with here.engine.connect() as connection:
        names = connection.exec_driver_sql("SELECT outside_id FROM labeler_alias").scalars().all()
    assert "5" not in names


def test_what_does_not_fit_is_counted_and_spoils_no_other(here, clock):
    studio = Studio()
    studio.annotate(1, 10, "no such class")
    studio.annotate(1, 11, result="nonsense")
    studio.annotate(1, 12, completed_by=None)
    studio.annotate(2, 13)
    with connected(here, studio):
        report = pulled(here, clock)

    assert (report.found.unreadable, report.found.missing) == (3, 1)
    assert standing(here) == [("2", "2", "fraud")]
