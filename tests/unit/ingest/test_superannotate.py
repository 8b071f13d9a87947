"""SuperAnnotate announces: an item that was handed in is to be read."""

from datetime import UTC, datetime

import pytest
from deliveries import changed, read, refused
from platform_samples import SAMPLES

from labeltrust.domain.errors import UnreadableDelivery
from labeltrust.ingest.superannotate import PLATFORM

[(HEADERS, BODY)] = SAMPLES["superannotate"]


@pytest.mark.parametrize("status", ["Completed", "QualityCheck"])
def test_an_item_that_was_handed_in_is_to_be_read(status):
    found = read(PLATFORM, changed(BODY, "after/annotation_status", status), HEADERS)

    (one,) = found.pulls
    assert not found.events
    assert (one.kind, one.object_id) == ("item", "5")
    assert one.within == {"project": "2", "name": "pay-001"}
    assert one.changed_at == datetime(2026, 1, 31, 12, tzinfo=UTC)
    assert "alice" not in repr(found)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("after/annotation_status", "InProgress"),
        ("after/annotation_status", "NotStarted"),
        ("after/annotation_status", []),
        ("before/annotation_status", "Completed"),
        ("op", "d"),
        ("op", "r"),
    ],
)
def test_work_under_way_and_other_changes_are_passed_over(path, value):
    found = read(PLATFORM, changed(BODY, path, value), HEADERS)

    assert (found.pulls, found.problems, found.ignored) == ((), (), 1)


@pytest.mark.parametrize("about", ["project u", "folder c", "export c"])
def test_what_happens_to_other_objects_is_passed_over(about):
    assert read(PLATFORM, BODY, {"x-event": about}).ignored == 1


def test_a_map_of_projects_passes_others_over():
    assert read(PLATFORM, BODY, HEADERS, projects={"2": "fraud"}).pulls
    assert read(PLATFORM, BODY, HEADERS, projects={"3": "fraud"}).ignored == 1


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        ("after", None, "missing_field"),
        ("before", 7, "not_an_object"),
        ("after/id", None, "missing_field"),
        ("after/updatedAt", "2026", "bad_time"),
        ("after/updatedAt", -1, "bad_time"),
        ("after/updatedAt", 10**15, "bad_time"),
        ("after/updatedAt", True, "bad_time"),
        ("after/name", "a\x00", "not_text"),
    ],
)
def test_bad_parts_are_refused_by_name(path, value, reason):
    assert refused(read(PLATFORM, changed(BODY, path, value), HEADERS)).startswith(reason)


@pytest.mark.parametrize("body", [b"", b"[]", {}, {"op": "x"}, {"op": 7}])
def test_what_is_no_event_is_unreadable(body):
    with pytest.raises(UnreadableDelivery):
        read(PLATFORM, body, HEADERS)
