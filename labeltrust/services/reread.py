"""A stored delivery, read again by the reader as it is now."""

import io
from collections import Counter
from dataclasses import replace

import msgspec

from labeltrust.domain.errors import Conflict, LabeltrustError, Misconfigured, UnreadableDelivery
from labeltrust.domain.events import Event, Parsed, Problem
from labeltrust.ingest import generic
from labeltrust.ingest._base import Delivery, Platform
from labeltrust.ingest.files import FileFormat, RowSettings, file_formats
from labeltrust.services.deployment import Deployment
from labeltrust.services.intake import read_delivery, with_event_ids
from labeltrust.services.platforms import platforms
from labeltrust.store.quarantine import HeldRow, Original


def opened_body(deployment: Deployment, stored: Original) -> bytes:
    """Return the raw bytes of a stored delivery.

    Raises:
        Conflict: They were destroyed.
        Tampered: They were changed.
    """
    if stored.body is None or stored.data_key is None:
        detail = f"the original of delivery {stored.id} was destroyed"
        raise Conflict(detail)
    return deployment.vault.open(stored.body, stored.data_key)


def reread(stored: Original, body: bytes, held: HeldRow) -> tuple[Parsed, str]:
    """Read a stored delivery again.

    Args:
        stored: The delivery.
        body: Its raw bytes.
        held: The row that is retried: only its event is wanted, or all where it names none.

    Returns:
        What can be read now, and name and version of the reader.
    """
    if "format" in stored.headers:
        parsed, parser = _read_piece(stored, body)
    else:
        platform = _platform(stored)
        delivery = Delivery(
            source=stored.source,
            body=body,
            headers={name: str(value) for name, value in stored.headers.items()},
            received_at=stored.received_at,
            config=stored.config,
        )
        parsed, parser = read_delivery(platform, delivery), platform.parser_version
    return (parsed if held.position is None else _one(parsed, held)), parser


def _platform(stored: Original) -> Platform:
    """Return the adapter that read a delivery: our own events come for any source."""
    if stored.parser.startswith("generic/"):
        return generic.PLATFORM
    found = platforms().get(stored.platform)
    if found is None:
        detail = f"there is no adapter for platform {stored.platform!r} any more"
        raise Misconfigured(detail)
    return found


def _read_piece(stored: Original, body: bytes) -> tuple[Parsed, str]:
    told = stored.headers
    kind: FileFormat = file_formats()[str(told["format"])]
    settings = RowSettings(
        project=str(told["project"]),
        question=str(told["question"]),
        labeler_kind=told["labeler_kind"],  # type: ignore[arg-type] # as it was written
        gold=bool(told["gold"]),
        config=stored.config,
        rows_per_piece=len(body),  # all of it at once
    )
    try:
        pieces = [piece.parsed for piece in kind.read(io.BytesIO(body), settings)]
    except (UnreadableDelivery, Misconfigured) as error:
        return _nothing(error), kind.parser_version
    parsed = pieces[0] if pieces else Parsed(events=(), positions=())
    return with_event_ids(parsed, stored.source, Counter()), kind.parser_version


def _nothing(error: LabeltrustError) -> Parsed:
    problem = Problem(index=None, code=error.code, detail=str(error))
    return Parsed(events=(), positions=(), problems=(problem,))


def _one(parsed: Parsed, held: HeldRow) -> Parsed:
    places = zip(parsed.positions, parsed.events, strict=True)
    events = [event for place, event in places if place == held.position]
    problems = [
        replace(problem, index=held.position)
        for problem in parsed.problems
        if problem.index in {held.position, None}
    ]
    if len(events) == 1 and held.event_id:
        events = [_named(events[0], held.event_id)]
    return Parsed(
        events=tuple(events),
        positions=(held.position or 0,) * len(events),
        problems=tuple(problems),
    )


def _named(event: Event, event_id: str) -> Event:
    """Give an event the id it had: one derived from a part of a file may count differently."""
    return msgspec.structs.replace(event, event_id=event_id)
