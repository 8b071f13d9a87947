"""Label Studio webhooks, made up: who labeled, what is no vote, what is refused or ignored."""

import json
from datetime import UTC, datetime

import pytest

from labeltrust.domain.errors import Misconfigured, UnreadableDelivery
from labeltrust.ingest._base import Delivery
from labeltrust.ingest.label_studio import PLATFORM, parse

NOW = datetime(2026, 11, 22, 20, tzinfo=UTC)
AT = "2026-11-22T10:00:00.000041Z"


def choice(label, name="verdict"):
    return {"id": "r1", "from_name": name, "to_name": "text", "type": "choices",
            "value": {"choices": [label]}}  # fmt: skip


def annotation(*result, **fields):
    return {
        "id": 5, "completed_by": 2, "updated_by": 2, "task": 1, "result": list(result),
        "lead_time": 12.5, "ground_truth": False, "was_cancelled": False,
        "created_at": "2026-11-22T10:00:00.000001Z", "updated_at": AT,
    } | fields  # fmt: skip


def project(*controls):
    """As it comes: with secrets, and with a number that is too large for strict JSON."""
    return {
        "id": 1, "token": "hidden-token", "task_data_password": "hidden-password",
        "label_config_hash": 553231395170498930, "model_version": "demo-1",
        "parsed_label_config": {name: {"type": "Choices"} for name in controls},
    }  # fmt: skip


def call(action, *controls, **parts):
    return {"action": action, "project": project(*controls or ("verdict",)), **parts}


TASK = {"id": 1, "data": {"text": "päivää", "ref": "pay-001"}}


def created(*result, task=TASK, action="ANNOTATION_CREATED", controls=("verdict",), **fields):
    return call(action, *controls, annotation=annotation(*result, **fields), task=task)


def read(body, **config):
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    config = {"project": "fraud"} | config
    return parse(Delivery(source="ls", body=body, headers={}, received_at=NOW, config=config))


def events(body, **config):
    found = read(body, **config)
    assert not found.problems
    return found.events


def test_an_annotation_is_a_label_with_its_time_place_and_content():
    (one,) = events(created(choice("fraud")))

    assert (one.type, one.project, one.item, one.labeler) == ("label.submitted", "fraud", "1", "2")
    assert (one.question, one.label, one.annotation_id) == ("verdict", "fraud", "5")
    assert one.occurred_at == one.revised_at == datetime(2026, 11, 22, 10, 0, 0, 41, tzinfo=UTC)
    assert one.duration_seconds == 12.5
    assert one.content == {"text": "päivää", "ref": "pay-001"}
    assert one.event_id == "ANNOTATION_CREATED:5:2026-11-22T10:00:00.000041+00:00:verdict"


def test_secrets_of_the_project_stay_in_the_delivery():
    found = repr(read(created(choice("fraud"), ground_truth=True), gold_accounts=[2]))

    assert "hidden" not in found


def test_whoever_acted_is_the_labeler_and_the_claim_is_kept():
    (one,) = events(created(choice("fraud"), completed_by=2, updated_by=4))

    assert (one.labeler, one.detail["claimed_labeler"]) == ("4", "2")
    assert (one.detail["completed_by"], one.detail["updated_by"]) == ("2", "4")


@pytest.mark.parametrize("account", [2, {"id": 2, "email": "alice@example.com"}])
def test_an_account_is_its_id_and_nothing_personal(account):
    (one,) = events(created(choice("fraud"), completed_by=account, updated_by=None))

    assert one.labeler == "2"
    assert "alice@example.com" not in repr(one)


def test_a_vote_made_out_of_a_prediction_by_a_button_is_the_models():
    (made,) = events(created(choice("fraud"), parent_prediction=9, updated_by=None))
    (kept,) = events(created(choice("fraud"), parent_prediction=9, updated_by=2))

    assert (made.labeler, made.labeler_kind) == ("model:demo-1", "model")
    assert (kept.labeler, kept.labeler_kind) == ("2", "human")


@pytest.mark.parametrize("fields", [{"was_cancelled": True}, {"result": []}, {"result": None}])
def test_no_vote_withdraws_every_question_of_the_project(fields):
    body = created(choice("fraud"), controls=("verdict", "severity"), **fields)

    found = events(body)

    assert [one.type for one in found] == ["label.withdrawn"] * 2
    assert [one.question for one in found] == ["verdict", "severity"]
    assert all((one.item, one.labeler, one.label) == ("1", "2", None) for one in found)
    assert len({one.event_id for one in found}) == 2


def test_no_vote_in_a_project_of_unknown_controls_is_kept_all_the_same():
    body = created(was_cancelled=True) | {"project": {"id": 1}}

    (one,) = events(body)

    assert (one.type, one.question) == ("label.withdrawn", "label")


def test_an_update_withdraws_the_questions_it_no_longer_answers():
    body = created(choice("fraud"), action="ANNOTATION_UPDATED", controls=("verdict", "severity"))

    vote, silent = events(body)

    assert (vote.type, vote.question) == ("label.submitted", "verdict")
    assert (silent.type, silent.question) == ("label.withdrawn", "severity")


def test_a_creation_withdraws_nothing_that_was_said_elsewhere():
    assert len(events(created(choice("fraud"), controls=("verdict", "severity")))) == 1


def test_several_controls_are_several_events_at_one_position():
    body = created(choice("fraud"), choice("high", "severity"))

    found = read(body)

    assert [(one.question, one.label) for one in found.events] == [
        ("verdict", "fraud"), ("severity", "high"),
    ]  # fmt: skip
    assert found.positions == (0, 0)


def test_a_map_of_questions_renames_and_selects():
    body = created(choice("fraud"), choice("high", "severity"), choice("x", "note"))
    questions = {"verdict": "label", "severity": "how bad"}

    found = events(body, questions=questions)

    assert [one.question for one in found] == ["label", "how bad"]


def test_gold_needs_a_trusted_account():
    body = created(choice("fraud"), ground_truth=True)

    assert [one.type for one in events(body)] == ["label.submitted"]
    assert [one.type for one in events(body, gold_accounts=[7])] == ["label.submitted"]
    assert [one.type for one in events(body, gold_accounts=[2])] == [
        "label.submitted", "gold.declared",
    ]  # fmt: skip


def test_a_forged_claim_does_not_make_an_account_trusted():
    body = created(choice("fraud"), ground_truth=True, completed_by=7, updated_by=4)

    assert [one.type for one in events(body, gold_accounts=[7])] == ["label.submitted"]


def test_a_trusted_account_may_flag_anothers_annotation_without_a_vote():
    body = created(choice("fraud"), ground_truth=True, completed_by=2, updated_by=7)

    (one,) = events(body, gold_accounts=[7])

    assert (one.type, one.labeler, one.label) == ("gold.declared", None, "fraud")


def test_a_skip_declares_no_gold():
    body = created(choice("fraud"), ground_truth=True, was_cancelled=True)

    assert [one.type for one in events(body, gold_accounts=[2])] == ["label.withdrawn"]


def test_one_unusable_annotation_of_a_batch_spoils_no_other():
    body = call(
        "ANNOTATIONS_CREATED",
        annotation=[
            annotation(choice("a"), id=1),
            annotation(choice("b"), id=2, updated_at="soon"),
            annotation(choice("c\x00"), id=3),
            7,
            annotation(choice("e"), id=5),
        ],
        task=[TASK] * 5,
    )

    found = read(body)

    assert [one.annotation_id for one in found.events] == ["1", "5"]
    assert found.positions == (0, 4)
    assert [(one.index, one.code) for one in found.problems] == [
        (1, "bad_time"), (2, "not_text"), (3, "not_an_object"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "code", "place"),
    [
        ({"id": None}, "missing_field", "annotation.id"),
        ({"id": []}, "wrong_type", "annotation.id"),
        ({"completed_by": None, "updated_by": None}, "missing_field", "annotation"),
        ({"completed_by": {"name": "x"}, "updated_by": None}, "missing_field", "annotation"),
        ({"updated_at": "2026-11-22T10:00:00"}, "time_without_zone", "updated_at"),
        ({"result": "fraud"}, "bad_result", "result"),
        ({"result": [{"from_name": "q"}]}, "bad_result", "result/0/value"),
    ],
)
def test_an_unusable_annotation_is_a_problem_naming_the_place(fields, code, place):
    (problem,) = read(created(choice("fraud"), **fields)).problems

    assert problem.code == code
    assert problem.detail.startswith(place)


@pytest.mark.parametrize(
    ("task", "code"),
    [
        (7, "not_an_object"),
        ({"data": {"ref": "x"}}, "missing_field"),
        ({"id": 1, "data": {"text": "\ud800", "ref": "x"}}, "not_text"),
    ],
)
def test_an_unusable_task_is_a_problem(task, code):
    (problem,) = read(created(choice("fraud"), task=task)).problems

    assert problem.code == code


def test_the_item_is_the_task_or_what_its_data_name():
    assert events(created(choice("fraud")), item_key="ref")[0].item == "pay-001"
    (problem,) = read(created(choice("fraud")), item_key="nowhere").problems
    assert problem.detail == "task.data.nowhere: required, but missing"


@pytest.mark.parametrize("lead_time", [-5.0, None, "long", 1e12, True])
def test_a_working_time_that_is_none_is_not_used(lead_time):
    assert events(created(choice("fraud"), lead_time=lead_time))[0].duration_seconds is None


def test_a_broken_suggestion_loses_no_vote():
    (one,) = events(created(choice("fraud"), prediction={"result": "broken"}))

    assert one.label == "fraud"
    assert "suggestion" not in one.detail


@pytest.mark.parametrize(
    "action", ["TASKS_DELETED", "PROJECT_UPDATED", "PROJECT_DELETED", "LABEL_LINK_CREATED"]
)
def test_what_changes_no_label_is_ignored(action):
    found = read(call(action, tasks=[{"id": 1}]))

    assert (found.events, found.problems, found.ignored) == ((), (), 1)


@pytest.mark.parametrize("action", ["ANNOTATION_MERGED", "", "annotation_created", 7, None])
def test_an_unknown_action_is_unreadable_and_named(action):
    with pytest.raises(UnreadableDelivery) as refusal:
        read({"action": action})

    assert refusal.value.code == "unknown_action"
    assert not action or str(action) in str(refusal.value) or action == 7


@pytest.mark.parametrize(
    "action", ["ANNOTATION_UPDATED", "ANNOTATIONS_CREATED", "ANNOTATIONS_DELETED", "TASKS_CREATED"]
)
def test_no_payload_is_unreadable_with_advice(action):
    with pytest.raises(UnreadableDelivery, match="Send payload"):
        read({"action": action})


@pytest.mark.parametrize("body", [b"", b"[]", b'"x"', b'{"action": 1, "action": 2}', b"\xff{}"])
def test_a_body_that_is_no_object_is_unreadable(body):
    with pytest.raises(UnreadableDelivery):
        read(body)


def test_a_batch_of_differing_lengths_is_unreadable():
    body = call("ANNOTATIONS_CREATED", annotation=[annotation()] * 2, task=[TASK])

    with pytest.raises(UnreadableDelivery, match="differ in number"):
        read(body)


def test_a_small_delivery_cannot_grow_into_a_flood():
    controls = [f"c{n}" for n in range(2_000)]
    empty = {"id": 1, "completed_by": 2}
    body = call("ANNOTATIONS_CREATED", *controls, annotation=[empty] * 600, task=[TASK] * 600)

    with pytest.raises(UnreadableDelivery, match="more than 50000 events"):
        read(body)


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"project": ""},
        {"project": "p", "questions": ["verdict"]},
        {"project": "p", "questions": {"a": "label", "b": "label"}},
        {"project": "p", "questions": {"a": 7}},
        {"project": "p", "gold_accounts": 7},
        {"project": "p", "item_key": 7},
    ],
)
def test_settings_that_do_not_fit_are_refused_when_the_source_is_made(config):
    with pytest.raises(Misconfigured, match="setting '"):
        PLATFORM.check_config(config)
