"""CloudEvents: the same generic events in structured, batched and binary mode."""

from datetime import UTC, datetime

import pytest
from deliveries import changed, delivered, read, refused
from platform_samples import BINARY, CLOUDEVENT, LABEL
from standardwebhooks import Webhook

from labeltrust.domain.errors import Misconfigured, NotProven, UnreadableDelivery
from labeltrust.ingest._base import Secret
from labeltrust.ingest.cloudevents import BATCHED, PLATFORM, STRUCTURED

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MODE = {"content-type": f"{STRUCTURED}; charset=utf-8"}
TEXT = "whsec_" + "b2" * 24
SECRETS = [Secret(key_id="k1", text=TEXT)]


def test_structured_and_binary_mode_say_the_same():
    (structured,) = read(PLATFORM, CLOUDEVENT, MODE).events
    (binary,) = read(PLATFORM, CLOUDEVENT["data"], BINARY).events

    assert structured == binary
    assert (structured.type, structured.event_id) == ("label.submitted", "/crm#7")
    assert structured.occurred_at == datetime(2026, 11, 22, 10, tzinfo=UTC)


def test_a_batch_holds_several_and_a_bad_one_spoils_no_other():
    other = CLOUDEVENT | {"id": "8"}

    found = read(PLATFORM, [CLOUDEVENT, {}, 7, other], {"content-type": BATCHED})

    assert [one.event_id for one in found.events] == ["/crm#7", "/crm#8"]
    assert [(one.index, one.code) for one in found.problems] == [
        (1, "no_cloudevent"), (2, "not_an_object"),
    ]  # fmt: skip


def test_data_may_be_a_list_whose_events_get_numbered_ids():
    found = read(PLATFORM, CLOUDEVENT | {"data": [CLOUDEVENT["data"]] * 2}, MODE).events

    assert [one.event_id for one in found] == ["/crm#7/0", "/crm#7/1"]


def test_what_the_event_says_itself_goes_before_the_envelope():
    (one,) = read(PLATFORM, LABEL | {"label": "y"}, BINARY | {"ce-type": "x", "ce-id": "9"}).events

    assert (one.event_id, one.label) == ("e1", "y")


def test_attributes_in_headers_are_percent_decoded():
    headers = BINARY | {"ce-source": "/caf%C3%A9", "ce-id": "a%20b"}

    assert read(PLATFORM, CLOUDEVENT["data"], headers).events[0].event_id == "/café#a b"


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        ("specversion", "0.3", "no_cloudevent"),
        ("specversion", None, "no_cloudevent"),
        ("id", "", "no_cloudevent"),
        ("id", 7, "no_cloudevent"),
        ("source", None, "no_cloudevent"),
        ("type", [], "no_cloudevent"),
        ("type", "org.example.unlabel.submittedx", "missing_field"),
        ("data", 7, "not_an_object"),
        ("data", "text", "not_an_object"),
        ("time", "yesterday", "bad_time"),
        ("id", "a\x00", "not_text"),
        ("data/label", "\ud800", "not_text"),
        ("data/unknown", 1, "unknown_field"),
    ],
)
def test_bad_parts_are_refused_by_name(path, value, reason):
    assert refused(read(PLATFORM, changed(CLOUDEVENT, path, value), MODE)).startswith(reason)


def test_binary_data_is_refused():
    body = {name: value for name, value in CLOUDEVENT.items() if name != "data"}

    assert "data_base64" in refused(read(PLATFORM, body | {"data_base64": "AA=="}, MODE))


@pytest.mark.parametrize(
    ("body", "headers"),
    [(b"", MODE), (b"{", MODE), (CLOUDEVENT, {"content-type": BATCHED}), (b"{", BINARY),
     (b"\xff", BINARY)],
)  # fmt: skip
def test_what_is_no_cloudevent_is_unreadable(body, headers):
    with pytest.raises(UnreadableDelivery):
        read(PLATFORM, body, headers)


def test_a_batch_has_an_end():
    with pytest.raises(UnreadableDelivery, match="1000"):
        read(PLATFORM, [CLOUDEVENT] * 1_001, {"content-type": BATCHED})


def signed(one):
    signature = Webhook(TEXT).sign("msg_1", NOW, one.body.decode())
    return {
        "webhook-id": "msg_1", "webhook-timestamp": str(int(NOW.timestamp())),
        "webhook-signature": signature,
    }  # fmt: skip


BEARER = {"authorization": f"Bearer {TEXT}"}


def test_a_signature_or_a_bearer_token_proves():
    headers = signed(delivered(CLOUDEVENT))

    assert PLATFORM.prove(delivered(CLOUDEVENT, headers), SECRETS) == "k1"
    assert PLATFORM.prove(delivered(CLOUDEVENT, BEARER), SECRETS) == "k1"


def test_settings_may_ask_for_one_of_them_only():
    headers = signed(delivered(CLOUDEVENT))

    assert PLATFORM.prove(delivered(CLOUDEVENT, headers, proof="signature"), SECRETS) == "k1"
    assert PLATFORM.prove(delivered(CLOUDEVENT, BEARER, proof="bearer"), SECRETS) == "k1"
    for wrong in (
        delivered(CLOUDEVENT, BEARER, proof="signature"),
        delivered(CLOUDEVENT, headers, proof="bearer"),
        delivered(CLOUDEVENT, headers | BEARER | {"webhook-signature": "v1,AAAA"}),
        delivered(CLOUDEVENT, {}),
    ):
        with pytest.raises(NotProven):
            PLATFORM.prove(wrong, SECRETS)


@pytest.mark.parametrize("proof", ["none", 7, [], ""])
def test_another_proof_is_no_setting(proof):
    with pytest.raises(Misconfigured):
        PLATFORM.check_config({"proof": proof})
