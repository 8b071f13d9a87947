"""What every platform adapter offers and gets."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from labeltrust.domain.events import Parsed


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


Prove = Callable[[Delivery, Sequence[Secret]], str]
"""Return the key id that proves the delivery's origin; raise NotProven otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """A platform found by discovery.

    Attributes:
        name: The word used in `source add --platform`.
        title: For people.
        parser_version: Stored as provenance with every event; raise it when the reading changes.
        prove: Checks the proof of origin over the raw bytes, before any parsing.
        parse: Reads events; raises UnreadableDelivery where nothing can be read.
        secret_hint: How a person finds or sets the secret on that platform, one sentence.
    """

    name: str
    title: str
    parser_version: str
    prove: Prove
    parse: Callable[[Delivery], Parsed]
    secret_hint: str
