"""Deliveries on their way into the record: made plain and sealed before a transaction begins.

What needs no database is done here, by whoever submits; what is left for the writer is short.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import msgspec

from labeltrust.domain.clock import microseconds
from labeltrust.domain.errors import InvalidEvent
from labeltrust.domain.events import Event, Parsed
from labeltrust.store.details import detail_text, encode
from labeltrust.store.pulls import PlainPull, plain_pull
from labeltrust.store.vault import Vault

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
        may_change_gold: Whether they are, where an item has another gold label: of a platform, and
            of what two persons agreed on.
        spread: Give each row its own received microsecond, so that the order of a file decides
            between rows without times.
        delivery_id: The stored delivery that is read again; None for a new one.
        import_id: The first delivery of the same imported file.
        heard: The source sent it; what was read from its platform says nothing of how it sends.
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
    may_change_gold: bool = True
    spread: bool = False
    delivery_id: int | None = None
    import_id: int | None = None
    heard: bool = True


class Plain(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An event as columns: times as microseconds, contents as JSON text.

    Attributes:
        event_id: As it stands on record, but for derived ones (`is_derived`).
        label: As sent: its question's scale is the writer's to know.
        said: All that the sender said but names and checksum, for the content digest.
        flaw: Code and reason where the event cannot be taken whatever the project says.
        is_checked: A checksum of content and features was stated, and is right.
    """

    position: int
    type: str
    project: str
    event_id: str
    is_derived: bool
    item: str
    labeler: str | None
    labeler_kind: str
    question: str
    label: Any
    is_skip: bool
    annotation: str | None
    occurred_us: int | None
    revised_us: int | None
    seconds: float | None
    replicate: int
    detail: str
    content: str
    features: str
    said: bytes
    flaw: tuple[str, str] | None
    is_checked: bool = False


class Packed(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A submission ready for the writer: its body sealed, its events plain.

    Attributes:
        body: Sealed with `data_key`, or raw where that is empty; empty itself where `delivery_id`
            names a stored one.
        digest: Of the raw body.
        size: Bytes of the raw body.
        headers: JSON text.
        told: JSON text of what must be equal for two deliveries to be one.
        step: Microseconds from row to row.
        unread: Problems of the reader: place, code, detail, status.
        pulls: What is to be read from the platform.
        heard: As in `Submission`.
    """

    source: str
    body: bytes
    data_key: bytes
    digest: bytes
    size: int
    received_at: datetime
    headers: str
    told: str
    parser: str
    key_id: str | None
    actor: str | None
    scope: frozenset[str] | None
    may_declare_gold: bool
    may_change_gold: bool
    step: int
    delivery_id: int | None
    import_id: int | None
    rows: list[Plain]
    unread: list[tuple[int | None, str, str, int]]
    pulls: list[PlainPull] = []
    heard: bool = True
    past: bool = False  # from a file, whose times are long ago by nature


def pack(submission: Submission, vault: Vault, *, seal: bool = True) -> Packed:
    """Make a submission's events plain and seal its body, or leave that to the writer."""
    parsed, headers = submission.parsed, dict(submission.headers)
    is_new = submission.delivery_id is None
    body, data_key = submission.body if is_new else b"", b""
    if seal and is_new:
        body, data_key = vault.seal(body)
    kept = encode(headers).decode()

    def hide(value: object) -> str:
        return vault.lookup("trace", str(value)).hex()

    places = zip(parsed.events, parsed.positions, strict=True)
    return Packed(
        source=submission.source,
        body=body,
        data_key=data_key,
        digest=hashlib.sha256(submission.body).digest(),
        size=len(submission.body),
        received_at=submission.received_at,
        headers=kept,
        told=told(headers) if "file" in headers else kept,
        parser=submission.parser,
        key_id=submission.key_id,
        actor=submission.actor,
        scope=submission.scope,
        may_declare_gold=submission.may_declare_gold,
        may_change_gold=submission.may_change_gold,
        step=1 if submission.spread else 0,
        delivery_id=submission.delivery_id,
        import_id=submission.import_id,
        rows=[plain(event, position, hide) for event, position in places],
        unread=[(p.index, p.code, p.detail, p.status) for p in parsed.problems],
        pulls=[plain_pull(one) for one in parsed.pulls],
        heard=submission.heard,
        past="file" in headers,
    )


def told(headers: Mapping[str, object]) -> str:
    """Return as JSON text what must be equal for two deliveries to be one: all but a file's name.

    >>> told({"file": "a.csv", "first_row": 1})
    '{"first_row":1}'
    """
    return encode({name: value for name, value in headers.items() if name != "file"}).decode()


def plain(event: Event, position: int, hide: Callable[[object], str]) -> Plain:
    """Return an event as columns.

    Args:
        event: The event.
        position: Its place in the delivery.
        hide: Returns the keyed digest of a text that tells too much.
    """
    occurred = None if event.occurred_at is None else microseconds(event.occurred_at)
    revised = None if event.revised_at is None else microseconds(event.revised_at)
    content = encode(event.content).decode() if event.content else ""
    features = encode(event.item_features).decode() if event.item_features else ""
    detail = encode(event.detail).decode() if event.detail else ""
    said = (
        event.type, event.project, event.question, event.labeler_kind, event.label,
        event.annotation_id, occurred, revised, event.duration_seconds, event.replicate,
        content, features, detail,
    )  # fmt: skip
    raw, seconds = event.event_id or "", event.duration_seconds
    return Plain(
        position, event.type, event.project, _short(raw), is_derived(raw), event.item,
        event.labeler, event.labeler_kind, event.question, event.label,
        bool(detail) and event.detail.get("skipped") is True, event.annotation_id, occurred,
        revised, None if seconds is None else float(seconds), event.replicate,
        detail_text(event, detail, hide), content, features, encode(said), flaw_of(event),
        event.content_checksum is not None and event.flaw is None,
    )  # fmt: skip


def is_derived(event_id: str) -> bool:
    """Say whether an event id was made here, by `domain/event_ids.py`, from what the event says.

    >>> is_derived("row-" + 40 * "0" + "-1"), is_derived("evt-123")
    (True, False)
    """
    return event_id.startswith("row-") and _DERIVED.fullmatch(event_id) is not None


def _short(event_id: str) -> str:
    """Return an id that an index can hold."""
    if len(event_id) * 4 <= _MOST_ID_BYTES:
        return event_id
    text = event_id.encode(errors="replace")
    return event_id if len(text) <= _MOST_ID_BYTES else f"sha256:{hashlib.sha256(text).hexdigest()}"


def names_annotation_only(event: Event) -> bool:
    """Say whether a withdrawal names its judgment by annotation, not by item and labeler.

    >>> names_annotation_only(Event(type="label.withdrawn", project="p", annotation_id="a-77"))
    True
    """
    named = bool(event.item and event.labeler)
    return event.type == "label.withdrawn" and bool(event.annotation_id) and not named


def flaw_of(event: Event) -> tuple[str, str] | None:
    """Return code and reason where an event cannot be taken, whatever its project says.

    >>> flaw_of(Event(type="gold.declared", project="p", event_id="e1", label="x"))
    ('missing_field', 'item: required, but missing')
    """
    if _is_usual(event):
        return None
    try:
        _check_id(event.event_id)
        _check_text(event.item, "item")
        _check_text(event.labeler, "labeler")
        _check_text(event.annotation_id, "annotation_id")
        _check_address(event)
    except InvalidEvent as error:
        return error.code, str(error)
    return event.flaw


def _is_usual(event: Event) -> bool:
    """Say whether an event is plainly sound, as nearly all are; others are looked at closely."""
    if event.type != "label.submitted" or event.annotation_id is not None or event.flaw:
        return False
    if not (event.event_id and event.item and event.labeler):
        return False
    texts = f"{event.event_id}{event.item}{event.labeler}"
    return texts.isascii() and "\x00" not in texts and not texts.startswith(OWN_PREFIX)


def _check_id(event_id: str | None) -> None:
    if not event_id:
        raise InvalidEvent("required, but missing", place="id", code="missing_field")
    if event_id.startswith(OWN_PREFIX):
        raise InvalidEvent(f"ids that begin with {OWN_PREFIX!r} are ours", code="event_id_reserved")
    _check_text(event_id, "id")


def _check_text(text: str | None, place: str) -> None:
    if text is None or (text.isascii() and "\x00" not in text):
        return
    if "\x00" in text:
        raise InvalidEvent("text holds a NUL character", place=place, code="not_text")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InvalidEvent("text holds a lone surrogate", place=place, code="not_text") from None


def _check_address(event: Event) -> None:
    if not event.item and not names_annotation_only(event):
        raise InvalidEvent("required, but missing", place="item", code="missing_field")
    if event.type[:6] == "label." and not event.labeler and not names_annotation_only(event):
        raise InvalidEvent("required, but missing", place="labeler", code="missing_field")
