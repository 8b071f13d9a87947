"""Signatures of platforms that do not follow Standard Webhooks: one small function a layout.

All are over the raw bytes, before any parsing; digests are compared in constant time, with every
live secret of the source. A secret is used as text, whatever it looks like. Whatever is malformed
is `NotProven`, never another error.
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from labeltrust.domain.errors import NotProven
from labeltrust.ingest._base import Delivery, Prove, Secret
from labeltrust.ingest._signing import TOLERANCE_SECONDS, lower_names, prove_header

_HEX: Mapping[str, re.Pattern[str]] = {
    "sha1": re.compile(r"[0-9a-fA-F]{40}"),
    "sha256": re.compile(r"[0-9a-fA-F]{64}"),
}
_SECONDS = re.compile(r"[1-9][0-9]{9,11}")
_TOLOKA = re.compile(r"\{?\s*v=1,\s*ts=([1-9][0-9]{12,14}),\s*sign=([0-9a-fA-F]{64})\s*\}?")
Digest = Callable[[bytes], bytes]
"""The right digest for the bytes of one secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HexHmac:
    """An HMAC of the body in a header, as hexadecimal digits.

    Attributes:
        header: Its name in lower case.
        algorithm: Of the HMAC.
        prefix: What stands in front of the digits, such as `sha256=`.
    """

    header: str
    algorithm: Literal["sha1", "sha256"]
    prefix: str = ""


def prove_hex(*layouts: HexHmac) -> Prove:
    """Return the check of a signature in one of some headers.

    The first header that is there counts, and no other: who has a strong one is not asked for the
    weak one beside it.

    >>> layout = HexHmac(header="x-signature-256", algorithm="sha256", prefix="sha256=")
    >>> callable(prove_hex(layout))
    True
    """

    def prove(delivery: Delivery, secrets: Sequence[Secret]) -> str:
        headers = lower_names(delivery.headers)
        for layout in layouts:
            if layout.header in headers:
                sent = _digits(headers[layout.header], layout)
                right = partial(_hmac, message=delivery.body, algorithm=layout.algorithm)
                return _proven(sent, right, secrets, layout.header)
        names = " or ".join(repr(layout.header) for layout in layouts)
        detail = f"no signature in header {names}"
        raise NotProven(detail)

    return prove


def prove_static(header: str) -> Prove:
    """Return the check of a static secret in a platform's own header."""
    return partial(prove_header, usual=header)


def prove_encord(delivery: Delivery, secrets: Sequence[Secret]) -> str:
    """Return the key id that signed time stamp, a dot and the body.

    Raises:
        NotProven: Headers missing or malformed, more than 300 s from this clock, or a wrong digest.
    """
    headers = lower_names(delivery.headers)
    stamp = headers.get("x-encord-timestamp", "")
    if not _SECONDS.fullmatch(stamp):
        raise NotProven("header 'x-encord-timestamp' is missing or not in whole seconds")
    _check_time(delivery, int(stamp))
    layout = HexHmac(header="x-encord-signature", algorithm="sha256")
    sent = _digits(headers.get(layout.header, ""), layout)
    right = partial(_hmac, message=stamp.encode() + b"." + delivery.body, algorithm="sha256")
    return _proven(sent, right, secrets, layout.header)


def prove_toloka(delivery: Delivery, secrets: Sequence[Secret]) -> str:
    """Return the key id that signed milliseconds, version and body, apart by dots.

    Raises:
        NotProven: Header missing or malformed, more than 300 s from this clock, or a wrong digest.
    """
    found = _TOLOKA.fullmatch(lower_names(delivery.headers).get("toloka-signature", "").strip())
    if found is None:
        raise NotProven("header 'toloka-signature' is missing or not {v=1, ts=…, sign=…}")
    stamp, digits = found.groups()
    _check_time(delivery, int(stamp) / 1000)
    message = stamp.encode() + b".1." + delivery.body
    right = partial(_hmac, message=message, algorithm="sha256")
    return _proven(bytes.fromhex(digits), right, secrets, "toloka-signature")


def prove_aero(delivery: Delivery, secrets: Sequence[Secret]) -> str:
    """Return the key id whose text in front of the body has the SHA-1 that was sent.

    No HMAC: who saw one delivery can append bytes to it without knowing the secret. The padding
    that must stand between is no UTF-8, so that such a body is proven, but never read.

    Raises:
        NotProven: Header missing or malformed, or a wrong digest.
    """
    layout = HexHmac(header="x-aero-signature", algorithm="sha1")
    sent = _digits(lower_names(delivery.headers).get(layout.header, ""), layout)

    def right(key: bytes) -> bytes:
        return hashlib.sha1(key + delivery.body, usedforsecurity=False).digest()

    return _proven(sent, right, secrets, layout.header)


def _digits(value: str, layout: HexHmac) -> bytes:
    text = value.strip()
    digits = text.removeprefix(layout.prefix)
    whole = text.startswith(layout.prefix) and _HEX[layout.algorithm].fullmatch(digits)
    if not whole:
        detail = f"header {layout.header!r} is missing or no {layout.prefix}HEX"
        raise NotProven(detail)
    return bytes.fromhex(digits)


def _hmac(key: bytes, message: bytes, algorithm: str) -> bytes:
    return hmac.digest(key, message, algorithm)


def _proven(sent: bytes, right: Digest, secrets: Sequence[Secret], header: str) -> str:
    keys = [(secret.key_id, _key(secret)) for secret in secrets]
    found = [name for name, key in keys if key and hmac.compare_digest(sent, right(key))]
    if not found:
        detail = f"no signature of a live secret in header {header!r}"
        raise NotProven(detail)
    return found[0]


def _key(secret: Secret) -> bytes:
    """Return a secret's bytes; none where the text is none, which then proves nothing."""
    try:
        return secret.text.strip().encode()
    except UnicodeEncodeError:
        return b""


def _check_time(delivery: Delivery, seconds: float) -> None:
    if abs(delivery.received_at.timestamp() - seconds) > TOLERANCE_SECONDS:
        detail = f"the time stamp is more than {TOLERANCE_SECONDS} s from this server's clock"
        raise NotProven(detail)
