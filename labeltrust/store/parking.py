"""Events that nobody can record for a fault of ours: tried, then held like those nobody can read.

One such event must not be asked for again and again by its sender, nor keep its neighbours out.
"""

import logging
from collections.abc import Sequence
from typing import Final, Protocol

from msgspec.structs import replace

from labeltrust.domain.errors import LabeltrustError
from labeltrust.domain.events import Outcome
from labeltrust.store.drafts import Packed, Plain

TRIES: Final = 3
"""With its group, alone, and once more: what meets another transaction by chance passes by then."""
CODE: Final = "not_recordable"
_STATUS: Final = 500
_LOG = logging.getLogger("labeltrust.writer")


class Trying(Protocol):
    """What records: a `store.recording.Recorder`."""

    def record_packed(self, deliveries: Sequence[Packed]) -> list[Outcome]:
        """Record deliveries, all or none."""
        ...

    def would_fail(self, packed: Packed) -> bool:
        """Say whether recording a delivery raises."""
        ...


def parked(recorder: Trying, packed: Packed, error: Exception) -> Outcome:
    """Record what can be recorded of a delivery, and hold the rest of it in quarantine.

    Args:
        recorder: What records.
        packed: A delivery that failed by itself.
        error: What it raised the last time.

    Raises:
        Exception: The error, where it was raised on purpose or was about a stored delivery.
    """
    if isinstance(error, LabeltrustError) or packed.delivery_id is not None:
        raise error
    try:
        return recorder.record_packed([packed])[0]
    except LabeltrustError:
        raise
    except Exception as again:  # noqa: BLE001 - logged; what can be saved of the delivery is
        _LOG.exception("events cannot be recorded and are held in quarantine")
        return recorder.record_packed([_without_poison(recorder, packed, again)])[0]


def _without_poison(recorder: Trying, packed: Packed, error: Exception) -> Packed:
    bad = _poison(recorder, packed, packed.rows)
    words = f"it could not be recorded ({type(error).__name__}); it is kept, and can be tried again"
    good = [row for row in packed.rows if row.position not in bad]
    held = [(place, CODE, words, _STATUS) for place in sorted(bad)]
    rest = replace(packed, rows=good, unread=[*packed.unread, *held])
    if bad and not recorder.would_fail(rest):
        return rest
    return replace(packed, rows=[], pulls=[], unread=[(None, CODE, words, _STATUS)])


def _poison(recorder: Trying, packed: Packed, rows: list[Plain]) -> set[int]:
    """Return the places of events that fail, found by halves; nothing is stored meanwhile."""
    if not rows or not recorder.would_fail(replace(packed, rows=rows, pulls=[])):
        return set()
    if len(rows) == 1:
        return {rows[0].position}
    half = len(rows) // 2
    return _poison(recorder, packed, rows[:half]) | _poison(recorder, packed, rows[half:])
