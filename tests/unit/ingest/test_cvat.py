"""CVAT announces: a finished job is to be read, everything else is passed over."""

from datetime import UTC, datetime

import pytest
from deliveries import changed, read, refused
from platform_samples import SAMPLES

from labeltrust.domain.errors import UnreadableDelivery
from labeltrust.ingest.cvat import PLATFORM

[(_, BODY)] = SAMPLES["cvat"]


def test_a_finished_job_is_to_be_read_and_says_no_label():
    found = read(PLATFORM, BODY)

    (one,) = found.pulls
    assert (found.events, found.problems) == ((), ())
    assert (one.kind, one.object_id, one.project) == ("job", "41", "fraud")
    assert one.within == {"task": "9", "project": "2", "stage": "annotation"}
    assert one.changed_at == datetime(2026, 1, 31, 12, tzinfo=UTC)


def test_no_name_of_a_labeler_is_kept():
    assert "alice" not in repr(read(PLATFORM, BODY))


@pytest.mark.parametrize("state", ["in progress", "new", "rejected", None, 7])
def test_a_job_under_work_is_a_draft(state):
    found = read(PLATFORM, changed(BODY, "job/state", state))

    assert (found.pulls, found.problems, found.ignored) == ((), (), 1)


@pytest.mark.parametrize(
    "event",
    ["ping", "create:job", "delete:job", "update:task", "create:project", "update:issue",
     "create:comment", "update:organization", "create:invitation", "update:membership"],
)  # fmt: skip
def test_whatever_else_happens_is_passed_over(event):
    found = read(PLATFORM, changed(BODY, "event", event))

    assert (found.events, found.pulls, found.problems, found.ignored) == ((), (), (), 1)


def test_a_map_of_projects_passes_others_over():
    assert read(PLATFORM, BODY, projects={"2": "fraud"}).pulls[0].project == "fraud"
    assert read(PLATFORM, BODY, projects={"3": "fraud"}).ignored == 1


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        ("job", None, "missing_field"),
        ("job", [], "not_an_object"),
        ("job/id", None, "missing_field"),
        ("job/id", 1.5, "wrong_type"),
        ("job/id", True, "wrong_type"),
        ("job/id", "x" * 257, "too_long"),
        ("job/id", "a\x00", "not_text"),
        ("job/id", 10**400, "wrong_type"),
        ("job/task_id", {}, "wrong_type"),
        ("job/updated_date", "2026-01-31T12:00:00", "time_without_zone"),
        ("job/updated_date", 5, "bad_time"),
    ],
)
def test_bad_parts_are_refused_by_name(path, value, reason):
    assert refused(read(PLATFORM, changed(BODY, path, value))).startswith(reason)


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"\xff", b"{}", {"event": 7}, {"event": "update:job\n"}, {"event": "task_created"},
     {"event": "update:" + "x" * 41}, b'{"event": "ping", "event": "ping"}'],
)  # fmt: skip
def test_what_is_no_event_of_cvat_is_unreadable(body):
    with pytest.raises(UnreadableDelivery):
        read(PLATFORM, body)
