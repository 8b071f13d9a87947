"""Standard Webhooks bodies: an event, an envelope around one, or around several."""

import json
from datetime import UTC, datetime

import pytest

from labeltrust.domain.errors import UnreadableDelivery
from labeltrust.ingest._base import Delivery
from labeltrust.ingest.standard_webhooks import PLATFORM, parse

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DATA = {"project": "fraud", "item": "txn-9", "labeler": "alice", "label": "benign"}


def parsed(body):
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"webhook-id": "msg_1"}
    return parse(Delivery(source="s", body=body, headers=headers, received_at=NOW))


def test_an_envelope_gives_type_time_and_id_to_its_event():
    body = {"type": "label.submitted", "timestamp": "2026-11-22T10:00:00Z", "data": DATA}

    (one,) = parsed(body).events

    assert (one.type, one.event_id, one.label) == ("label.submitted", "msg_1", "benign")
    assert one.occurred_at == datetime(2026, 11, 22, 10, tzinfo=UTC)


def test_what_the_event_says_itself_goes_before_the_envelope():
    own = {"id": "e9", "type": "gold.declared", "occurred_at": "2026-11-22T09:00:00Z"}

    (one,) = parsed({"type": "label.submitted", "timestamp": None, "data": DATA | own}).events

    assert (one.event_id, one.type, one.occurred_at.hour) == ("e9", "gold.declared", 9)


def test_several_events_in_an_envelope_get_numbered_ids():
    body = {"type": "label.submitted", "data": [DATA, {"item": 7}, DATA | {"id": "own"}]}

    found = parsed(body)

    assert [one.event_id for one in found.events] == ["msg_1/0", "own"]
    assert found.positions == (0, 2)
    assert [one.index for one in found.problems] == [1]


def test_a_body_may_be_the_event_itself():
    assert parsed(DATA | {"type": "label.submitted"}).events[0].event_id == "msg_1"
    assert parsed(DATA | {"type": "label.submitted", "id": "e1"}).events[0].event_id == "e1"


@pytest.mark.parametrize("body", [{"type": "ping"}, {"type": "ping", "data": {"hello": 1}}])
def test_a_ping_is_understood_and_means_nothing(body):
    found = parsed(body)

    assert (found.events, found.problems, found.ignored) == ((), (), 1)


@pytest.mark.parametrize(
    "body", [{"type": "user.created", "data": {"id": "u1"}}, {"type": "user.created"}, {"data": 1}]
)
def test_what_is_no_event_of_ours_is_a_problem(body):
    found = parsed(body)

    assert not found.events
    assert len(found.problems) == 1


@pytest.mark.parametrize("body", [b"", b"[1]", b'"text"', b'{"a": 1, "a": 2}', b"\xff"])
def test_a_body_that_is_no_object_is_unreadable(body):
    with pytest.raises(UnreadableDelivery):
        parsed(body)


def test_the_signature_is_kept_as_evidence():
    assert {"webhook-id", "webhook-timestamp", "webhook-signature"} <= {*PLATFORM.kept_headers}
