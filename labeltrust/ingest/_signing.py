"""Proof of origin over the raw bytes, before any parsing, with constant-time comparisons.

Every live secret of a source is tried, so that a rotation refuses nothing. Whatever is malformed
is `NotProven`, never another error. The clock is the delivery's `received_at`.
"""

import base64
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256

from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook, hmac_data

from labeltrust.domain.errors import Misconfigured, NotProven
from labeltrust.ingest._base import Delivery, Secret

TOLERANCE_SECONDS = 300
MIN_TOKEN_CHARACTERS = 16
MIN_KEY_BYTES, MAX_KEY_BYTES = 24, 64  # what the Standard Webhooks specification asks for

# No dot: the signed text joins its parts with dots, and must have one reading only.
_DELIVERY_ID = re.compile(r"[!-\-/-~]{1,256}")
# Whole seconds in one spelling: the libraries accept others, which then are the same delivery.
_TIMESTAMP = re.compile(r"[1-9][0-9]{0,11}")
_SCHEMES = frozenset({"bearer", "token"})


def prove_header(
    delivery: Delivery, secrets: Sequence[Secret], usual: str = "authorization"
) -> str:
    """Return the key id whose secret stands in a static header.

    The source's configuration names the header (`{"header": "X-Labeltrust-Key"}`), else it is the
    platform's usual one; its value is the secret alone or after `Bearer` or `Token`.

    Raises:
        NotProven: Header missing, or no live secret in it.

    >>> now = datetime(2026, 11, 22, tzinfo=UTC)
    >>> headers = {"authorization": "Bearer abc"}
    >>> delivery = Delivery(source="s", body=b"", headers=headers, received_at=now)
    >>> prove_header(delivery, [Secret(key_id="k1", text="abc")])
    'k1'
    """
    name = header_name(delivery.config, usual)
    value = lower_names(delivery.headers).get(name, "").strip()
    scheme, _, rest = value.partition(" ")
    token = rest.strip() if scheme.lower() in _SCHEMES else value
    sent = _fingerprint(token)
    found = [s.key_id for s in secrets if hmac.compare_digest(sent, _fingerprint(s.text.strip()))]
    if not token or not found:
        detail = f"header {name!r} holds no live secret of source {delivery.source!r}"
        raise NotProven(detail)
    return found[0]


def header_name(config: Mapping[str, object], usual: str = "authorization") -> str:
    """Return the lower-case name of the header that holds a source's static secret.

    >>> header_name({"header": "X-Key"})
    'x-key'
    """
    name = config.get("header")
    return name.lower() if isinstance(name, str) and name else usual


def prove_standard_webhook(delivery: Delivery, secrets: Sequence[Secret]) -> str:
    """Return the key id whose signature a delivery carries (Standard Webhooks, scheme v1).

    The signature is over id, a dot, time stamp, a dot, and the raw body; the time stamp is the
    attempt's and must lie within 300 s of `received_at`. Schemes other than v1 are skipped.

    Raises:
        NotProven: Headers missing or malformed, too old or too new, or no right signature.
    """
    headers = lower_names(delivery.headers)
    delivery_id = headers.get("webhook-id", "")
    timestamp = headers.get("webhook-timestamp", "")
    if not _DELIVERY_ID.fullmatch(delivery_id):
        raise NotProven("header 'webhook-id' is missing or no printable text without a dot")
    if not _TIMESTAMP.fullmatch(timestamp):
        raise NotProven("header 'webhook-timestamp' is missing or not in whole seconds")
    seconds = int(timestamp)
    if abs(delivery.received_at.timestamp() - seconds) > TOLERANCE_SECONDS:
        detail = f"the time stamp is more than {TOLERANCE_SECONDS} s from this server's clock"
        raise NotProven(detail)
    sent = _v1_signatures(headers.get("webhook-signature", ""))
    for secret in secrets:
        wanted = _signature(secret, delivery_id, seconds, delivery.body)
        if wanted and any([hmac.compare_digest(wanted, one) for one in sent]):  # noqa: C419 -- compare all, for constant time
            return secret.key_id
    raise NotProven("no signature of a live secret in header 'webhook-signature'")


def check_token(text: str) -> None:
    """Refuse a static secret that could be guessed or not be sent.

    Raises:
        Misconfigured: Shorter than 16 characters, or not printable ASCII without blanks.

    >>> check_token("0123456789abcdef")
    """
    if not re.fullmatch(r"[!-~]+", text):
        raise Misconfigured("a secret is printable ASCII without blanks")
    if len(text) < MIN_TOKEN_CHARACTERS:
        detail = f"a secret of {len(text)} characters is too short, take {MIN_TOKEN_CHARACTERS}"
        raise Misconfigured(detail)


def check_signing_secret(text: str) -> None:
    """Refuse a text that is no Standard Webhooks secret.

    Raises:
        Misconfigured: Not base64 (with or without `whsec_`), or not 24 to 64 bytes.

    >>> check_signing_secret("whsec_" + base64.b64encode(bytes(24)).decode())
    """
    try:
        size = len(_key(text))
    except ValueError:
        raise Misconfigured("a signing secret is whsec_ and base64 text") from None
    if not MIN_KEY_BYTES <= size <= MAX_KEY_BYTES:
        detail = f"a signing secret holds {MIN_KEY_BYTES} to {MAX_KEY_BYTES} bytes, this one {size}"
        raise Misconfigured(detail)


def _signature(secret: Secret, delivery_id: str, seconds: int, body: bytes) -> bytes | None:
    """Return the right signature in base64, or None where the secret is not usable."""
    try:
        key = _key(secret.text)
        webhook = Webhook(key)
    except (ValueError, EmptyWebhookSecretError):
        return None
    try:
        at = datetime.fromtimestamp(seconds, tz=UTC)
        return webhook.sign(delivery_id, at, body.decode()).removeprefix("v1,").encode()
    except UnicodeDecodeError:
        # The library signs text only. A body that is not UTF-8 can be proven all the same, and
        # then is kept in quarantine instead of being turned away.
        return base64.b64encode(hmac_data(key, f"{delivery_id}.{seconds}.".encode() + body))


def _key(secret_text: str) -> bytes:
    """Return the decoded key; with or without prefix and padding, but nothing else in it."""
    bare = secret_text.strip().removeprefix("whsec_").rstrip("=")
    return base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)


def _v1_signatures(header: str) -> list[bytes]:
    entries = (entry.partition(",") for entry in header.split())
    return [digest.encode(errors="replace") for version, _, digest in entries if version == "v1"]


def _fingerprint(text: str) -> bytes:
    """Return a digest: comparing digests takes the same time whatever the lengths."""
    return sha256(text.encode(errors="replace")).digest()


def lower_names(headers: Mapping[str, str]) -> dict[str, str]:
    """Return headers by their names in lower case.

    >>> lower_names({"X-Event": "item u"})
    {'x-event': 'item u'}
    """
    return {name.lower(): value for name, value in headers.items()}
