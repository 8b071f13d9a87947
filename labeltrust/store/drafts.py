"""Events made ready for the record: checked against project, question and scale."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import msgspec

from labeltrust.domain.clock import microseconds
from labeltrust.domain.errors import InvalidEvent
from labeltrust.domain.events import Event, Parsed, Problem, Receipt
from labeltrust.domain.labels import canonical_label
from labeltrust.store.aliases import Key, item_space
from labeltrust.store.registry import NO_QUESTION, KnownProject, KnownQuestion, KnownSource

OLDEST_US: Final = 30 * 86_400 * 1_000_000
NEWEST_US: Final = 5 * 60 * 1_000_000
OWN_PREFIX: Final = "labeltrust:"
_DERIVED: Final = re.compile(r"row-[0-9a-f]{40}-[0-9]+")  # as domain/event_ids.py makes them
_MOST_ID_BYTES: Final = 512  # PostgreSQL cannot index texts of more than 2,700


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One delivery on its way into the record.

    Attributes:
        source: Name of the source.
        body: The raw bytes as they came.
        parsed: What was read out of them; one Problem without index means: nothing.
        received_at: Aware UTC time of arrival.
        parser: Name and version of the reader.
        headers: Kept as evidence; no secrets among them.
        key_id: The key or secret that proved the origin.
        actor: Who acted, where a person did: imports and gold by hand.
        scope: Projects that the key may speak for, None for all those of the source.
        may_declare_gold: Whether gold events are taken from this sender.
        spread: Give each row its own received microsecond, so that the order of a file decides
            between rows without times.
        delivery_id: The stored delivery that is read again; None for a new one.
        import_id: The first delivery of the same imported file.
    """

    source: str
    body: bytes
    parsed: Parsed
    received_at: datetime
    parser: str
    headers: Mapping[str, object] = field(default_factory=dict)
    key_id: str | None = None
    actor: str | None = None
    scope: frozenset[str] | None = None
    may_declare_gold: bool = True
    spread: bool = False
    delivery_id: int | None = None
    import_id: int | None = None


class Draft:
    """One event with all that its row needs, and what became of it.

    Attributes:
        event_id: As the source or its reader gave it.
        stored_id: As it stands on record; empty where names must be made first.
        problem: Why it cannot be taken.
        receipt: Where it is on record: the original place where it was there before.
        delivery_id: The delivery that brought it then.
        twin: The same event earlier in the same transaction.
    """

    __slots__ = (
        "delivery_id", "doubted", "event",
        "event_id", "item_key", "label", "labeler_key", "occurred_us",
        "position", "problem", "project", "question", "receipt", "received_us", "revised_us",
        "stored_id",
        "twin",
    )  # fmt: skip

    def __init__(self, event: Event, position: int, project: KnownProject) -> None:
        """Begin with what is known before any check."""
        self.event = event
        self.position = position
        self.project = project
        self.problem: Problem | None = None
        self.question = NO_QUESTION
        self.label: str | None = None
        self.item_key: Key | None = None
        self.labeler_key: Key | None = None
        self.event_id = ""
        self.stored_id = ""
        self.occurred_us: int | None = None
        self.revised_us: int | None = None
        self.received_us = 0
        self.doubted = False
        self.receipt: Receipt | None = None
        self.twin: Draft | None = None
        self.delivery_id: int | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A problem and the id of its event, if it was read so far."""

    problem: Problem
    event_id: str | None


def drafts_of(submission: Submission, source: KnownSource) -> tuple[list[Draft], list[Refused]]:
    """Check all events of a submission against what the source may say.

    Returns:
        The drafts in the order of the delivery (some with a problem of their own), and the
        problems of events that belong to no project known here.
    """
    received = microseconds(submission.received_at)
    step = 1 if submission.spread else 0
    drafts: list[Draft] = []
    strangers: list[Refused] = []
    parsed = submission.parsed
    for event, position in zip(parsed.events, parsed.positions, strict=True):
        project = source.projects.get(event.project)
        if project is None or not _in_scope(submission, event.project):
            strangers.append(Refused(_unknown_project(event, position, source), event.event_id))
            continue
        draft = Draft(event, position, project)
        draft.received_us = received + step * position
        try:
            _fill(draft, source, submission)
        except InvalidEvent as error:
            draft.problem = Problem(index=position, code=error.code, detail=str(error))
        drafts.append(draft)
    return drafts, strangers


def _in_scope(submission: Submission, project: str) -> bool:
    return submission.scope is None or project in submission.scope


def _unknown_project(event: Event, position: int, source: KnownSource) -> Problem:
    # One answer for a project that is missing and for one that is not this source's, so that
    # nobody learns the names of other people's projects.
    detail = f"project {event.project[:200]!r} is none that source {source.name!r} may speak for"
    return Problem(index=position, code="unknown_project", detail=detail)


def _fill(draft: Draft, source: KnownSource, submission: Submission) -> None:
    """Work out ids first: a known event stays known though its label would now be refused."""
    event = draft.event
    draft.event_id = _event_id(event.event_id)
    if event.item:
        draft.item_key = (item_space(draft.project.id, source.id_space), _text(event.item, "item"))
    if event.labeler is not None and event.type.startswith("label."):
        draft.labeler_key = (source.id_space, _text(event.labeler, "labeler"))
    _fill_times(draft)
    _check_address(event)
    if event.type.startswith("gold.") and not submission.may_declare_gold:
        raise InvalidEvent("this key may not declare gold", code="gold_not_allowed")
    draft.question = _question(draft)
    draft.label = _label(event, draft.question)


def _event_id(raw: str | None) -> str:
    if not raw:
        raise InvalidEvent("event has no id", place="id", code="missing_field")
    if raw.startswith(OWN_PREFIX):
        raise InvalidEvent(f"ids that begin with {OWN_PREFIX!r} are ours", code="event_id_reserved")
    text = _text(raw, "id")
    if len(text) * 4 > _MOST_ID_BYTES and len(text.encode()) > _MOST_ID_BYTES:
        return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
    return text


def _text(text: str, place: str) -> str:
    if "\x00" in text:
        raise InvalidEvent("text holds a NUL character", place=place, code="not_text")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise InvalidEvent(
                "text holds a lone surrogate", place=place, code="not_text"
            ) from None
    return text


def _fill_times(draft: Draft) -> None:
    event, received = draft.event, draft.received_us
    if event.occurred_at is not None:
        draft.occurred_us = microseconds(event.occurred_at)
        draft.doubted = not received - OLDEST_US <= draft.occurred_us <= received + NEWEST_US
    if event.revised_at is not None:
        draft.revised_us = microseconds(event.revised_at)
        late = not received - OLDEST_US <= draft.revised_us <= received + NEWEST_US
        draft.doubted = draft.doubted or late


def names_annotation_only(event: Event) -> bool:
    """Say whether a withdrawal names its judgment by annotation, not by item and labeler.

    >>> names_annotation_only(Event(type="label.withdrawn", project="p", annotation_id="a-77"))
    True
    """
    named = bool(event.item and event.labeler)
    return event.type == "label.withdrawn" and bool(event.annotation_id) and not named


def _check_address(event: Event) -> None:
    if names_annotation_only(event):
        return
    if not event.item:
        raise InvalidEvent("required, but missing", place="item", code="missing_field")
    if event.type.startswith("label.") and not event.labeler:
        raise InvalidEvent("required, but missing", place="labeler", code="missing_field")


def _question(draft: Draft) -> KnownQuestion:
    if draft.event.type == "item.described" or names_annotation_only(draft.event):
        return NO_QUESTION
    name = draft.event.question
    question = draft.project.questions.get(name)
    if question is None:
        detail = f"project {draft.project.name!r} has no question {name[:200]!r}"
        raise InvalidEvent(detail, place="question", code="unknown_question")
    return question


def _label(event: Event, question: KnownQuestion) -> str | None:
    if event.type not in {"label.submitted", "gold.declared"}:
        return None
    label = event.label
    if isinstance(label, str):
        known = question.labels.get(label)
        if known is None:
            known = canonical_label(label, question.scale, question.classes)
            question.labels[label] = known
        return known
    if label is None and event.detail.get("skipped") is True:
        return None  # on record, and no vote
    return canonical_label(label, question.scale, question.classes)


_encode = msgspec.json.Encoder(order="sorted", enc_hook=dict).encode


def is_derived(event_id: str) -> bool:
    """Say whether an event id was made here, by `domain/event_ids.py`, from what the event says.

    >>> is_derived("row-" + 40 * "0" + "-1"), is_derived("evt-123")
    (True, False)
    """
    return event_id.startswith("row-") and _DERIVED.fullmatch(event_id) is not None


def keyed_id(event_id: str, salt: bytes) -> str:
    """Return a derived event id as it stands on record.

    It is a digest of names, too, against which guesses could be tested: so it is digested again,
    keyed by salts that erasure destroys.
    """
    return "row:" + hashlib.blake2b(event_id.encode(), key=salt, digest_size=20).hexdigest()


def content_digest(draft: Draft, item: str | None, labeler: str | None, salt: bytes) -> bytes:
    """Return the digest by which a repeated event is told from a changed one.

    It holds pseudonyms for names and is keyed by salts that erasure destroys, so that nobody can
    test guesses against it afterwards.
    """
    event = draft.event
    said = (
        event.type, event.project, item, labeler, event.question, event.labeler_kind, event.label,
        event.annotation_id, draft.occurred_us, draft.revised_us, event.duration_seconds,
        event.replicate, event.content or None, event.item_features or None, event.detail or None,
    )  # fmt: skip
    return hashlib.blake2b(_encode(said), key=salt, digest_size=32).digest()


def detail_text(event: Event, hide: Callable[[object], str]) -> str:
    """Return what else a source said, as compact JSON; session and network only as keyed digests.

    Args:
        event: The event.
        hide: Returns the keyed digest of a text.
    """
    if not event.detail:
        return "{}" if event.labeler_kind == "human" else _kind_text(event.labeler_kind)
    detail = dict(event.detail)
    if event.labeler_kind != "human":
        detail["labeler_kind"] = event.labeler_kind
    provenance = detail.get("provenance")
    if isinstance(provenance, Mapping):
        detail["provenance"] = {
            name: hide(value) if name in {"session", "network"} else value
            for name, value in provenance.items()
        }
    return _encode(detail).decode()


def _kind_text(kind: str) -> str:
    return f'{{"labeler_kind":"{kind}"}}'
