"""Encord announces: a stage where work waits, a project where a task was handed in."""

from datetime import UTC, datetime

import pytest
from deliveries import changed, read, refused
from platform_samples import ENCORD

from labeltrust.domain.errors import UnreadableDelivery
from labeltrust.ingest.encord import PLATFORM


def test_a_stage_where_work_waits_is_to_be_read():
    found = read(PLATFORM, ENCORD)

    (one,) = found.pulls
    assert not found.events
    assert (one.kind, one.object_id, one.within) == ("stage", "st-1", {"project": "p1"})
    assert one.changed_at == datetime(2026, 1, 31, 12, tzinfo=UTC)


def test_the_same_event_under_another_uid_asks_for_the_same_read():
    assert read(PLATFORM, changed(ENCORD, "uid", "other")).pulls == read(PLATFORM, ENCORD).pulls


def test_a_task_that_was_handed_in_asks_for_the_project():
    (one,) = read(PLATFORM, changed(ENCORD, "event_type", "task_submitted_event")).pulls

    assert (one.kind, one.object_id) == ("project", "p1")


def test_kinds_that_are_not_known_are_acknowledged():
    assert read(PLATFORM, changed(ENCORD, "event_type", "something_new_event")).ignored == 1


def test_a_map_of_projects_passes_others_over():
    assert read(PLATFORM, ENCORD, projects={"p1": "fraud"}).pulls
    assert read(PLATFORM, ENCORD, projects={"p2": "fraud"}).ignored == 1


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        ("payload", None, "missing_field"),
        ("payload", "x", "not_an_object"),
        ("payload/stage_uuid", None, "missing_field"),
        ("payload/stage_uuid", [], "wrong_type"),
        ("event_created_timestamp", "2026-01-31T12:00:00", "time_without_zone"),
    ],
)
def test_bad_parts_are_refused_by_name(path, value, reason):
    assert refused(read(PLATFORM, changed(ENCORD, path, value))).startswith(reason)


@pytest.mark.parametrize("body", [b"", b"[]", {}, {"event_type": 7}])
def test_what_is_no_event_is_unreadable(body):
    with pytest.raises(UnreadableDelivery):
        read(PLATFORM, body)
