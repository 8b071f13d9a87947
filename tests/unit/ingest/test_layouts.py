"""Signatures of platforms: right ones prove, every forgery is NotProven and nothing else."""

import hashlib
import hmac
import struct
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeltrust import ingest
from labeltrust.discovery import discover
from labeltrust.domain.errors import NotProven, UnreadableDelivery
from labeltrust.ingest._base import Delivery, Platform, Secret
from labeltrust.ingest.inception import PLATFORM as INCEPTION

PLATFORMS = {one.name: one for one in discover(ingest, "PLATFORM", Platform).values()}
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
OLD, NEW = "old-secret-of-the-tests", "new-secret-of-the-tests"
SECRETS = [Secret(key_id="old", text=OLD), Secret(key_id="new", text=NEW)]
BODY = '{"label": "päivää"}'.encode()


def mac(secret, text, algorithm="sha256"):
    return hmac.new(secret.encode(), text, algorithm).hexdigest()


def cvat(secret=OLD, body=BODY):
    return {"x-signature-256": f"sha256={mac(secret, body)}"}


def labelbox(secret=OLD, body=BODY):
    return {"x-hub-signature": f"sha1={mac(secret, body, 'sha1')}"}


def labelbox_256(secret=OLD, body=BODY):
    return {"x-hub-signature-256": f"sha256={mac(secret, body)}"}


def superannotate(secret=OLD, body=BODY):
    return {"x-authorization-content-sha256": mac(secret, body)}


def encord(secret=OLD, body=BODY, at=SECONDS):
    digest = mac(secret, f"{at}.".encode() + body)
    return {"x-encord-signature": digest, "x-encord-timestamp": str(at)}


def toloka(secret=OLD, body=BODY, at=SECONDS * 1000):
    digest = mac(secret, f"{at}.1.".encode() + body)
    return {"toloka-signature": f"{{v=1, ts={at}, sign={digest}}}"}


def inception(secret=OLD, body=BODY):
    digest = hashlib.sha1(secret.encode() + body, usedforsecurity=False)
    return {"x-aero-signature": digest.hexdigest()}


def huggingface(secret=OLD, body=BODY):
    return {"x-webhook-secret": secret}


def kili(secret=OLD, body=BODY):
    return {"authorization": secret}


SIGNED = {
    "cvat": cvat, "labelbox": labelbox, "labelbox-256": labelbox_256,
    "superannotate": superannotate, "encord": encord, "toloka": toloka, "inception": inception,
}  # fmt: skip
STATIC = {"huggingface-hub": huggingface, "kili": kili, "v7": kili}
every_layout = pytest.mark.parametrize("name", [*SIGNED, *STATIC])
every_signature = pytest.mark.parametrize("name", SIGNED)


def headers_of(name, *told, **more):
    return (SIGNED | STATIC)[name](*told, **more)


def prove(name, headers, body=BODY, secrets=SECRETS):
    platform = PLATFORMS[name.removesuffix("-256")]
    return platform.prove(
        Delivery(source="s", body=body, headers=headers, received_at=NOW), secrets
    )


@every_layout
@pytest.mark.parametrize(("secret", "key_id"), [(OLD, "old"), (NEW, "new")])
def test_each_live_secret_proves_and_is_named(name, secret, key_id):
    assert prove(name, headers_of(name, secret)) == key_id


@every_layout
def test_names_of_headers_are_known_in_any_case(name):
    told = {key.title(): value for key, value in headers_of(name).items()}

    assert prove(name, told) == "old"


@every_layout
def test_no_other_secret_and_no_empty_one_proves(name):
    for text in ("", " ", "\ud800", "another-secret-of-nobody"):
        with pytest.raises(NotProven):
            prove(name, headers_of(name), secrets=[Secret(key_id="k", text=text)])
    with pytest.raises(NotProven):
        prove(name, headers_of(name), secrets=[])
    with pytest.raises(NotProven):
        prove(name, headers_of(name, ""), secrets=[Secret(key_id="k", text="")])
    with pytest.raises(NotProven):
        prove(name, {})


@every_signature
def test_any_other_body_is_not_proven(name):
    for body in (BODY + b" ", b" " + BODY, BODY.replace(b"label", b"lobel"), b"", b"\xff"):
        with pytest.raises(NotProven):
            prove(name, headers_of(name), body=body)


@every_signature
def test_a_body_that_is_not_utf8_can_be_proven_and_so_be_kept(name):
    body = b"\xff\xfe{"

    assert prove(name, headers_of(name, body=body), body=body) == "old"


@every_signature
def test_digits_may_be_of_either_case_and_nothing_else_is_forgiven(name):
    ((header, value), *more) = headers_of(name).items()
    digest = value[-41:] if name in {"labelbox", "inception"} else value[-65:]
    digest = digest.rstrip("}")[-40:] if len(digest) < 60 else digest.rstrip("}")[-64:]

    upper = value.replace(digest, digest.upper())
    assert prove(name, {header: upper, **dict(more)}) == "old"
    for wrong in (
        "", digest[:-1], digest + "0", "g" * len(digest), "0" * len(digest), f"{digest},{digest}",
        digest[::-1], f"md5={digest}", "\ud800", digest.translate({ord("1"): "\u0661"}) + "\u0661",
    ):  # fmt: skip
        with pytest.raises(NotProven):
            prove(name, {header: value.replace(digest, wrong), **dict(more)})


@every_signature
@given(position=st.integers(min_value=0), in_body=st.booleans())
def test_one_changed_bit_anywhere_is_not_proven(name, position, in_body):
    headers, body = headers_of(name), BODY
    if in_body:
        body = flipped(BODY, position)
    else:
        header = sorted(headers)[position % len(headers)]
        value = flipped(headers[header].encode(), position).decode(errors="replace")
        if value.lower() == headers[header].lower():
            return  # the same digits
        headers = headers | {header: value}

    with pytest.raises(NotProven):
        prove(name, headers, body=body)


def flipped(text, position):
    at = position % len(text)
    return text[:at] + bytes([text[at] ^ (1 << position % 7)]) + text[at + 1 :]


@every_layout
@given(
    st.dictionaries(
        st.sampled_from(
            ["x-signature-256", "x-hub-signature", "x-hub-signature-256", "x-encord-signature",
             "x-encord-timestamp", "toloka-signature", "x-aero-signature", "x-webhook-secret",
             "x-authorization-content-sha256", "Authorization"]
        ),
        st.one_of(
            st.text(max_size=20), st.just(str(SECONDS)), st.just("sha256=" + "0" * 64),
            st.just("0" * 64), st.just("{v=1, ts=1795348800000, sign=" + "0" * 64 + "}"),
            st.just("9" * 5_000),
        ),
    ),
    st.binary(max_size=20),
)  # fmt: skip
def test_nothing_but_not_proven_comes_out_of_arbitrary_headers(name, headers, body):
    with pytest.raises(NotProven):
        prove(name, headers, body=body)


@pytest.mark.parametrize("name", ["encord", "toloka"])
@pytest.mark.parametrize("seconds", [-300, -299, 0, 299, 300])
def test_a_signed_time_within_five_minutes_is_proven(name, seconds):
    at = (SECONDS + seconds) * (1000 if name == "toloka" else 1)

    assert prove(name, headers_of(name, at=at)) == "old"


@pytest.mark.parametrize("name", ["encord", "toloka"])
@pytest.mark.parametrize("seconds", [-(10**8), -301, 301, 10**8])
def test_a_signed_time_outside_five_minutes_is_not(name, seconds):
    at = (SECONDS + seconds) * (1000 if name == "toloka" else 1)

    with pytest.raises(NotProven, match="300 s"):
        prove(name, headers_of(name, at=at))


@pytest.mark.parametrize("stamp", [f"0{SECONDS}", f"{SECONDS}.0", f" {SECONDS}", "nan", "", "1e9"])
def test_a_time_stamp_of_encord_has_one_spelling(stamp):
    headers = headers_of("encord")

    with pytest.raises(NotProven, match="x-encord-timestamp"):
        prove("encord", headers | {"x-encord-timestamp": stamp})


def test_a_time_of_toloka_is_in_milliseconds_and_its_version_is_one():
    with pytest.raises(NotProven):
        prove("toloka", headers_of("toloka", at=SECONDS))
    value = headers_of("toloka")["toloka-signature"]
    assert prove("toloka", {"toloka-signature": value.strip("{}")}) == "old"
    with pytest.raises(NotProven):
        prove("toloka", {"toloka-signature": value.replace("v=1", "v=2")})


def test_the_strong_signature_of_labelbox_counts_where_it_is_there():
    wrong = {"x-hub-signature-256": "sha256=" + "0" * 64}

    assert prove("labelbox", labelbox() | labelbox_256()) == "old"
    with pytest.raises(NotProven):
        prove("labelbox", labelbox() | wrong)


@every_layout
def test_a_refusal_holds_no_secret_and_no_right_digest(name):
    right = headers_of(name, "a-secret-of-nobody-here")

    with pytest.raises(NotProven) as refusal:
        prove(name, right)

    for text in (*right.values(), OLD, NEW):
        assert text not in str(refusal.value)


def test_the_secret_before_the_body_can_be_extended_but_not_to_anything_that_is_read():
    body = b'{"documentId": 9}'
    signed = Delivery(source="s", body=body, headers=inception(body=body), received_at=NOW)
    digest, longer = extended(
        signed.headers["x-aero-signature"], len(OLD), body, b'{"documentId": 66}'
    )
    forged = replace(signed, body=longer, headers={"x-aero-signature": digest})

    assert INCEPTION.prove(forged, SECRETS) == "old"  # what HMAC was made against
    told = {"x-aero-notification": "ANNOTATION_STATE"}
    with pytest.raises(UnreadableDelivery, match="not UTF-8"):
        INCEPTION.parse(replace(forged, headers=told, config={"project": "fraud"}))


def extended(digest, secret_size, body, suffix):
    """Forge the SHA-1 of secret, body, padding and a suffix, knowing the size of the secret."""
    padding = padding_of(secret_size + len(body))
    state = struct.unpack(">5I", bytes.fromhex(digest))
    size = secret_size + len(body) + len(padding) + len(suffix)
    rest = suffix + padding_of(size)
    for at in range(0, len(rest), 64):
        state = compressed(state, rest[at : at + 64])
    return struct.pack(">5I", *state).hex(), body + padding + suffix


def padding_of(size):
    return b"\x80" + b"\0" * ((55 - size) % 64) + struct.pack(">Q", size * 8)


def compressed(state, block):
    """One step of SHA-1 (FIPS 180-4, section 6.1.2)."""
    words = list(struct.unpack(">16I", block))
    for t in range(16, 80):
        words.append(rolled(words[t - 3] ^ words[t - 8] ^ words[t - 14] ^ words[t - 16], 1))
    a, b, c, d, e = state
    for t, word in enumerate(words):
        if t < 20:
            mixed, constant = (b & c) | (~b & d), 0x5A827999
        elif 40 <= t < 60:
            mixed, constant = (b & c) | (b & d) | (c & d), 0x8F1BBCDC
        else:
            mixed, constant = b ^ c ^ d, 0x6ED9EBA1 if t < 40 else 0xCA62C1D6
        new = (rolled(a, 5) + mixed + e + constant + word) & 0xFFFFFFFF
        a, b, c, d, e = new, a, rolled(b, 30), c, d
    return tuple((x + y) & 0xFFFFFFFF for x, y in zip(state, (a, b, c, d, e), strict=True))


def rolled(word, n):
    return ((word << n) | (word >> (32 - n))) & 0xFFFFFFFF
