"""Labelbox: labels in the format of its export, by project and question."""

from datetime import UTC, datetime

import pytest
from deliveries import changed, read, refused
from platform_samples import LABELBOX, SAMPLES

from labeltrust.domain.errors import UnreadableDelivery
from labeltrust.ingest.labelbox import PLATFORM

CREATED = {"x-labelbox-event": "LABEL_CREATED"}
LABEL = "projects/p1/labels/0"
AT = datetime(2026, 1, 31, 12, tzinfo=UTC)


def test_each_classification_is_a_vote_on_its_question():
    found = read(PLATFORM, LABELBOX, CREATED).events

    votes = {one.question: one.label for one in found}
    assert votes.pop("objects")
    assert votes == {"verdict": "fraud", "why": "stolen", "tags": ["card", "abroad"]}
    assert {(one.item, one.labeler) for one in found} == {("dr1", "alice@example.com")}
    assert {(one.occurred_at, one.revised_at, one.duration_seconds) for one in found} == {
        (AT, AT, 12.0)
    }
    assert {one.annotation_id for one in found} == {"l1"}
    assert len({one.event_id for one in found}) == len(found)


def test_objects_keep_their_place_and_class():
    (one,) = [e for e in read(PLATFORM, LABELBOX, CREATED).events if e.question == "objects"]

    places = [(part["label"], {**part, "label": None}) for part in one.label]
    assert {name: {k: v for k, v in at.items() if v is not None} for name, at in places} == {
        "car": {"x": 2, "y": 1, "width": 4, "height": 3},
        "road": {"points": [[0, 0], [4, 0], [4, 4]]},
        "PER": {"start": 0, "end": 3},
        "eye": {"points": [[1, 2]]},
    }  # fmt: skip


def test_the_order_of_objects_makes_no_other_label():
    path = f"{LABEL}/annotations/objects"
    parts = LABELBOX["projects"]["p1"]["labels"][0]["annotations"]["objects"]

    one, other = (
        [e.label for e in read(PLATFORM, changed(LABELBOX, path, some), CREATED).events][-1]
        for some in (parts, parts[::-1])
    )

    assert one == other


def test_a_skipped_label_withdraws_each_answer():
    body = changed(LABELBOX, f"{LABEL}/performance_details", {"skipped": True})

    found = read(PLATFORM, body, CREATED).events

    assert {one.type for one in found} == {"label.withdrawn"}
    assert found[0].detail["skipped"] is True


def test_an_update_withdraws_the_mapped_questions_it_no_longer_answers():
    config = {"project": "fraud", "questions": {"verdict": "label", "gone": "other"}}

    found = read(PLATFORM, LABELBOX, {"x-labelbox-event": "LABEL_UPDATED"}, **config).events

    assert [(one.type, one.question) for one in found] == [
        ("label.submitted", "label"), ("label.withdrawn", "other"),
    ]  # fmt: skip


def test_a_deletion_withdraws_by_the_labels_id():
    (one,) = read(PLATFORM, LABELBOX, {"x-labelbox-event": "LABEL_DELETED"}).events

    assert (one.type, one.annotation_id, one.item, one.labeler) == (
        "label.withdrawn",
        "l1",
        "",
        None,
    )


def test_a_body_without_labels_asks_for_a_read():
    (one,) = read(PLATFORM, {"project": {"id": "p1"}}, CREATED).pulls

    assert (one.kind, one.object_id, one.project) == ("project", "p1", "fraud")


@pytest.mark.parametrize(
    "kind", ["REVIEW_CREATED", "REVIEW_UPDATED", "WORKFLOW_ACTION", "TASK_MOVED"]
)
def test_reviews_and_moves_are_passed_over(kind):
    assert read(PLATFORM, LABELBOX, {"x-labelbox-event": kind}).ignored == 1


def test_settings_choose_project_and_item():
    (one, *_) = read(
        PLATFORM, LABELBOX, CREATED, projects={"p1": "fraud"}, item_key="global_key"
    ).events
    other = read(PLATFORM, LABELBOX, CREATED, projects={"p9": "fraud"})

    assert (one.project, one.item) == ("fraud", "pay-001")
    assert (other.events, other.ignored) == ((), 1)


def test_without_times_the_time_is_unknown():
    body = changed(LABELBOX, f"{LABEL}/label_details", {"created_by": "a"})

    (one, *_) = read(PLATFORM, body, CREATED).events

    assert (one.occurred_at, one.revised_at) == (None, None)


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        (f"{LABEL}", 7, "not_an_object"),
        (f"{LABEL}/id", None, "missing_field"),
        (f"{LABEL}/label_details", None, "missing_field"),
        (f"{LABEL}/label_details/created_by", 1.5, "wrong_type"),
        (f"{LABEL}/label_details/updated_at", "2026-01-31T12:00:00", "time_without_zone"),
        (f"{LABEL}/annotations", [], "not_an_object"),
        (f"{LABEL}/annotations/classifications", {}, "not_a_list"),
        (f"{LABEL}/annotations/classifications/0", {"name": "v"}, "bad_label"),
        (f"{LABEL}/annotations/classifications/0/radio_answer/name", 7, "bad_label"),
        (f"{LABEL}/annotations/classifications/1/checklist_answers/0", "card", "not_an_object"),
        (f"{LABEL}/annotations/objects/0", {"name": "car", "blob": 1}, "bad_label"),
        (f"{LABEL}/annotations/objects/0/bounding_box/top", "1", "bad_label"),
        (f"{LABEL}/annotations/objects/1/polygon", [[0, 0]], "bad_label"),
        (f"{LABEL}/annotations/objects/0/name", "a\x00", "not_text"),
        ("data_row", None, "missing_field"),
        ("data_row/id", "", "empty_id"),
    ],
)
def test_bad_parts_are_refused_by_name(path, value, reason):
    assert refused(read(PLATFORM, changed(LABELBOX, path, value), CREATED)).startswith(reason)


def test_a_bad_label_spoils_no_other():
    body = changed(LABELBOX, "projects/p1/labels", [LABELBOX["projects"]["p1"]["labels"][0], {}])

    found = read(PLATFORM, body, CREATED)

    assert len(found.events) == 4
    assert [one.index for one in found.problems] == [1]


def test_many_answers_are_refused_whole():
    answers = [{"name": str(n), "radio_answer": {"name": "x"}} for n in range(101)]

    body = changed(LABELBOX, f"{LABEL}/annotations/classifications", answers)

    assert refused(read(PLATFORM, body, CREATED)).startswith("bad_label")


@pytest.mark.parametrize(
    "headers", [{}, {"x-labelbox-event": ""}, {"x-labelbox-event": "LABEL_EATEN"}]
)
def test_an_unknown_kind_is_unreadable(headers):
    with pytest.raises(UnreadableDelivery):
        read(PLATFORM, LABELBOX, headers)


def test_the_kind_is_kept_for_reading_again():
    assert {"x-labelbox-event", "x-labelbox-id"} <= set(PLATFORM.kept_headers)
    assert len(SAMPLES["labelbox"]) == 4
