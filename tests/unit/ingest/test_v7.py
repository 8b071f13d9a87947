"""V7: labels where annotators are exported, a read of the item where they are not."""

import pytest
from deliveries import changed, read, refused
from platform_samples import V7_OLD, V7_STAGE

from labeltrust.domain.errors import UnreadableDelivery
from labeltrust.ingest.v7 import PLATFORM


def test_a_stage_states_the_labels_of_each_annotator():
    found = read(PLATFORM, V7_STAGE).events

    assert {one.question: one.label for one in found} == {
        "tags": "fraud",
        "text": "stolen",
        "regions": [
            {"x": 1, "y": 2, "width": 3, "height": 4, "label": "car"},
            {"points": [[0, 0], [1, 0], [1, 1]], "label": "road"},
        ],
    }
    assert {(one.item, one.labeler) for one in found} == {("i1", "alice@example.com")}
    assert {(one.occurred_at, one.event_id) for one in found} == {(None, None)}


def test_annotations_of_two_people_are_two_votes():
    bob = [{"email": "bob@example.com"}]

    found = read(PLATFORM, changed(V7_STAGE, "annotations/0/annotators", bob)).events

    assert [(one.labeler, one.label) for one in found if one.question == "tags"] == [
        ("bob@example.com", "fraud")
    ]


def test_an_annotation_of_several_people_is_nobodys_and_named_as_a_problem():
    two = [{"email": "alice@example.com"}, {"email": "bob@example.com"}]

    found = read(PLATFORM, changed(V7_STAGE, "annotations/0/annotators", two))

    assert [one.code for one in found.problems] == ["several_labelers"]
    assert "/annotations/0" in found.problems[0].detail
    assert {(one.labeler, one.question) for one in found.events} == {
        ("alice@example.com", "text"), ("alice@example.com", "regions"),
    }  # fmt: skip
    assert not found.pulls


@pytest.mark.parametrize("people", [None, []])
def test_an_annotation_of_nobody_is_no_label_but_a_read(people):
    found = read(PLATFORM, changed(V7_STAGE, "annotations/2/annotators", people))

    (one,) = found.pulls
    assert not found.events
    assert (one.kind, one.object_id, one.within) == ("item", "i1", {"name": "pay-001.png"})


def test_the_older_webhook_tells_no_labeler():
    found = read(PLATFORM, V7_OLD)

    (one,) = found.pulls
    assert (one.object_id, one.within) == ("pay-001.png", {"dataset": "2"})
    assert not found.events


def test_an_item_without_annotations_is_read():
    assert read(PLATFORM, changed(V7_STAGE, "annotations", [])).pulls


def test_several_tags_are_a_list_in_one_order():
    more = {"name": "card", "tag": {}, "annotators": V7_STAGE["annotations"][0]["annotators"]}
    one, other = (
        read(PLATFORM, changed(V7_STAGE, "annotations", some)).events[0].label
        for some in ([V7_STAGE["annotations"][0], more], [more, V7_STAGE["annotations"][0]])
    )

    assert one == other == ["card", "fraud"]


def test_settings_choose_project_and_questions():
    (one,) = read(PLATFORM, V7_STAGE, projects={"2": "fraud"}, questions={"tags": "label"}).events

    assert (one.project, one.question) == ("fraud", "label")
    for body in (V7_STAGE, V7_OLD):
        assert read(PLATFORM, body, projects={"3": "fraud"}).ignored == 1


@pytest.mark.parametrize(
    ("body", "path", "value", "reason"),
    [
        (V7_STAGE, "item", 7, "not_an_object"),
        (V7_STAGE, "item/id", None, "missing_field"),
        (V7_STAGE, "annotations", {}, "not_a_list"),
        (V7_STAGE, "annotations/0", 7, "not_an_object"),
        (V7_STAGE, "annotations/0/name", "", "bad_label"),
        (V7_STAGE, "annotations/0/tag", None, "bad_label"),
        (V7_STAGE, "annotations/0/annotators/0", "alice", "not_an_object"),
        (V7_STAGE, "annotations/0/annotators/0/email", None, "missing_field"),
        (V7_STAGE, "annotations/1/bounding_box/w", None, "bad_label"),
        (V7_STAGE, "annotations/2/polygon", {"paths": [[1]]}, "bad_label"),
        (V7_STAGE, "annotations/2/polygon", {"paths": 7}, "not_a_list"),
        (V7_STAGE, "annotations/3/text/text", "a\x00", "not_text"),
        (V7_OLD, "payload", None, "missing_field"),
        (V7_OLD, "payload/filename", 1.5, "wrong_type"),
    ],
)
def test_bad_parts_are_refused_by_name(body, path, value, reason):
    assert refused(read(PLATFORM, changed(body, path, value))).startswith(reason)


@pytest.mark.parametrize("body", [b"", b"[]", {}, {"event_type": "x"}, {"event_type": 7}])
def test_what_is_no_event_is_unreadable(body):
    with pytest.raises(UnreadableDelivery):
        read(PLATFORM, body)
