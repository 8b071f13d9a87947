"""Kili: a submitted or reviewed label, job by job."""

import json
from datetime import UTC, datetime

import pytest
from deliveries import changed, read, refused
from platform_samples import KILI, KILI_JOBS

from labeltrust.domain.errors import UnreadableDelivery
from labeltrust.ingest.kili import PLATFORM

LABEL = "payload/label"
JOBS = f"{LABEL}/jsonResponse"
AT = datetime(2026, 1, 31, 12, tzinfo=UTC)


def test_each_job_is_a_vote_on_its_question():
    found = read(PLATFORM, KILI).events

    assert {one.question: one.label for one in found} == {
        "VERDICT": "FRAUD",
        "TAGS": ["A", "B"],
        "NOTE": "stolen",
        "NER": [{"start": 0, "end": 4, "labels": ["WORD"]}],
        "BOXES": [{"points": [[0.1, 0.2], [0.3, 0.2], [0.3, 0.4]], "labels": ["CAR"]}],
    }
    one = found[0]
    assert (one.item, one.labeler, one.labeler_kind) == ("a1", "alice@example.com", "human")
    assert (one.occurred_at, one.revised_at, one.duration_seconds) == (AT, AT, 8.0)
    assert one.event_id == "onSubmit:l1:2026-01-31T12:00:00+00:00:VERDICT"


def test_the_answer_may_be_a_text_that_holds_it():
    as_text = read(PLATFORM, changed(KILI, JOBS, json.dumps(KILI_JOBS)))

    assert as_text == read(PLATFORM, KILI)


def test_an_automatic_save_is_a_draft():
    found = read(PLATFORM, changed(KILI, f"{LABEL}/labelType", "AUTOSAVE"))

    assert (found.events, found.ignored) == ((), 1)


@pytest.mark.parametrize("sort", ["PREDICTION", "INFERENCE"])
def test_predictions_are_labels_of_a_model(sort):
    body = changed(KILI, f"{LABEL}/labelType", sort)

    unnamed = read(PLATFORM, body).events[0]
    named = read(PLATFORM, changed(body, f"{LABEL}/modelName", "m1")).events[0]

    assert (unnamed.labeler, unnamed.labeler_kind) == ("model:unknown", "model")
    assert named.labeler == "model:m1"


def test_a_review_is_the_label_of_the_reviewer():
    body = changed(changed(KILI, "eventType", "onReview"), f"{LABEL}/labelType", "REVIEW")

    one = read(PLATFORM, body).events[0]

    assert (one.labeler_kind, one.detail["label_type"]) == ("human", "REVIEW")


def test_settings_choose_project_questions_and_labeler():
    config = {"questions": {"VERDICT": "label"}, "labeler_key": "id"}

    (one,) = read(PLATFORM, KILI, projects={"p1": "fraud"}, **config).events

    assert (one.project, one.question, one.labeler) == ("fraud", "label", "u1")
    assert read(PLATFORM, KILI, projects={"p2": "fraud"}).ignored == 1


def test_an_author_without_the_field_is_not_guessed():
    assert "author/email" in refused(read(PLATFORM, changed(KILI, f"{LABEL}/author", {"id": "u1"})))


def test_other_events_of_the_project_are_passed_over():
    assert read(PLATFORM, {"eventType": "project.updated"}).ignored == 1


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        ("payload", None, "missing_field"),
        ("payload/asset_id", None, "missing_field"),
        (LABEL, [], "not_an_object"),
        (f"{LABEL}/id", {}, "wrong_type"),
        (f"{LABEL}/createdAt", "now", "bad_time"),
        (f"{LABEL}/author", None, "missing_field"),
        (JOBS, None, "not_an_object"),
        (JOBS, "{", "bad_label"),
        (JOBS, "[]", "not_an_object"),
        (JOBS, '{"a": NaN}', "bad_label"),
        (JOBS, "\ud800", "not_text"),
        (f"{JOBS}/VERDICT", "FRAUD", "not_an_object"),
        (f"{JOBS}/VERDICT", {}, "bad_label"),
        (f"{JOBS}/VERDICT/categories", "FRAUD", "not_a_list"),
        (f"{JOBS}/VERDICT/categories/0/name", 7, "bad_label"),
        (f"{JOBS}/NER/annotations/0/beginOffset", "0", "bad_label"),
        (f"{JOBS}/NER/annotations/0/content", 7, "bad_label"),
        (f"{JOBS}/BOXES/annotations/0/boundingPoly", 7, "not_a_list"),
        (f"{JOBS}/BOXES/annotations/0/boundingPoly/0/normalizedVertices/0", [0, 1], "bad_label"),
        (f"{JOBS}/BOXES/annotations/0", {"categories": []}, "bad_label"),
        (JOBS, {str(n): {"text": "x"} for n in range(101)}, "bad_label"),
    ],
)
def test_bad_parts_are_refused_by_name(path, value, reason):
    assert refused(read(PLATFORM, changed(KILI, path, value))).startswith(reason)


@pytest.mark.parametrize("body", [b"", b"[]", {"eventType": "onSleep"}, {"eventType": None}, {}])
def test_what_is_no_event_of_kili_is_unreadable(body):
    with pytest.raises(UnreadableDelivery):
        read(PLATFORM, body)
