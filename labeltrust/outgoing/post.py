"""One POST to a checked address: no redirects, no more of the answer than its head."""

import email.utils
import http.client
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from labeltrust.outgoing.reach import CONNECT_SECONDS, Reach, checked_url, connected

_LONGEST_NUMBER = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What is sent; the address may hold a token."""

    url: str
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back: the status, and how many seconds the receiver wants to be left alone."""

    status: int
    retry_after: float | None = None


def send_post(post: Post, reach: Reach, now: datetime) -> Answer:
    """Send, and return the head of the answer; its body is not read.

    Args:
        post: What is sent.
        reach: What may be connected to.
        now: The present moment, for a `Retry-After` that names one.

    Raises:
        InvalidInput: The address is refused.
        OSError: Nobody answers in time as a web server should.
    """
    address = checked_url(post.url, reach)
    connection = http.client.HTTPConnection(address.host, address.port, timeout=CONNECT_SECONDS)
    connection.default_port = 443 if address.scheme == "https" else 80
    https = address.scheme == "https"
    try:
        with connected(address.host, address.port, reach, tls=https) as sock:
            connection.sock = sock
            headers = {"User-Agent": "labeltrust", "Content-Type": "application/json"}
            connection.request("POST", address.target, post.body, headers | dict(post.headers))
            answer = connection.getresponse()
            asked = answer.getheader("Retry-After", "")
            return Answer(status=answer.status, retry_after=seconds_asked(asked, now))
    except (http.client.HTTPException, ValueError) as error:
        detail = f"no answer of a web server: {type(error).__name__}"
        raise OSError(detail) from None
    finally:
        connection.close()


def seconds_asked(text: str, now: datetime) -> float | None:
    """Return the seconds of a `Retry-After`, in either of its two forms, or None.

    >>> at = datetime(2026, 1, 1, tzinfo=UTC)
    >>> seconds_asked("120", at), seconds_asked("Thu, 01 Jan 2026 00:01:00 GMT", at)
    (120.0, 60.0)
    >>> seconds_asked("soon", at) is None
    True
    """
    given = text.strip()
    if given.isascii() and given.isdigit() and len(given) <= _LONGEST_NUMBER:
        return float(given)
    try:
        until = email.utils.parsedate_to_datetime(given)
    except (ValueError, TypeError, IndexError):
        return None
    until = until if until.tzinfo is not None else until.replace(tzinfo=UTC)
    return max((until - now).total_seconds(), 0.0)
