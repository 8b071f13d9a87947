"""What payloads of platforms have in common: parts that are there, or are refused by name."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from labeltrust.domain.errors import InvalidEvent, InvalidInput, UnreadableDelivery
from labeltrust.domain.events import Event, Parsed, Problem
from labeltrust.domain.pulls import PullWanted
from labeltrust.ingest._base import problem_of
from labeltrust.ingest._fields import MAX_DURATION_SECONDS, any_time, identifier, utc
from labeltrust.ingest._strict_json import Flaw, read_json, shown

T = TypeVar("T")
Json = Mapping[str, object]
MAX_EVENTS = 10_000
MAX_QUESTIONS = 100  # more would let one small delivery grow into many withdrawals
MAX_PULL_CHARACTERS = 256  # of an id that is looked up by itself
_MAX_MILLISECONDS = 253_402_300_799_999  # the end of the year 9999


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one part of a delivery states, and what of it cannot be taken."""

    events: tuple[Event, ...] = ()
    pulls: tuple[PullWanted, ...] = ()
    ignored: int = 0
    refused: tuple[InvalidInput, ...] = ()


NOTHING = Found(ignored=1)
"""Understood, and means nothing here."""


def gather(read: Callable[[T], Found], parts: Iterable[T]) -> Parsed:
    """Read each part of a delivery; a bad one becomes a problem and spoils no other.

    Raises:
        UnreadableDelivery: More than 10,000 events.
    """
    events: list[Event] = []
    positions: list[int] = []
    problems: list[Problem] = []
    pulls: list[PullWanted] = []
    ignored = 0
    for position, part in enumerate(parts):
        try:
            found = read(part)
        except InvalidInput as error:
            problems.append(problem_of(error, position))
            continue
        problems += [problem_of(error, position) for error in found.refused]
        events += found.events
        positions += [position] * len(found.events)
        pulls += found.pulls
        ignored += found.ignored
        if len(events) + len(pulls) > MAX_EVENTS:
            detail = f"the delivery states more than {MAX_EVENTS} events"
            raise UnreadableDelivery(detail, code="too_many_events")
    return Parsed(
        events=tuple(events),
        positions=tuple(positions),
        problems=tuple(problems),
        ignored=ignored,
        pulls=tuple(pulls),
    )


def read_object(body: bytes) -> Json:
    """Read a body that is one object; flaws inside it stay for `check`.

    Raises:
        UnreadableDelivery: No strict JSON, or no object.

    >>> read_object(b'{"event": "ping"}')
    {'event': 'ping'}
    """
    tree = read_json(body)
    if isinstance(tree, Flaw):
        raise UnreadableDelivery(tree.reason, code=tree.code)
    if not isinstance(tree, dict):
        raise UnreadableDelivery("the body is no object", code="not_an_object")
    return tree


def kind_of(tree: Json, name: str) -> str:
    """Return the word that says what kind of event a body is.

    Raises:
        UnreadableDelivery: `unknown_event`: it is missing or no text.
    """
    kind = tree.get(name)
    if isinstance(kind, str) and kind:
        return kind
    raise UnreadableDelivery("no kind of event is named", place=f"/{name}", code="unknown_event")


def unknown_kind(kind: str, name: str, known: Iterable[str]) -> UnreadableDelivery:
    """Return the refusal of a kind of event that the platform is not known to send."""
    detail = f"unknown event {shown(kind)}; known are {', '.join(sorted(known))}"
    return UnreadableDelivery(detail, place=f"/{name}", code="unknown_event")


def part_of(parent: Json, name: str, place: str = "") -> Json:
    """Return an object inside an object.

    Raises:
        InvalidEvent: `missing_field` or `not_an_object`.

    >>> part_of({"job": {"id": 1}}, "job")
    {'id': 1}
    """
    value, where = parent.get(name), f"{place}/{name}"
    if isinstance(value, dict):
        return value
    if value is None:
        raise InvalidEvent("required, but missing", place=where, code="missing_field")
    raise InvalidEvent(f"is {shown(value)}, not an object", place=where, code="not_an_object")


def maybe_part(parent: Json, name: str, place: str = "") -> Json:
    """Return an object inside an object, an empty one where it is missing or null.

    Raises:
        InvalidEvent: `not_an_object`.
    """
    return {} if parent.get(name) is None else part_of(parent, name, place)


def list_of(parent: Json, name: str, place: str = "") -> list[object]:
    """Return a list inside an object, an empty one where it is missing or null.

    Raises:
        InvalidEvent: `not_a_list`.

    >>> list_of({}, "labels")
    []
    """
    value = parent.get(name)
    if value is None:
        return []
    if isinstance(value, list):
        return value
    raise InvalidEvent(f"is {shown(value)}, not a list", place=f"{place}/{name}", code="not_a_list")


def as_object(value: object, place: str) -> Json:
    """Return a value that must be an object.

    Raises:
        InvalidEvent: `not_an_object`.
    """
    if isinstance(value, dict):
        return value
    raise InvalidEvent(f"is {shown(value)}, not an object", place=place, code="not_an_object")


def time_at(
    parent: Json, name: str, place: str = "", *, naive_is_utc: bool = False
) -> datetime | None:
    """Return an ISO 8601 time in UTC, None where it is missing or null.

    Args:
        parent: Where it stands.
        name: Of the field.
        place: Of the parent.
        naive_is_utc: The platform is known to mean UTC where it names no zone.

    Raises:
        InvalidEvent: `bad_time` or `time_without_zone`.

    >>> time_at({"at": "2026-01-31T12:00:00"}, "at", naive_is_utc=True).isoformat()
    '2026-01-31T12:00:00+00:00'
    """
    value, where = parent.get(name), f"{place}/{name}"
    if value is None:
        return None
    time = any_time(value, where)
    if time.tzinfo is None and naive_is_utc:
        return time.replace(tzinfo=UTC)
    return utc(time, where)


def milliseconds_at(parent: Json, name: str, place: str = "") -> datetime | None:
    """Return a time told in whole milliseconds since 1970, None where it is missing or null.

    Raises:
        InvalidEvent: `bad_time`.

    >>> milliseconds_at({"ts": 1769860800000}, "ts").isoformat()
    '2026-01-31T12:00:00+00:00'
    """
    value = parent.get(name)
    if value is None:
        return None
    number = -1 if isinstance(value, bool) or not isinstance(value, int) else value
    if not 0 <= number <= _MAX_MILLISECONDS:
        detail = f"{shown(value)} is no number of milliseconds since 1970"
        raise InvalidEvent(detail, place=f"{place}/{name}", code="bad_time")
    seconds, rest = divmod(number, 1000)
    return datetime.fromtimestamp(seconds, tz=UTC).replace(microsecond=rest * 1000)


def seconds_at(parent: Json, name: str) -> float | None:
    """Return claimed seconds of work, or None: what is no duration means nothing.

    >>> seconds_at({"lead_time": 3}, "lead_time"), seconds_at({"lead_time": -5}, "lead_time")
    (3.0, None)
    """
    value = parent.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= MAX_DURATION_SECONDS else None


def short_id(parent: Json, name: str, place: str = "") -> str:
    """Return the id of something that is to be read from the platform.

    Raises:
        InvalidEvent: `missing_field`, `empty_id`, `too_long`, `not_text`, `wrong_type`.
    """
    where = f"{place}/{name}"
    text = identifier(parent.get(name), where)
    if len(text) > MAX_PULL_CHARACTERS:
        detail = f"has {len(text)} characters, at most {MAX_PULL_CHARACTERS} are allowed"
        raise InvalidEvent(detail, place=where, code="too_long")
    return text


def within(parent: Json, place: str = "", **names: str) -> dict[str, str]:
    """Return those of some ids that are there, by our names for them.

    Raises:
        InvalidEvent: One that is there is no id.

    >>> within({"task_id": 9, "project_id": None}, task="task_id", project="project_id")
    {'task': '9'}
    """
    there = {ours: name for ours, name in names.items() if parent.get(name) is not None}
    return {ours: short_id(parent, name, place) for ours, name in there.items()}
