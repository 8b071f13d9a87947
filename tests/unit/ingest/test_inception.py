"""INCEpTION announces: a finished document is to be read."""

from datetime import UTC, datetime

import pytest
from deliveries import changed, read, refused
from platform_samples import SAMPLES

from labeltrust.domain.errors import UnreadableDelivery
from labeltrust.ingest.inception import PLATFORM

[(HEADERS, BODY)] = SAMPLES["inception"]


def test_a_finished_document_is_to_be_read_without_naming_anybody():
    found = read(PLATFORM, BODY, HEADERS)

    (one,) = found.pulls
    assert not found.events
    assert (one.kind, one.object_id, one.within) == ("document", "9", {"project": "2"})
    assert one.changed_at == datetime(2026, 1, 31, 12, tzinfo=UTC)
    assert "alice" not in repr(found)


@pytest.mark.parametrize("state", ["IN-PROGRESS", "NEW", "LOCKED", None, []])
def test_a_document_under_work_is_a_draft(state):
    assert read(PLATFORM, changed(BODY, "annotationState", state), HEADERS).ignored == 1


def test_the_curated_version_is_nobodys_label():
    assert read(PLATFORM, changed(BODY, "annotationUser", "CURATION_USER"), HEADERS).ignored == 1


@pytest.mark.parametrize("topic", ["PROJECT_STATE", "DOCUMENT_STATE"])
def test_other_topics_are_passed_over(topic):
    assert read(PLATFORM, BODY, {"x-aero-notification": topic}).ignored == 1


def test_a_project_is_known_by_id_and_by_name():
    for name in ("2", "payments"):
        assert read(PLATFORM, BODY, HEADERS, projects={name: "fraud"}).pulls
    assert read(PLATFORM, BODY, HEADERS, projects={"9": "fraud"}).ignored == 1


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        ("documentId", None, "missing_field"),
        ("documentId", 1.5, "wrong_type"),
        ("projectId", [], "wrong_type"),
        ("timestamp", "now", "bad_time"),
    ],
)
def test_bad_parts_are_refused_by_name(path, value, reason):
    assert refused(read(PLATFORM, changed(BODY, path, value), HEADERS)).startswith(reason)


@pytest.mark.parametrize(
    ("body", "headers"),
    [(b"", HEADERS), (b"[]", HEADERS), (BODY, {}), (BODY, {"x-aero-notification": "OTHER"})],
)
def test_what_is_no_event_is_unreadable(body, headers):
    with pytest.raises(UnreadableDelivery):
        read(PLATFORM, body, headers)


def test_the_topic_is_kept_for_reading_again():
    assert "x-aero-notification" in PLATFORM.kept_headers
