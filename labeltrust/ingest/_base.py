"""What every platform adapter offers and gets."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Literal, TypeVar

from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.events import Event, Parsed, Problem

T = TypeVar("T")

EVIDENCE_HEADERS: tuple[str, ...] = ("content-type", "content-length", "user-agent")
"""Headers worth keeping with any delivery; none of them ever holds a secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One webhook call as it arrived.

    Attributes:
        source: Name of the configured source.
        body: Raw bytes, already within the size cap, content encoding undone.
        headers: Header names in lower case.
        received_at: Aware UTC time of arrival.
        config: The source's own settings (project to use, question map, trusted gold accounts).
    """

    source: str
    body: bytes
    headers: Mapping[str, str]
    received_at: datetime
    config: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """One live secret of a source: its key id (kept on every event) and the secret text."""

    key_id: str
    text: str = field(repr=False)


Basis = Literal["tried", "captured", "source", "documentation"]
MARKS: Mapping[str, str] = MappingProxyType(
    {
        "tried": "",
        "captured": "made with requests of the platform's own code; not tried on a live system",
        "source": "made from the platform's source code; not tried on a live system",
        "documentation": "made from documentation; not tried on a live system",
    }
)
"""What people are told about an adapter, by what it was made from."""

Prove = Callable[[Delivery, Sequence[Secret]], str]
"""Return the key id that proves the delivery's origin; raise NotProven otherwise."""


def any_config(config: Mapping[str, object]) -> None:
    """Accept every configuration: for platforms that need none."""
    del config


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """A platform found by discovery.

    Attributes:
        name: The word used in `source add --platform`.
        title: For people.
        parser_version: Stored as provenance with every event; raise it when the reading changes.
        prove: Checks the proof of origin over the raw bytes, before any parsing.
        parse: Reads events; raises UnreadableDelivery where nothing can be read, TooLarge where
            a batch is over the platform's cap, and no other error but LabeltrustError.
        secret_hint: How a person finds or sets the secret on that platform, one sentence.
        check_secret: Raises Misconfigured where a text cannot be a secret of this platform.
        check_config: Raises Misconfigured where a source's settings do not fit.
        kept_headers: The headers to store as evidence; every other one may hold a secret.
        needs_project: Its events do not say which project they belong to; the config does.
        basis: What the adapter was made from and checked with.
        static_header: The header that carries the secret itself, in the platform's spelling; empty
            where deliveries are signed.
    """

    name: str
    title: str
    parser_version: str
    prove: Prove
    parse: Callable[[Delivery], Parsed]
    secret_hint: str
    check_secret: Callable[[str], None]
    check_config: Callable[[Mapping[str, object]], None] = any_config
    kept_headers: tuple[str, ...] = EVIDENCE_HEADERS
    needs_project: bool = False
    basis: Basis = "tried"
    static_header: str = ""

    @property
    def mark(self) -> str:
        """What people should know about the adapter before they rely on it; empty for nothing."""
        return MARKS[self.basis]


def collect(read: Callable[[T], Event], positions: Iterable[int], values: Iterable[T]) -> Parsed:
    """Read each value as one event; a bad one becomes a problem and spoils no other.

    Args:
        read: Returns the event or raises InvalidInput.
        positions: Where each value stands in the delivery.
        values: As many as positions.
    """
    events: list[Event] = []
    places: list[int] = []
    problems: list[Problem] = []
    for position, value in zip(positions, values, strict=True):
        try:
            events.append(read(value))
            places.append(position)
        except InvalidInput as error:
            problems.append(problem_of(error, position))
    return Parsed(events=tuple(events), positions=tuple(places), problems=tuple(problems))


def problem_of(error: InvalidInput, position: int | None, *, row: int | None = None) -> Problem:
    """Return a refusal as a value; in files the row stands in the words, too.

    >>> problem_of(InvalidInput("must not be empty", place="item"), 4, row=4).detail
    'row 4, item: must not be empty'
    """
    place = ", ".join(part for part in (f"row {row}" if row else "", error.place) if part)
    detail = f"{place}: {error.detail}" if place else error.detail
    return Problem(index=position, code=error.code, detail=detail)
