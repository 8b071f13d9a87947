"""The generic event: one JSON object, a JSON array of them, or one on each line (NDJSON).

A body is read as lines where its content type says so, or where its first line is a whole object
and more follows. A batch holds at most 1,000 events. One bad event becomes a problem with its
position; the others go in.
"""

from collections.abc import Iterable

import msgspec

from labeltrust.domain.errors import TooLarge
from labeltrust.domain.events import Event, Parsed
from labeltrust.ingest._base import Delivery, Platform, collect
from labeltrust.ingest._fast_json import decode_fast
from labeltrust.ingest._generic_event import FastWire, read_event, to_event
from labeltrust.ingest._signing import check_token, prove_header
from labeltrust.ingest._strict_json import read_json

MAX_EVENTS = 1_000
LINE_TYPES = frozenset({"application/x-ndjson", "application/ndjson", "application/jsonl"})


def parse(delivery: Delivery) -> Parsed:
    """Read the generic events of a body.

    Raises:
        UnreadableDelivery: The body as a whole is no strict JSON.
        TooLarge: More than 1,000 events.

    >>> from datetime import UTC, datetime
    >>> body = b'{"id":"e1","type":"gold.withdrawn","project":"p","item":"i"}'
    >>> now = datetime(2026, 11, 22, tzinfo=UTC)
    >>> parse(Delivery(source="s", body=body, headers={}, received_at=now)).events[0].item
    'i'
    """
    body = delivery.body
    if _is_lines(body, delivery.headers.get("content-type", "")):
        return _read_lines(body)
    if body.lstrip()[:1] == b"[":
        wires = decode_fast(_FAST_LIST.decode, body)
        return _read_trees(read_json(body)) if wires is None else _read_wires(wires)
    wire = decode_fast(_FAST.decode, body)
    return _read_trees(read_json(body)) if wire is None else _read_wires([wire])


def _is_lines(body: bytes, content_type: str) -> bool:
    if content_type.partition(";")[0].strip().lower() in LINE_TYPES:
        return True
    first, _, rest = body.lstrip().partition(b"\n")
    return first.startswith(b"{") and first.rstrip().endswith(b"}") and bool(rest.strip())


def _read_lines(body: bytes) -> Parsed:
    wires = decode_fast(_FAST.decode_lines, body)
    if wires is not None:
        return _read_wires(wires)
    lines = [(n, line) for n, line in enumerate(body.split(b"\n"), 1) if line.strip()]
    _check_size(len(lines))
    return collect(_read_line, range(len(lines)), lines)


def _read_line(line: tuple[int, bytes]) -> Event:
    number, text = line
    return read_event(read_json(text, first_line=number))


def _read_wires(wires: list[FastWire]) -> Parsed:
    _check_size(len(wires))
    return collect(to_event, range(len(wires)), wires)


def _read_trees(tree: object) -> Parsed:
    trees: Iterable[object] = tree if isinstance(tree, list) else [tree]
    values = list(trees)
    _check_size(len(values))
    return collect(read_event, range(len(values)), values)


def _check_size(n_events: int) -> None:
    if n_events > MAX_EVENTS:
        detail = (
            f"the batch holds {n_events} events, at most {MAX_EVENTS} are allowed; send several"
        )
        raise TooLarge(detail)


_FAST = msgspec.json.Decoder(FastWire)
_FAST_LIST = msgspec.json.Decoder(list[FastWire])

_HINT = "Send it with every call as 'Authorization: Bearer SECRET'."

PLATFORM = Platform(
    name="generic",
    title="Generic events",
    parser_version="generic/1",
    prove=prove_header,
    parse=parse,
    secret_hint=_HINT,
    check_secret=check_token,
    static_header="Authorization",
)
