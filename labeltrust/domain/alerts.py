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
from types import MappingProxyType
from typing import Literal, get_args

Loudness = Literal["news", "ticket", "page"]
LOUDNESS: tuple[str, ...] = get_args(Loudness)
Effect = Literal["open", "raise", "end", "news"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One kind of alert; its runbook is `docs/runbooks/<name>.md`.

    Attributes:
        name: Stable word, in messages, settings and addresses.
        meaning: What it says, for people.
        one: A single alert in words; `many` is used with a number before it.
        opened: Word of a signed webhook when it opens.
        ended: The same when it ends; empty where it never does.
        hidden_by_mitigation: Whether it waits while a freeze or a contained incident holds its
            subject. What speaks of the record, the gate or the circuit breaker never waits.
    """

    name: str
    meaning: str
    one: str
    many: str
    opened: str
    ended: str = ""
    hidden_by_mitigation: bool = False


_CODES = (
    Code(
        name="flag_opened",
        meaning="a labeler is flagged, or a flag became more severe",
        one="flag waits for a review",
        many="flags wait for a review",
        opened="flag.opened",
        ended="flag.closed",
        hidden_by_mitigation=True,
    ),
    Code(
        name="freeze_made",
        meaning="labels are held out of training sets",
        one="freeze was made",
        many="freezes were made",
        opened="freeze.made",
        ended="freeze.lifted",
    ),
    Code(
        name="breaker_tripped",
        meaning="too much was frozen in a day: holds wait for a second person",
        one="provisional hold waits for a second person",
        many="provisional holds wait for a second person",
        opened="breaker.tripped",
        ended="breaker.settled",
    ),
    Code(
        name="gate_closed",
        meaning="training may not proceed",
        one="gate is closed",
        many="gates are closed",
        opened="gate.closed",
        ended="gate.opened",
    ),
    Code(
        name="source_silent",
        meaning="a source that usually sends sends nothing",
        one="source is silent",
        many="sources are silent",
        opened="source.silent",
        ended="source.heard",
        hidden_by_mitigation=True,
    ),
    Code(
        name="source_probation",
        meaning="the labels of a source do not count until it is vetted",
        one="source is on probation",
        many="sources are on probation",
        opened="source.probation",
        ended="source.trusted",
        hidden_by_mitigation=True,
    ),
    Code(
        name="quarantine_growing",
        meaning="more and more deliveries of a source cannot be read",
        one="quarantine is growing",
        many="quarantines are growing",
        opened="quarantine.growing",
        ended="quarantine.calmed",
        hidden_by_mitigation=True,
    ),
    Code(
        name="ledger_broken",
        meaning="the tamper-evident history does not verify",
        one="chain of the history is broken",
        many="chains of the history are broken",
        opened="ledger.broken",
        ended="ledger.mended",
    ),
    Code(
        name="checkpoints_late",
        meaning="signed checkpoints of the history did not reach enough places outside in time",
        one="checkpoint is late: too few places outside took it",
        many="checkpoints are late: too few places outside took them",
        opened="checkpoints.late",
        ended="checkpoints.taken",
    ),
    Code(
        name="platform_act_failed",
        meaning="what a freeze asked of a platform could not be done, or not taken back",
        one="act at a platform failed",
        many="acts at platforms failed",
        opened="platform.failed",
        ended="platform.settled",
    ),
    Code(
        name="work_parked",
        meaning="a piece of background work keeps failing",
        one="piece of background work keeps failing",
        many="pieces of background work keep failing",
        opened="work.parked",
        ended="work.resumed",
    ),
    Code(
        name="snapshot_made",
        meaning="a training set was made",
        one="training set was made",
        many="training sets were made",
        opened="snapshot.made",
    ),
)
CODES: Mapping[str, Code] = MappingProxyType({code.name: code for code in _CODES})

# Facts that the outbox keeps, by their word in the history or of the watch.
CAUSES: frozenset[str] = frozenset(
    {"flag.opened", "flag.updated", "flag.confirmed", "flag.dismissed", "flag.reopened"}
    | {"freeze.placed", "freeze.lifted", "gate.opened", "gate.closed", "snapshot.created"}
    | {"source.added", "source.changed", "source.silent", "source.heard"}
    | {"quarantine.growing", "quarantine.calmed", "ledger.broken", "ledger.mended"}
    | {"platform.failed", "platform.retried", "platform.done", "platform.undone"}
    | {"platform.undo_asked", "platform.called_off"}
    | {"work.parked", "work.resumed", "checkpoints.late", "checkpoints.taken"}
)


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
