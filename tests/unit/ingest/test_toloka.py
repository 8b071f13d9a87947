"""Toloka announces: assignments with an answer are to be read, one by one."""

import pytest
from deliveries import changed, read, refused
from platform_samples import TOLOKA

from labeltrust.domain.errors import UnreadableDelivery
from labeltrust.ingest.toloka import PLATFORM

ONE = {"events": TOLOKA["events"][:1]}


def test_answered_assignments_are_to_be_read_and_others_are_not():
    found = read(PLATFORM, TOLOKA)

    (one,) = found.pulls
    assert (found.events, found.ignored) == ((), 1)
    assert (one.kind, one.object_id) == ("assignment", "a1")
    assert one.within == {"project": "p1", "pool": "q1", "suite": "s1"}


def test_a_time_without_a_zone_is_not_guessed():
    assert read(PLATFORM, TOLOKA).pulls[0].changed_at is None


@pytest.mark.parametrize("kind", ["ASSIGNMENT_APPROVED", "ASSIGNMENT_REJECTED"])
def test_a_verdict_of_the_requester_asks_for_a_read(kind):
    assert read(PLATFORM, changed(ONE, "events/0/type", kind)).pulls


@pytest.mark.parametrize(
    "kind",
    ["ASSIGNMENT_CREATED", "ASSIGNMENT_SKIPPED", "ASSIGNMENT_EXPIRED", "POOL_CLOSED",
     "DYNAMIC_OVERLAP_COMPLETED", "SOMETHING_NEW"],
)  # fmt: skip
def test_what_is_nobodys_answer_is_passed_over(kind):
    found = read(PLATFORM, changed(ONE, "events/0/type", kind))

    assert (found.pulls, found.ignored) == ((), 1)


def test_a_bad_event_spoils_no_other():
    found = read(PLATFORM, {"events": [7, {"type": None}, *TOLOKA["events"]]})

    assert [one.index for one in found.problems] == [0, 1]
    assert len(found.pulls) == 1


def test_a_map_of_projects_passes_others_over():
    assert read(PLATFORM, ONE, projects={"p1": "fraud"}).pulls
    assert read(PLATFORM, ONE, projects={"p2": "fraud"}).ignored == 1


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        ("events/0/assignment_id", None, "missing_field"),
        ("events/0/assignment_id", "x" * 300, "too_long"),
        ("events/0/pool_id", "\ud800", "not_text"),
        ("events/0/type", 7, "wrong_type"),
    ],
)
def test_bad_parts_are_refused_by_name(path, value, reason):
    assert refused(read(PLATFORM, changed(ONE, path, value))).startswith(reason)


@pytest.mark.parametrize("body", [b"", b"[]", {}, {"events": {}}, {"events": None}])
def test_what_is_no_list_of_events_is_unreadable(body):
    with pytest.raises(UnreadableDelivery):
        read(PLATFORM, body)


def test_more_events_than_a_delivery_may_state_are_refused():
    with pytest.raises(UnreadableDelivery, match="10000"):
        read(PLATFORM, {"events": ONE["events"] * 10_001})
