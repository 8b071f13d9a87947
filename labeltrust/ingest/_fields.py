"""Fields that mean the same on every platform: ids, times, durations."""

import math
from datetime import UTC, datetime

from labeltrust.domain.errors import InvalidEvent
from labeltrust.ingest._strict_json import shown, text_flaw

MAX_ID_CHARACTERS = 10_000
MAX_NAME_CHARACTERS = 256
MAX_DURATION_SECONDS = 1e9  # 31 years: more is a mistake of units


def identifier(value: object, field: str) -> str:
    """Return an outside id as text: any text but the empty one, or a whole number.

    Raises:
        InvalidEvent: `missing_field`, `empty_id`, `too_long`, `not_text`, `wrong_type`.

    >>> identifier(7, "item")
    '7'
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if value is None:
        raise InvalidEvent("required, but missing", place=field, code="missing_field")
    if not isinstance(value, str):
        raise InvalidEvent(f"{shown(value)} is not a text", place=field, code="wrong_type")
    return checked_id(value, field)


def checked_id(text: str, field: str) -> str:
    """Return an id that is text already, or refuse it.

    Raises:
        InvalidEvent: `empty_id`, `too_long`, `not_text`.

    >>> checked_id("a/b@c", "item")
    'a/b@c'
    """
    if not text:
        raise InvalidEvent("must not be empty", place=field, code="empty_id")
    if len(text) > MAX_ID_CHARACTERS:
        detail = f"has {len(text)} characters, at most {MAX_ID_CHARACTERS} are allowed"
        raise InvalidEvent(detail, place=field, code="too_long")
    flaw = text_flaw(text)
    if flaw:
        raise InvalidEvent(flaw.reason, place=field, code=flaw.code)
    return text


def aware_time(text: object, field: str) -> datetime:
    """Return an ISO 8601 time with a zone, in UTC.

    Raises:
        InvalidEvent: `bad_time`, or `time_without_zone`: a time of nowhere cannot be ordered.

    >>> aware_time("2026-11-22T11:00:00+01:00", "occurred_at").isoformat()
    '2026-11-22T10:00:00+00:00'
    """
    return utc(any_time(text, field), field)


def any_time(text: object, field: str) -> datetime:
    """Return an ISO 8601 time, with a zone or without.

    Raises:
        InvalidEvent: `bad_time`.

    >>> any_time("2026-11-22T11:00:00", "created_at").isoformat()
    '2026-11-22T11:00:00'
    """
    try:
        return datetime.fromisoformat(text)  # type: ignore[arg-type] # other types are refused below
    except (ValueError, TypeError):
        detail = f"{shown(text)} is not a time like 2026-11-22T10:00:00Z"
        raise InvalidEvent(detail, place=field, code="bad_time") from None


def utc(time: datetime, field: str) -> datetime:
    """Return an aware time in UTC, or refuse a naive one.

    Raises:
        InvalidEvent: `time_without_zone`, or `bad_time` at the end of the calendar.

    >>> utc(datetime(2026, 11, 22, tzinfo=UTC), "created_at").isoformat()
    '2026-11-22T00:00:00+00:00'
    """
    if time.tzinfo is UTC:
        return time
    if time.tzinfo is None:
        detail = f"{shown(time.isoformat())} names no time zone; add Z for UTC"
        raise InvalidEvent(detail, place=field, code="time_without_zone")
    try:
        return time.astimezone(UTC)
    except (OverflowError, ValueError):
        detail = f"{shown(time.isoformat())} lies outside the calendar"
        raise InvalidEvent(detail, place=field, code="bad_time") from None


def duration(value: object, field: str) -> float:
    """Return seconds of work: a number in [0, 1e9], as number or as text.

    Raises:
        InvalidEvent: `bad_duration`.

    >>> duration("3.2", "duration_seconds")
    3.2
    """
    try:
        seconds = math.nan if isinstance(value, bool) else float(value)  # type: ignore[arg-type] # other types are refused below
    except (TypeError, ValueError, OverflowError):
        seconds = math.nan
    if 0 <= seconds <= MAX_DURATION_SECONDS:
        return seconds
    detail = f"{shown(value)} is not a number of seconds between 0 and 1e9"
    raise InvalidEvent(detail, place=field, code="bad_duration")
