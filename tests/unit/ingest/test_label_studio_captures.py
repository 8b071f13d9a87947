"""Requests that a real Label Studio sent: each is proven, read, and says what it should."""

import json
from datetime import UTC, datetime

import pytest
from optional_data import missing, recorded

from labeltrust.domain.errors import NotProven, UnreadableDelivery
from labeltrust.ingest._base import Delivery, Secret
from labeltrust.ingest.label_studio import PLATFORM, parse

FOLDER = recorded("label-studio")
TRIALS = {path.stem: path for path in sorted(FOLDER.glob("*.json"))}
NOW = datetime(2026, 11, 22, 20, tzinfo=UTC)
TOKEN = Secret(key_id="k1", text="dummy-receiver-token")
pytestmark = pytest.mark.skipif(not TRIALS, reason=missing("label-studio/*.json"))

# One vote for the question `verdict`: who, what.
VOTES = {
    "after-failures": ("2", "fraud"),
    "annotation-created-alice": ("2", "fraud"),
    "annotation-created-bob": ("3", "benign"),
    "annotation-created-ground-truth": ("1", "benign"),
    "annotation-created-identity-claimed": ("4", "fraud"),
    "annotation-created-negative-lead-time": ("2", "benign"),
    "annotation-created-no-lead-time": ("4", "benign"),
    "annotation-created-on-task-with-prediction": ("2", "benign"),
    "annotation-created-second-by-same-user": ("2", "benign"),
    "annotation-created-unknown-choice": ("3", "no-such-label"),
    "annotation-updated-by-other-user": ("3", "fraud"),
    "annotation-updated-by-owner": ("2", "benign"),
    "annotation-updated-completed-by": ("4", "fraud"),
    "annotation-updated-ground-truth-on": ("1", "fraud"),
    "annotation-updated-put-no-change": ("2", "fraud"),
    "fail-401": ("2", "fraud"),
    "fail-410": ("2", "fraud"),
    "fail-429": ("2", "fraud"),
    "fail-500": ("2", "fraud"),
    "fail-503": ("2", "fraud"),
    "fail-dropped": ("2", "fraud"),
    "fail-redirect-302": ("2", "fraud"),
    "fail-redirect-307": ("2", "fraud"),
    "fail-slow-3s": ("2", "fraud"),
    "ground-truth-moves": ("2", "benign"),
    "header-override": ("2", "fraud"),
    "slow-0-8s": ("2", "fraud"),
    "two-webhooks-same-url": ("2", "fraud"),
    "ui-choices-from-draft": ("2", "fraud"),
    "ui-choices-single": ("2", "fraud"),
    "ui-choices-single-update": ("2", "unsure"),
}
# One vote for another question: question, label.
CONTROLS = {
    "control-choices-multiple": ("tags", ["fraud", "urgent"]),
    "control-datetime": ("when", "2026-01-31"),
    "control-number": ("count", 2),
    "control-ranker": ("rank", [{"bucket": "rank", "items": ["i2", "i1"]}]),
    "control-rating": ("quality", 4),
    "control-taxonomy": ("topic", ["Money/Card/Stolen", "Other"]),
    "control-textarea": ("summary", "A letter to Babbage."),
    "ui-choices-multiple": ("tags", ["F", "urgent"]),
    "ui-number": ("count", 42),
    "ui-pairwise": ("better", "right"),
    "ui-rating": ("quality", 4),
    "ui-taxonomy": ("topic", "Other"),
    "ui-textarea": ("summary", "A letter to Babbage, sent from London."),
    "ui-update-after-autosaved-draft": ("tags", ["F", "urgent"]),
}
# Regions: question, and how many of which class.
REGIONS = {
    "control-labels-ner": ("ner", ["PER", "LOC"]),
    "control-polygonlabels": ("poly", ["car"]),
    "control-rectanglelabels": ("box", ["car"]),
    "ui-labels-ner": ("ner", ["PER"]),
    "ui-rectanglelabels": ("box", ["car"]),
}
NO_VOTES = {
    "annotation-created-empty-result": ("3", "4", {}),
    "annotation-created-skip-with-labels": ("3", "3", {"was_cancelled": True, "label": "fraud"}),
    "annotation-created-skipped": ("2", "3", {"was_cancelled": True}),
    "ui-skip": ("2", "4", {"was_cancelled": True}),
}
DELETIONS = {"annotations-deleted-one": 1, "annotations-deleted-batch": 6}
TASKS = {
    "tasks-created-import-18": 18,
    "tasks-created-import-gold-4": 4,
    "tasks-created-single": 1,
    "import-csv-file": 2,
}
IGNORED = {
    "project-created": 1,
    "project-deleted": 1,
    "project-updated-label-config": 1,
    "project-updated-title": 1,
    "tasks-deleted-all-of-project": 2,
    "tasks-deleted-batch": 3,
    "tasks-deleted-one": 1,
    "tasks-deleted-with-annotation": 1,
}
SILENT = {
    "annotation-converted-to-draft",
    "draft-no-event",
    "fail-refused",
    "project-deleted-project-webhook",
    "task-updated-no-event",
    "tasks-deleted-all-project-webhook",
}
ALONE = {"annotations-created-from-predictions", "annotation-created-no-payload"}


def deliveries(trial, **config):
    """The requests of a trial, byte for byte."""
    told = json.loads(TRIALS[trial].read_bytes())["deliveries"]
    for one in told:
        body = json.dumps(one["body"]).encode()
        assert len(body) == int(one["headers"]["Content-Length"])
        headers = {name.lower(): value for name, value in one["headers"].items()}
        yield Delivery(
            source="ls", body=body, headers=headers, received_at=NOW,
            config={"project": "fraud"} | config,
        )  # fmt: skip


def events(trial, **config):
    """The events of a trial's first request, of which nothing was refused."""
    found = parse(next(deliveries(trial, **config)))
    assert not found.problems
    assert len(found.positions) == len(found.events)
    return found.events


def test_no_trial_is_passed_over():
    told = [VOTES, CONTROLS, REGIONS, NO_VOTES, DELETIONS, TASKS, IGNORED, SILENT, ALONE]

    assert set(TRIALS) == set().union(*told)
    assert sum(len(one) for one in told) == len(TRIALS)


@pytest.mark.parametrize("trial", TRIALS)
def test_every_request_is_proven_by_its_static_header_and_by_no_other(trial):
    for one in deliveries(trial):
        if "authorization" in one.headers:  # two trials have a second webhook without it
            assert PLATFORM.prove(one, [TOKEN]) == "k1"
        wrong = [Secret(key_id="k2", text="another")]
        with pytest.raises(NotProven):
            PLATFORM.prove(one, wrong if "authorization" in one.headers else [TOKEN])


@pytest.mark.parametrize("trial", sorted(set(TRIALS) - {"annotation-created-no-payload"}))
def test_no_secret_of_the_project_reaches_an_event(trial):
    for one in deliveries(trial, gold_accounts=[1]):
        found = repr(parse(one))

        assert "dummy1xx" not in found
        assert "task_data" not in found


def test_the_projects_token_is_in_the_requests():
    assert b'"token": "dummy1xx' in next(deliveries("annotation-created-alice")).body


@pytest.mark.parametrize("trial", VOTES)
def test_a_choice_is_a_vote_of_whoever_acted(trial):
    labeler, label = VOTES[trial]

    (one,) = events(trial)

    assert (one.type, one.question, one.labeler_kind) == ("label.submitted", "verdict", "human")
    assert (one.labeler, one.label) == (labeler, label)
    assert one.revised_at == one.occurred_at
    assert one.occurred_at.tzinfo is UTC
    assert one.item
    assert one.content["text"]
    assert one.event_id == (
        f"{one.detail['action']}:{one.annotation_id}:{one.revised_at.isoformat()}:verdict"
    )


@pytest.mark.parametrize("trial", CONTROLS)
def test_every_control_is_a_question_with_its_label(trial):
    (one,) = events(trial)

    assert (one.question, one.label) == CONTROLS[trial]


@pytest.mark.parametrize("trial", REGIONS)
def test_regions_keep_their_place_and_class(trial):
    question, classes = REGIONS[trial]

    one = events(trial)[0]

    assert one.question == question
    assert [region["labels"] for region in one.label] == [[name] for name in classes]
    assert all({"start", "points", "x"} & region.keys() for region in one.label)


def test_a_relation_is_a_question_of_its_own():
    _, relation = events("control-labels-ner")

    (one,) = relation.label
    assert (one["from"]["text"], one["to"]["text"]) == ("Ada Lovelace", "London")


@pytest.mark.parametrize("trial", NO_VOTES)
def test_a_skip_or_an_empty_answer_is_no_vote_and_stays_on_record(trial):
    labeler, item, kept = NO_VOTES[trial]

    (one,) = events(trial)

    assert (one.type, one.label, one.question) == ("label.withdrawn", None, "verdict")
    assert (one.labeler, one.item) == (labeler, item)
    assert kept.items() <= one.detail.items()


@pytest.mark.parametrize("trial", DELETIONS)
def test_a_deletion_withdraws_by_annotation_id_alone(trial):
    found = events(trial)

    assert len(found) == DELETIONS[trial] == len({one.annotation_id for one in found})
    for one in found:
        assert (one.type, one.item, one.labeler) == ("label.withdrawn", "", None)
        assert one.event_id == f"ANNOTATIONS_DELETED:{one.annotation_id}"


@pytest.mark.parametrize("trial", TASKS)
def test_created_tasks_describe_their_items(trial):
    found = events(trial)

    assert len(found) == TASKS[trial]
    assert all(one.type == "item.described" and one.content["text"] for one in found)


@pytest.mark.parametrize("trial", IGNORED)
def test_changes_of_projects_and_deleted_tasks_are_understood_and_ignored(trial):
    found = parse(next(deliveries(trial)))

    assert (found.events, found.problems, found.ignored) == ((), (), IGNORED[trial])


@pytest.mark.parametrize("trial", sorted(SILENT))
def test_what_label_studio_keeps_silent_about_gave_no_request(trial):
    assert not list(deliveries(trial))


def test_annotations_made_out_of_predictions_are_labels_of_the_model():
    found = events("annotations-created-from-predictions")

    assert {(one.labeler, one.labeler_kind) for one in found} == {("model:demo-1", "model")}
    assert [one.item for one in found] == ["19", "20", "21", "22"]
    assert all(one.detail["completed_by"] == "1" for one in found)


def test_a_webhook_without_payload_is_unreadable_with_advice():
    with pytest.raises(UnreadableDelivery, match="switch on 'Send payload'") as refusal:
        parse(next(deliveries("annotation-created-no-payload")))

    assert refusal.value.code == "no_payload"


def test_a_claimed_identity_is_kept_beside_the_one_who_acted():
    (forged,) = events("annotation-created-identity-claimed")
    (edited,) = events("annotation-updated-by-other-user")
    (honest,) = events("annotation-created-alice")

    assert (forged.labeler, forged.detail["claimed_labeler"]) == ("4", "2")
    assert (edited.labeler, edited.detail["claimed_labeler"]) == ("3", "2")
    assert "claimed_labeler" not in honest.detail


def test_gold_comes_from_trusted_accounts_only():
    for trial in ("annotation-created-ground-truth", "ground-truth-moves"):
        assert [one.type for one in events(trial)] == ["label.submitted"]
        assert events(trial)[0].detail["ground_truth"] is True

    vote, gold = events("annotation-created-ground-truth", gold_accounts=[1])
    assert (gold.type, gold.labeler, gold.label) == ("gold.declared", None, "benign")
    assert gold.event_id == f"{vote.event_id}:gold"
    assert len(events("ground-truth-moves", gold_accounts=[1])) == 1


def test_a_trusted_account_that_flags_anothers_annotation_casts_no_vote():
    (gold,) = events("annotation-updated-ground-truth-on", gold_accounts=["1"])

    assert (gold.type, gold.label, gold.detail["claimed_labeler"]) == (
        "gold.declared",
        "fraud",
        "2",
    )


def test_claimed_working_times_are_kept_and_nonsense_among_them_is_not_used():
    (sane,) = events("annotation-created-alice")
    (negative,) = events("annotation-created-negative-lead-time")
    (absent,) = events("annotation-created-no-lead-time")

    assert sane.duration_seconds == 12.345
    assert (negative.duration_seconds, negative.detail["lead_time"]) == (None, -5.0)
    assert absent.duration_seconds is None


def test_the_suggestion_that_was_shown_is_kept():
    (one,) = events("annotation-created-on-task-with-prediction")

    assert (one.label, one.detail["suggestion"]) == ("benign", "fraud")
    assert one.detail["suggested_by"] == "model:demo-1"


@pytest.mark.parametrize("trial", ["fail-redirect-307", "two-webhooks-same-url"])
def test_copies_of_one_request_are_the_same_event(trial):
    first, second = (parse(one).events for one in deliveries(trial))

    assert first == second
    assert first[0].event_id == second[0].event_id


def test_an_update_is_another_event_than_the_creation():
    ids = [
        events(trial)[0].event_id
        for trial in ("annotation-created-alice", "annotation-updated-by-owner",
                      "annotation-updated-put-no-change", "annotation-updated-completed-by")
    ]  # fmt: skip

    assert len(set(ids)) == 4


def test_a_key_in_the_data_can_be_the_item():
    (one,) = events("annotation-created-alice", item_key="ref")

    assert (one.item, one.detail["task"]) == ("pay-001", "1")


def test_settings_name_the_questions():
    (one,) = events("annotation-created-alice", questions={"verdict": "label"})

    assert one.question == "label"
    assert one.event_id.endswith(":verdict")
