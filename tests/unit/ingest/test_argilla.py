"""Argilla's webhooks: submitted responses are votes; the rest withdraws or describes."""

import json
from datetime import UTC, datetime

import pytest
from optional_data import missing, recorded

from labeltrust.domain.errors import Misconfigured, NotProven, UnreadableDelivery
from labeltrust.ingest._base import Delivery, Secret
from labeltrust.ingest.argilla import PLATFORM, parse

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
AT = datetime(2026, 1, 31, 12, 0, 0, 123456, tzinfo=UTC)
QUESTIONS = [{"name": "verdict", "settings": {"type": "label_selection"}}, {"name": "quality"}]
DATASET = {"id": "ds-4", "name": "payments", "questions": QUESTIONS}
RECORD = {
    "id": "rec-5", "external_id": "pay-001", "fields": {"text": "card used twice"},
    "metadata": {"ref": "R1"}, "dataset": DATASET,
}  # fmt: skip
USER = {"id": "usr-6", "username": "alice", "first_name": "Alice", "role": "annotator"}


def response(kind="response.created", *, timestamp="2026-01-31T12:00:00.123456Z", **data):
    told = {
        "id": "res-7", "status": "submitted", "values": {"verdict": {"value": "fraud"}},
        "user": USER, "record": RECORD, "inserted_at": "2026-01-31T12:00:00.123456",
        "updated_at": "2026-01-31T12:00:00.123456",
    }  # fmt: skip
    return {"type": kind, "version": 1, "timestamp": timestamp, "data": told | data}


def parsed(body, **config):
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    config = config or {"project": "fraud"}
    return parse(Delivery(source="s", body=body, headers={}, received_at=NOW, config=config))


def label_of(value):
    (one,) = parsed(response(values={"verdict": {"value": value}})).events
    return one.label


def test_a_submitted_response_is_a_vote_of_the_user_about_the_record():
    (one,) = parsed(response()).events

    assert (one.type, one.project, one.question) == ("label.submitted", "fraud", "verdict")
    assert (one.item, one.labeler, one.label) == ("rec-5", "usr-6", "fraud")
    assert (one.occurred_at, one.revised_at, one.annotation_id) == (AT, AT, "res-7")
    assert one.event_id == "response.created:res-7:2026-01-31T12:00:00.123456+00:00:verdict"
    assert one.content == {"text": "card used twice"}
    assert one.duration_seconds is None


def test_names_of_users_do_not_reach_events():
    assert "lice" not in repr(parsed(response()).events)


@pytest.mark.parametrize(
    ("value", "label"),
    [
        ("fraud", "fraud"),
        (4, 4),
        (0.5, 0.5),
        (["a"], "a"),
        (["b", "a"], ["b", "a"]),
        ("a longer text", "a longer text"),
        (
            [{"value": "r2", "rank": 2}, {"value": "r1", "rank": 1}, {"value": "r3", "rank": 2}],
            [{"rank": 1, "items": ["r1"]}, {"rank": 2, "items": ["r2", "r3"]}],
        ),
        (
            [{"label": "PER", "start": 0, "end": 3},
             {"label": "ORG", "start": 9, "end": 12, "score": 1}],
            [{"start": 9, "end": 12, "label": "ORG"}, {"start": 0, "end": 3, "label": "PER"}],
        ),
        ([{"value": "r1"}], [{"rank": None, "items": ["r1"]}]),
    ],
)  # fmt: skip
def test_every_kind_of_question_keeps_its_label(value, label):
    assert label_of(value) == label


def test_spans_in_another_order_are_the_same_label():
    spans = [{"label": "ORG", "start": 9, "end": 12}, {"label": "PER", "start": 0, "end": 3}]

    assert label_of(spans) == label_of(spans[::-1])


@pytest.mark.parametrize("value", [None, "", []])
def test_an_empty_answer_is_no_vote(value):
    found = parsed(response(values={"verdict": {"value": value}}))

    assert (found.events, found.ignored) == ((), 1)


def test_a_new_draft_is_no_label():
    found = parsed(response(status="draft"))

    assert (found.events, found.problems, found.ignored) == ((), (), 1)


@pytest.mark.parametrize(
    ("kind", "status", "values"),
    [
        ("response.created", "discarded", None),
        ("response.updated", "discarded", {"verdict": {"value": "fraud"}}),
        ("response.updated", "draft", {"verdict": {"value": "fraud"}}),
    ],
)
def test_a_discarded_response_or_one_that_became_a_draft_withdraws_all_answers(
    kind, status, values
):
    found = parsed(response(kind, status=status, values=values)).events

    assert [(one.type, one.question) for one in found] == [
        ("label.withdrawn", "verdict"), ("label.withdrawn", "quality"),
    ]  # fmt: skip
    assert {(one.item, one.labeler) for one in found} == {("rec-5", "usr-6")}
    assert found[0].detail["status"] == status


def test_an_update_withdraws_what_it_no_longer_answers():
    vote, silent = parsed(response("response.updated")).events

    assert (vote.type, vote.label) == ("label.submitted", "fraud")
    assert (silent.type, silent.question) == ("label.withdrawn", "quality")


def test_a_deletion_withdraws_by_the_responses_id_whatever_else_it_tells():
    full = parsed(response("response.deleted"))
    bare = parsed({"type": "response.deleted", "timestamp": None, "data": {"id": "res-7"}})

    for (one,) in (full.events, bare.events):
        assert (one.type, one.annotation_id) == ("label.withdrawn", "res-7")
        assert (one.item, one.labeler) == ("", None)
    assert full.events[0].revised_at == AT


def test_each_attempt_to_deliver_gives_the_same_ids_and_each_change_others():
    ids = [
        [one.event_id for one in parsed(response(**told)).events]
        for told in ({}, {}, {"timestamp": "2026-01-31T12:00:01Z"}, {"kind": "response.updated"})
    ]

    assert ids[0] == ids[1]
    assert len({tuple(some) for some in ids}) == 3


@pytest.mark.parametrize("kind", ["record.created", "record.updated"])
def test_records_describe_their_items(kind):
    (one,) = parsed(response(kind) | {"data": RECORD}).events

    assert (one.type, one.item, one.content["text"]) == (
        "item.described", "rec-5", "card used twice",
    )  # fmt: skip


@pytest.mark.parametrize(
    "kind",
    ["ping", "record.completed", "record.deleted", "dataset.created", "dataset.updated",
     "dataset.deleted", "dataset.published"],
)  # fmt: skip
def test_what_changes_no_label_is_passed_over(kind):
    found = parsed({"type": kind, "data": {"id": 1}})

    assert (found.events, found.problems, found.ignored) == ((), (), 1)


def test_a_map_of_datasets_tells_the_project_and_passes_others_over():
    by_id = parsed(response(), projects={"ds-4": "fraud"}).events
    by_name = parsed(response(), projects={"payments": "fraud"}).events
    other = parsed(response(), projects={"ds-9": "fraud"})
    record = parsed(response("record.created") | {"data": RECORD}, projects={"ds-9": "fraud"})

    assert by_id[0].project == by_name[0].project == "fraud"
    assert (other.events, other.ignored) == ((), 1)
    assert (record.events, record.ignored) == ((), 1)


def test_a_bare_deletion_cannot_be_told_to_one_of_several_projects():
    bare = {"type": "response.deleted", "data": {"id": "res-7"}}

    (problem,) = parsed(bare, projects={"ds-4": "fraud"}).problems

    assert problem.code == "missing_field"
    assert "dataset" in problem.detail


def test_settings_choose_question_item_and_labeler():
    config = {"project": "p", "questions": {"verdict": "label"}, "labeler_key": "username"}

    (one,) = parsed(response("response.updated"), **config, item_key="external_id").events
    (other,) = parsed(response(), **config, item_key="ref").events

    assert (one.question, one.labeler, one.item) == ("label", "alice", "pay-001")
    assert other.item == "R1"


@pytest.mark.parametrize(
    ("data", "place"),
    [
        ({"user": None}, "user"),
        ({"user": {"username": "alice"}}, "user/id"),
        ({"id": None}, "/data/id"),
        ({"id": 10**300}, "number_out_of_range"),
        ({"record": 7}, "record"),
        ({"record": {"dataset": []}}, "dataset"),
        ({"record": RECORD | {"id": ""}}, "record/id"),
        ({"values": []}, "values"),
        ({"values": {"verdict": "fraud"}}, "verdict"),
        ({"values": {"verdict": {"value": {"a": 1}}}}, "verdict"),
        ({"values": {"verdict": {"value": ["a", 1]}}}, "verdict"),
        ({"values": {"verdict": {"value": [{"start": "0", "end": 1, "label": "x"}]}}}, "start"),
        ({"values": {"verdict": {"value": "a\x00b"}}}, "NUL"),
        ({"values": {"verdict": {"value": "\ud800"}}}, "surrogate"),
        ({"values": {str(n): {"value": "x"} for n in range(101)}}, "101"),
        ({"updated_at": "yesterday"}, "updated_at"),
        ({"record": RECORD | {"fields": [[[]]] * 2}}, "fields"),
    ],
)
def test_bad_parts_are_refused_by_name(data, place):
    found = parsed(response(**data))

    (problem,) = found.problems
    assert place in f"{problem.code} {problem.detail}"
    assert (found.events, problem.index) == ((), 0)
    assert problem.detail.isprintable()


def test_a_moment_without_a_zone_is_not_guessed():
    (problem,) = parsed(response(timestamp="2026-01-31T12:00:00")).problems

    assert problem.code == "time_without_zone"


def test_without_a_moment_the_time_is_unknown():
    (one,) = parsed(response(timestamp=None, updated_at=None)).events

    assert (one.occurred_at, one.revised_at) == (None, None)


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"7", b"{", b'{"type": 7}', b'{"type": "response.exploded"}', b"\xff",
     b"[" * 100_000, b'{"data": {}}'],
)  # fmt: skip
def test_what_is_no_event_of_argilla_is_unreadable(body):
    with pytest.raises(UnreadableDelivery):
        parsed(body)


@pytest.mark.parametrize(
    "config",
    [{}, {"project": ""}, {"project": 7}, {"projects": ["a"]}, {"projects": {"a": 7}},
     {"project": "p", "questions": {"a": "q", "b": "q"}}, {"project": "p", "item_key": 7},
     {"project": "p", "labeler_key": ["id"]}],
)  # fmt: skip
def test_settings_that_do_not_fit_are_refused(config):
    with pytest.raises(Misconfigured):
        PLATFORM.check_config(config)


FOLDER = recorded("argilla")
TRIALS = {path.stem: path for path in sorted(FOLDER.glob("*.json"))}
needs_trials = pytest.mark.skipif(not TRIALS, reason=missing("argilla/*.json"))
EXPECTED = {
    "ping": [],
    "record-completed": [],
    "record-deleted": [],
    "response-created-discarded": [("label.withdrawn", None)],
    "response-created-draft": [],
    "response-created": [("label.submitted", "fraud")],
    "response-deleted": [("label.withdrawn", None)],
    "response-updated": [("label.submitted", "benign")],
}


def captured(trial):
    told = json.loads(TRIALS[trial].read_bytes())
    (one,) = told["deliveries"]
    headers = {name.lower(): value for name, value in one["headers"].items()}
    at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), tz=UTC)
    config = {"project": "fraud"}
    secret = Secret(key_id="k1", text=told["secret"])
    body = one["body_raw"].encode()
    return Delivery(source="s", body=body, headers=headers, received_at=at, config=config), secret


@needs_trials
@pytest.mark.parametrize("trial", TRIALS)
def test_captured_requests_are_proven_and_read(trial):
    delivery, secret = captured(trial)

    found = parse(delivery)

    assert PLATFORM.prove(delivery, [secret]) == "k1"
    PLATFORM.check_secret(secret.text)
    assert [(one.type, one.label) for one in found.events] == EXPECTED[trial]
    assert not found.problems
    assert "lice" not in repr(found)


@needs_trials
@pytest.mark.parametrize("trial", TRIALS)
def test_captured_requests_prove_nothing_once_changed(trial):
    delivery, secret = captured(trial)
    longer = Delivery(
        source="s", body=delivery.body + b" ", headers=delivery.headers,
        received_at=delivery.received_at,
    )  # fmt: skip

    with pytest.raises(NotProven):
        PLATFORM.prove(longer, [secret])


@needs_trials
def test_no_captured_request_is_passed_over():
    assert set(EXPECTED) == set(TRIALS)
