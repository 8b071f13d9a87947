"""The rows that count as current judgments, for questions that keep the last or all answers."""

from collections.abc import Callable

import numpy as np

from labeltrust.store.current import Bool, EventIds, ended, group_codes, in_order, last_of_group
from labeltrust.store.slices import NONE, SUBMITTED, WITHDRAWN, EventColumns, Int

Annotations = Callable[[], Int]
"""Returns (n,) codes of (source, annotation id), -1 where an event names none; read on demand."""


def standing_rows(
    events: EventColumns,
    labeler: Int,
    item: Int,
    event_ids: EventIds,
    annotations: Annotations,
    *,
    keep_all: bool,
) -> Int:
    """Return the row numbers of the current judgments, ascending.

    Args:
        events: All events of the question.
        labeler: (n,) representative labeler ids, merges resolved.
        item: (n,) representative item ids.
        event_ids: See `in_order`.
        annotations: See `Annotations`.
        keep_all: `repeats: all`; every numbered answer counts, and every answer without a number
            and without an annotation that it could revise.
    """
    said = (events.kind == SUBMITTED) | (events.kind == WITHDRAWN)
    by_annotation = said & (events.kind == WITHDRAWN) & (labeler == NONE)
    alive = said & ~by_annotation
    if by_annotation.any():
        alive &= ~_ended_by_annotation(events, said, by_annotation, event_ids, annotations())
    rows = np.flatnonzero(alive)
    key = group_codes(labeler[rows], item[rows])
    if keep_all:
        return _all(events, rows, key, event_ids, annotations)
    order = in_order(key, events.order_us[rows], events.sequence[rows], event_ids)
    newest = rows[order[last_of_group(key[order])]]
    return np.sort(newest[_votes(events, newest)])


def _votes(events: EventColumns, rows: Int) -> Bool:
    votes: Bool = (events.kind[rows] == SUBMITTED) & (events.label[rows] != NONE)
    return votes


def _ended_by_annotation(
    events: EventColumns, said: Bool, tombstone: Bool, event_ids: EventIds, annotation: Int
) -> Bool:
    """Mark what withdrawals that name only (source, annotation id) end."""
    rows = np.flatnonzero(said & (annotation != NONE))
    group = annotation[rows]
    order = in_order(group, events.order_us[rows], events.sequence[rows], event_ids)
    out = np.zeros(said.size, dtype=bool)
    out[rows] = ended(order, group, tombstone[rows])
    return out


def _all(
    events: EventColumns, rows: Int, key: Int, event_ids: EventIds, annotations: Annotations
) -> Int:
    """Keep the newest answer of each slot that no later withdrawal ends."""
    slot, named = _slots(events, rows, key, annotations)
    withdrawn = events.kind[rows] == WITHDRAWN
    order_us, sequence = events.order_us[rows], events.sequence[rows]
    whole = in_order(key, order_us, sequence, event_ids)
    gone = ended(whole, key, withdrawn & ~named)
    order = in_order(slot, order_us, sequence, event_ids)
    newest = order[last_of_group(slot[order])]
    kept = rows[newest[~gone[newest]]]
    return np.sort(kept[_votes(events, kept)])


def _slots(events: EventColumns, rows: Int, key: Int, annotations: Annotations) -> tuple[Int, Bool]:
    """Return which answers revise each other, and which events name one answer of several."""
    replicate = events.replicate[rows]
    annotation = np.full(rows.size, NONE, dtype=np.int64)
    if events.annotated[rows].any():
        annotation = annotations()[rows]
    named = (replicate > 0) | (annotation != NONE)
    single = np.where(named, 0, events.sequence[rows])
    return group_codes(key, replicate, np.where(replicate > 0, NONE, annotation), single), named
