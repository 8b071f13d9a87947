"""Checksums that senders state of what an item shows, so that a corrupted one is found.

SHA-256 over the RFC 8785 form (JSON Canonicalization Scheme) of an object with two members:

    {"content": {…}, "item_features": {…}}

Both are always there, as `{}` where nothing is said, and `media_url` is a member of `content`, as
it is kept. RFC 8785 has one text for equal values: keys in order, no blanks, and numbers as
ECMAScript writes a double, so `1.0` and `1` and `1e0` are one number. Texts are taken as they are:
two Unicode spellings of one letter are two texts.
"""

import hashlib
import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec
import rfc8785

from labeltrust.domain.errors import InvalidEvent, InvalidInput
from labeltrust.domain.events import Event

FIELD: Final = "content_checksum"
MISMATCH: Final = "checksum_mismatch"
REQUIRE: Final = "require_checksum"
"""The setting of a source by which nothing is taken of what an item shows without a checksum."""
_STATED: Final = re.compile(r"sha256:[0-9a-f]{64}")


def content_checksum(content: Mapping[str, object], features: Mapping[str, object]) -> str:
    """Return the checksum of what an item shows and of its features.

    Args:
        content: Plain JSON values, `media_url` among them.
        features: Plain JSON values.

    Raises:
        InvalidInput: `not_canonical`: a number that is none in JSON or a whole one beyond 2^53-1,
            half of a surrogate pair, a key that is no text, or hundreds of levels.

    >>> content_checksum({"text": "12.50 at a kiosk"}, {"amount": 12.5, "country": "SE"})
    'sha256:218ee1626b0c5f8464b6b67f9d0e91edf4efe3f5152d781ba65eb9dc66f5c44b'
    >>> content_checksum({}, {"n": 1.0, "m": 2}) == content_checksum({}, {"m": 2.0, "n": 1})
    True
    """
    told: dict[str, Any] = {"content": dict(content), "item_features": dict(features)}
    try:
        written = rfc8785.dumps(told)
    except (rfc8785.CanonicalizationError, RecursionError) as error:
        reason = str(error) or type(error).__name__
        raise InvalidInput(reason, place=FIELD, code="not_canonical") from None
    return f"sha256:{hashlib.sha256(written).hexdigest()}"


def with_checksum(event: Mapping[str, object]) -> dict[str, object]:
    """Return a generic event with the checksum of its content, for those who send events.

    Args:
        event: A generic event as it will be written to JSON.

    Raises:
        InvalidInput: As `content_checksum`; or content or features are no objects.

    >>> sent = with_checksum({"item": "txn-9", "media_url": "https://example.org/9.png"})
    >>> sent["content_checksum"] == content_checksum({"media_url": sent["media_url"]}, {})
    True
    """
    content, features = event.get("content") or {}, event.get("item_features") or {}
    url = event.get("media_url") or ""
    if not (
        isinstance(content, Mapping) and isinstance(features, Mapping) and isinstance(url, str)
    ):
        detail = "content and item_features are objects, and media_url is a text"
        raise InvalidInput(detail, place=FIELD, code="not_canonical")
    shown = {**content, "media_url": url} if url else content
    return {**event, FIELD: content_checksum(shown, features)}


def checked(event: Event, stated: object) -> Event:
    """Return an event with the checksum that its sender stated, and a flaw where it is not right.

    Args:
        event: As it was read.
        stated: What stands in the field `content_checksum`; None for nothing.

    Raises:
        InvalidEvent: `bad_checksum`: no checksum of this form.

    >>> checked(Event(type="item.described", project="p", item="i"), "sha256:" + 64 * "0").flaw[0]
    'checksum_mismatch'
    """
    if stated is None:
        return event
    if not isinstance(stated, str) or _STATED.fullmatch(stated) is None:
        detail = f"{_shown(stated)} is not sha256: and 64 digits of 0-9a-f"
        raise InvalidEvent(detail, place=FIELD, code="bad_checksum")
    found = content_checksum(event.content, event.item_features)
    flaw = None if found == stated else (MISMATCH, _mismatch(stated, found))
    return msgspec.structs.replace(event, content_checksum=stated, flaw=flaw)


def check_required(config: Mapping[str, object]) -> None:
    """Refuse settings of a source whose `require_checksum` is neither true nor false.

    >>> check_required({"require_checksum": True})
    """
    if not isinstance(config.get(REQUIRE, False), bool):
        raise InvalidInput("must be true or false", place=REQUIRE, code="bad_config")


def _mismatch(stated: str, found: str) -> str:
    return (
        f"{FIELD}: the sender states {stated}, and content and item_features as they came give "
        f"{found}; no retry of these bytes can mend that: the source must send the event again"
    )


def _shown(stated: object) -> str:
    return repr(stated[:80]) if isinstance(stated, str) else type(stated).__name__
