"""Alerts: what people on call are told, which facts open and end one, and how loud it is.

cause      a fact of the history, or of the watch, that concerns somebody outside; a row in the
           transaction of that fact
alert      one thing that is wrong, from its cause until the end of it
group      the alerts of one code and place; the unit in which people are told
message    what one channel is told, tried until it is taken or given up
channel    an address with a shape, which says how to speak to it
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

from labeltrust.domain.alert_codes import CAUSES, CODES, Code

__all__ = [
    "CAUSES",
    "CODES",
    "LOUDNESS",
    "Cause",
    "Channel",
    "Code",
    "Effect",
    "Loudness",
    "Message",
    "Step",
    "at_least",
]

Loudness = Literal["news", "ticket", "page"]
LOUDNESS: tuple[str, ...] = get_args(Loudness)
Effect = Literal["open", "raise", "end", "news"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """A fact that concerns somebody outside.

    Attributes:
        id: Its number in the outbox.
        type: One of `CAUSES`.
        detail: What the history says of it: numbers and words of our own, no names of labelers.
        project_id: Row of the project, or None.
        source_id: Row of the source, or None.
        labeler_id: Row of the labeler, or None.
        chain: Chain of the record, empty where the watch saw it.
        sequence: Its place there, 0 where the watch saw it.
    """

    id: int
    type: str
    at: datetime
    detail: Mapping[str, object]
    project_id: int | None = None
    source_id: int | None = None
    labeler_id: int | None = None
    chain: str = ""
    sequence: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What a cause does to an alert.

    Attributes:
        code: Name of the alert's code.
        effect: Opens, raises or ends it; `news` is over at once.
        subject: What it is about: `flag:7`, `gate:2`. Code and subject are its fingerprint.
        place: Of its group: `project:2`, `source:4`, `chain:fraud`.
        loudness: One of `LOUDNESS`.
        rank: A number that grows where the same alert becomes worse.
        word: Of a signed webhook, such as `flag.raised`.
        facts: What a message says of it; plain JSON values without names of labelers.
    """

    code: str
    effect: Effect
    subject: str
    place: str
    loudness: Loudness = "ticket"
    rank: int = 0
    word: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)


def at_least(loudness: str, floor: str) -> bool:
    """Say whether something is as loud as a floor asks for.

    >>> at_least("page", "ticket"), at_least("news", "ticket")
    (True, False)
    """
    return LOUDNESS.index(loudness) >= LOUDNESS.index(floor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """Where alerts go, as it can be shown: address and secrets stay sealed.

    Attributes:
        shape: How to speak there: `webhook`, `slack`, `pagerduty`, …
        codes: What it is told; None for everything but `snapshot_made`.
        projects: Of which projects; None for all, and for what belongs to none.
        floor: Told from this loudness on.
        window_seconds: How long a burst is gathered before it is told as one message.
        keys: Ids of the keys that its messages are signed by now.
        off_at: When it was switched off, or None while it is told.
        off_why: Why: it answered 410, or somebody's reason.
        failures: Tries in a row that failed.
        retry_at: Not tried again before.
        failed: Tries that failed, ever.
        sent_at: When it last took one, or None.
        trouble: What was wrong at the last try, or None.
    """

    id: int
    name: str
    shape: str
    host: str
    codes: tuple[str, ...] | None
    projects: tuple[str, ...] | None
    floor: str
    window_seconds: float
    added_at: datetime
    added_by: str
    keys: tuple[str, ...] = ()
    off_at: datetime | None = None
    off_why: str | None = None
    failures: int = 0
    retry_at: datetime | None = None
    sent: int = 0
    failed: int = 0
    sent_at: datetime | None = None
    trouble: str | None = None

    def wants(self, code: str, loudness: str) -> bool:
        """Say whether it is told of a code at a loudness."""
        chosen = code in self.codes if self.codes is not None else code != "snapshot_made"
        return chosen and (code == "snapshot_made" or at_least(loudness, self.floor))

    def sees(self, projects: frozenset[str]) -> bool:
        """Say whether it is told of something that concerns these projects, or none at all."""
        return self.projects is None or bool(projects & set(self.projects))


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a channel is to be told, and how that stands.

    Attributes:
        uid: The same at every try, for receivers that drop repeats.
        code: Name of the alert's code; empty for a test.
        effect: `open`, `end`, `news`, `event` or `test`.
        loudness: One of `LOUDNESS`.
        n: How many things it speaks of; 0 before the first try.
        state: `waiting`, `sent`, `dead`, `discarded` or `dropped` (over before it was told).
        trouble: What was wrong at the last try, or None.
    """

    id: int
    uid: str
    channel_id: int
    channel: str
    code: str
    effect: str
    loudness: str
    n: int
    state: str
    made_at: datetime
    due_at: datetime
    tries: int
    tried_at: datetime | None
    done_at: datetime | None
    done_by: str | None
    trouble: str | None
