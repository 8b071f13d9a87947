"""Proof of origin: right secrets prove, everything else is NotProven and nothing but NotProven."""

import base64
import dataclasses
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from optional_data import missing, recorded
from standardwebhooks import Webhook

from labeltrust.domain.errors import Misconfigured, NotProven
from labeltrust.ingest._base import Delivery, Secret
from labeltrust.ingest._signing import (
    check_signing_secret,
    check_token,
    prove_header,
    prove_standard_webhook,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
OLD, NEW = "whsec_" + base64.b64encode(b"o" * 32).decode(), base64.b64encode(b"n" * 24).decode()
SECRETS = [Secret(key_id="old", text=OLD), Secret(key_id="new", text=NEW)]
BODY = '{"label": "päivää"}'.encode()


def signed(secret=OLD, body=BODY, msg_id="msg_1", at=NOW, **headers):
    """A delivery as the reference library signs it."""
    signature = Webhook(secret).sign(msg_id, at, body.decode())
    given_headers = {
        "webhook-id": msg_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signature,
    }
    changed = {name.replace("_", "-"): value for name, value in headers.items()}
    return Delivery(source="s", body=body, headers=given_headers | changed, received_at=NOW)


def with_body(delivery, body):
    return dataclasses.replace(delivery, body=body)


VECTORS_FILE = recorded("standard-webhooks") / "vectors.json"
VECTORS = json.loads(VECTORS_FILE.read_bytes())["vectors"] if VECTORS_FILE.exists() else []


@pytest.mark.skipif(not VECTORS, reason=missing("standard-webhooks/vectors.json"))
@pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
def test_published_vectors_are_judged_as_a_strict_receiver_should(vector):
    delivery = Delivery(
        source="s",
        body=base64.b64decode(vector["body_base64"]),
        headers=vector["headers"],
        received_at=datetime.fromtimestamp(vector["now"], tz=UTC),
    )
    secrets = [Secret(key_id=str(n), text=text) for n, text in enumerate(vector["secrets"])]

    try:
        prove_standard_webhook(delivery, secrets)
        verdict = "accept"
    except NotProven:
        verdict = "reject"

    assert verdict == vector["expect"] or vector["expect"] == "either"


@pytest.mark.skipif(not VECTORS, reason=missing("standard-webhooks/vectors.json"))
def test_no_published_vector_is_passed_over():
    assert len(VECTORS) == 37


@pytest.mark.parametrize(("secret", "key_id"), [(OLD, "old"), (NEW, "new")])
def test_each_live_secret_proves_and_is_named(secret, key_id):
    assert prove_standard_webhook(signed(secret), SECRETS) == key_id


def test_a_sender_may_sign_with_old_and_new_at_once():
    both = " ".join(signed(secret).headers["webhook-signature"] for secret in (NEW, OLD))

    assert prove_standard_webhook(signed(webhook_signature=both), SECRETS[:1]) == "old"
    assert prove_standard_webhook(signed(webhook_signature=both), SECRETS[1:]) == "new"


def test_a_revoked_secret_proves_nothing():
    with pytest.raises(NotProven):
        prove_standard_webhook(signed(OLD), SECRETS[1:])
    with pytest.raises(NotProven):
        prove_standard_webhook(signed(OLD), [])


@pytest.mark.parametrize("seconds", [-300, -299, 0, 299, 300])
def test_an_attempt_within_five_minutes_is_proven(seconds):
    at = NOW + timedelta(seconds=seconds)

    assert prove_standard_webhook(signed(at=at), SECRETS) == "old"


@pytest.mark.parametrize("seconds", [-(10**9), -301, 301, 10**9])
def test_an_attempt_outside_five_minutes_is_not(seconds):
    with pytest.raises(NotProven, match="300 s"):
        prove_standard_webhook(signed(at=NOW + timedelta(seconds=seconds)), SECRETS)


SECONDS = int(NOW.timestamp())


@pytest.mark.parametrize(
    "timestamp",
    [f"{SECONDS}.0", f"0{SECONDS}", f" {SECONDS}", f"+{SECONDS}", f"{SECONDS / 1e9}e9", "nan", "",
     f"{SECONDS}000", str(SECONDS).translate(str.maketrans("12", "\u0661\u0662")), "1" * 5_000],
)  # fmt: skip
def test_a_time_stamp_has_one_spelling(timestamp):
    with pytest.raises(NotProven):
        prove_standard_webhook(signed(webhook_timestamp=timestamp), SECRETS)


@pytest.mark.parametrize("msg_id", ["msg.1", "", "a b", "a\nb", "ä", "x" * 257])
def test_an_id_is_printable_and_has_no_dot(msg_id):
    with pytest.raises(NotProven, match="webhook-id"):
        prove_standard_webhook(signed(webhook_id=msg_id), SECRETS)


def test_a_dot_in_the_id_is_refused_though_the_signature_is_right():
    with pytest.raises(NotProven):
        prove_standard_webhook(signed(msg_id="msg.1"), SECRETS)


def test_any_other_body_id_time_or_scheme_is_not_proven():
    right = signed()
    signature = right.headers["webhook-signature"]

    for wrong in [
        with_body(right, right.body + b" "),
        with_body(right, json.dumps(json.loads(right.body)).encode()),
        signed(webhook_id="msg_2"),
        signed(webhook_timestamp=str(SECONDS + 1)),
        signed(webhook_signature=signature.replace("v1,", "v1a,")),
        signed(webhook_signature=signature.replace("v1,", "v2,")),
        signed(webhook_signature=signature.replace("v1,", "")),
        signed(webhook_signature=signature[:-1]),
        signed(webhook_signature=signature + ",x"),
        signed(webhook_signature=""),
    ]:
        with pytest.raises(NotProven):
            prove_standard_webhook(wrong, SECRETS)


def test_a_right_signature_counts_among_a_thousand_wrong_ones():
    right = signed().headers["webhook-signature"]
    many = " ".join(["v1,AAAA", "garbage", "v1a,BBBB"] * 333 + [right])

    assert prove_standard_webhook(signed(webhook_signature=many), SECRETS) == "old"


@given(position=st.integers(min_value=0), part=st.sampled_from(["body", "signature", "id"]))
def test_one_changed_bit_anywhere_is_not_proven(position, part):
    right = signed()
    if part == "body":
        wrong = with_body(right, flipped(right.body, position))
    else:
        name = f"webhook-{part}"
        value = flipped(right.headers[name].encode(), position).decode(errors="replace")
        wrong = dataclasses.replace(right, headers={**right.headers, name: value})

    with pytest.raises(NotProven):
        prove_standard_webhook(wrong, SECRETS)


def flipped(text, position):
    at = position % len(text)
    return text[:at] + bytes([text[at] ^ (1 << position % 7)]) + text[at + 1 :]


def test_a_body_that_is_not_utf8_can_be_proven_and_so_be_kept():
    body, moment = b"\xff\xfe{", str(SECONDS)
    key = base64.b64decode(OLD.removeprefix("whsec_"))
    text = b"msg_1." + moment.encode() + b"." + body
    digest = base64.b64encode(hmac.digest(key, text, "sha256")).decode()

    right = with_body(signed(webhook_signature=f"v1,{digest}"), body)

    assert prove_standard_webhook(right, SECRETS) == "old"
    with pytest.raises(NotProven):
        prove_standard_webhook(with_body(right, body + b"\xff"), SECRETS)


@pytest.mark.parametrize("text", ["", "whsec_", "whsec_###", "ä", "a", "\ud800"])
def test_a_secret_that_is_none_proves_nothing_and_breaks_nothing(text):
    secrets = [Secret(key_id="bad", text=text), *SECRETS]

    assert prove_standard_webhook(signed(), secrets) == "old"
    with pytest.raises(NotProven):
        prove_standard_webhook(signed(), secrets[:1])


TEXT = st.text(st.characters(), max_size=20)


@given(
    st.dictionaries(
        st.sampled_from(["webhook-id", "Webhook-Timestamp", "webhook-signature", "authorization"]),
        st.one_of(TEXT, st.just(str(SECONDS)), st.just("msg_1"), TEXT.map("v1,{}".format)),
    ),
    st.binary(max_size=20),
)
@example({"webhook-signature": "\ud800", "webhook-id": "msg_1"}, b"")
def test_nothing_but_not_proven_comes_out_of_arbitrary_headers(headers, body):
    delivery = Delivery(source="s", body=body, headers=headers, received_at=NOW)

    for prove in (prove_standard_webhook, prove_header):
        with pytest.raises(NotProven):
            prove(delivery, SECRETS)


TOKENS = [
    Secret(key_id="k1", text="first-secret-0001"),
    Secret(key_id="k2", text="second-one-00002"),
]


def called(value, name="authorization", **config):
    headers = {name: value}
    return Delivery(source="s", body=b"", headers=headers, received_at=NOW, config=config)


@pytest.mark.parametrize("form", ["Bearer {}", "Token {}", "bearer  {} ", "{}"])
def test_a_static_header_proves_by_each_live_secret(form):
    assert [prove_header(called(form.format(one.text)), TOKENS) for one in TOKENS] == ["k1", "k2"]


def test_a_source_may_name_its_own_header():
    right = called(TOKENS[0].text, name="X-Labeltrust-Key", header="x-labeltrust-key")
    elsewhere = called(TOKENS[0].text, name="authorization", header="x-labeltrust-key")

    assert prove_header(right, TOKENS) == "k1"
    with pytest.raises(NotProven, match="x-labeltrust-key"):
        prove_header(elsewhere, TOKENS)


@pytest.mark.parametrize(
    "value",
    ["", "Bearer", "Bearer ", "Basic first-secret-0001", "Bearer first-secret-000",
     "Bearer first-secret-00011", "Bearer FIRST-SECRET-0001", "first-secret-0001 x"],
)  # fmt: skip
def test_any_other_header_is_not_proven(value):
    with pytest.raises(NotProven):
        prove_header(called(value), TOKENS)


def test_no_secret_proves_nothing_not_even_an_empty_one():
    for secrets in ([], [Secret(key_id="empty", text="")], [Secret(key_id="blank", text=" ")]):
        with pytest.raises(NotProven):
            prove_header(called("Bearer "), secrets)
        with pytest.raises(NotProven):
            prove_header(called(""), secrets)


def test_a_refusal_holds_no_secret():
    with pytest.raises(NotProven) as refusal:
        prove_header(called("Bearer wrong-but-private"), TOKENS)

    assert "wrong-but-private" not in str(refusal.value)
    assert "first-secret" not in str(refusal.value)
    assert "first-secret" not in repr(TOKENS)


@pytest.mark.parametrize("text", ["", "short", "with blanks in it 0123", "ümläut-0123456789"])
def test_a_static_secret_that_could_be_guessed_or_not_be_sent_is_refused(text):
    with pytest.raises(Misconfigured):
        check_token(text)


@pytest.mark.parametrize("text", ["", "whsec_", "whsec_%%%", base64.b64encode(b"x" * 23).decode()])
def test_a_signing_secret_is_base64_of_24_to_64_bytes(text):
    with pytest.raises(Misconfigured):
        check_signing_secret(text)
    check_signing_secret(OLD)
    check_signing_secret(NEW.rstrip("="))
