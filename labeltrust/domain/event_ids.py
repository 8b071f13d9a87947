"""Event ids for facts that come without one, such as the rows of a file."""

from collections import Counter
from collections.abc import Iterable
from hashlib import blake2b

import msgspec

from labeltrust.domain.clock import microseconds
from labeltrust.domain.events import Event

DIGEST_BYTES = 20


def derive_event_ids(events: Iterable[Event], source: str, seen: Counter[int]) -> tuple[Event, ...]:
    """Give each event without an id one that the same fact gets again.

    The id is a digest of source, project, type, item, labeler, question, label and created_at
    (with replicate and annotation id, and with the content of a description), and behind it the
    occurrence number of that tuple. So the same file twice gives the same ids, and a row that
    stands twice in a file gives two. A label is the same as number and as text (`1`, `1.0`,
    `"1"`), so that a table gives the same ids as CSV and as Parquet.

    Args:
        events: In the order of the file.
        source: Name of the source.
        seen: How often each tuple came before, by 64 bits of its digest; one counter for a whole
            file, changed in place. (Two tuples that share the 64 bits get occurrence numbers that
            skip one: still the same ids each time.)

    >>> row = Event(type="label.submitted", project="p", item="i", labeler="a", label="x")
    >>> seen: Counter[int] = Counter()
    >>> [one.event_id[-2:] for one in derive_event_ids([row, row], "s", seen)]
    ['-1', '-2']
    """
    return tuple([one if one.event_id else _with_id(one, source, seen) for one in events])


def _with_id(event: Event, source: str, seen: Counter[int]) -> Event:
    digest = blake2b(_identity(event, source), digest_size=DIGEST_BYTES).digest()
    short = int.from_bytes(digest[:8])
    occurrence = seen.get(short, 0) + 1
    seen[short] = occurrence
    return msgspec.structs.replace(event, event_id=f"row-{digest.hex()}-{occurrence}")


def _identity(event: Event, source: str) -> bytes:
    created_at = event.revised_at or event.occurred_at
    described = event.type == "item.described"
    return _encode(
        (
            source,
            event.project,
            event.type,
            event.item,
            event.labeler,
            event.question,
            event.label if isinstance(event.label, str) else _as_text(event.label),
            created_at and microseconds(created_at),
            event.replicate,
            event.annotation_id,
            (event.content, event.item_features) if described else None,
        )
    )


def _as_text(label: object) -> object:
    if isinstance(label, bool):
        return "true" if label else "false"
    if isinstance(label, float) and label.is_integer():
        return str(int(label))
    return str(label) if isinstance(label, int | float) else label


_encode = msgspec.json.Encoder(order="sorted", enc_hook=dict).encode
