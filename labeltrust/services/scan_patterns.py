"""Look for registered patterns in the items of new events, and tell every hit."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np
import structlog

from labeltrust.domain.clock import microseconds
from labeltrust.domain.errors import NotFound
from labeltrust.policy.trigger_patterns import matching, searched
from labeltrust.services._acts import begin_act, note
from labeltrust.services._heavy import heavily
from labeltrust.services.deployment import Deployment
from labeltrust.store.assessments import MACHINE
from labeltrust.store.chains import chain_end
from labeltrust.store.inserting import known_id
from labeltrust.store.jobs import Lease, require_lease
from labeltrust.store.projects import project_row
from labeltrust.store.session import reading, unit_of_work
from labeltrust.store.tables import TriggerPattern
from labeltrust.store.trigger_scans import (
    SLICE_EVENTS,
    Told,
    already_held,
    holding_any,
    items_between,
    keep_hits,
    label_counts,
)
from labeltrust.store.triggers import live_patterns

PATTERNS = "patterns"
MOST_TOLD = 100
"""Items that an event of the history names; the table holds all."""
_HOUR_US = 3_600_000_000
_LOG = structlog.get_logger("labeltrust.patterns")
_decode = msgspec.json.Decoder(dict[str, Any]).decode


@dataclass(slots=True, kw_only=True)
class _Scan:
    """One walk along a chain."""

    chain_id: int
    end: int
    patterns: Sequence[TriggerPattern]
    hits: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    labeled: set[int] = field(default_factory=set)
    seen: set[int] = field(default_factory=set)
    items: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    held: dict[int, int] = field(default_factory=lambda: defaultdict(int))


def scan_for_job(deployment: Deployment, lease: Lease) -> None:
    """Look for the patterns of a job's project; one that is gone is passed over."""
    try:
        heavily(deployment, scan_patterns, lease.key, lease)
    except NotFound:
        _LOG.info("project is gone", project=lease.key)


def scan_patterns(deployment: Deployment, project: str, lease: Lease | None = None) -> int:
    """Look for all patterns in the items of events that they were not looked for in yet.

    What is found, how far was looked, and the event of the history are one transaction: a scan
    that was cut short is made again, and finds the same.

    Returns:
        How many items are newly known to hold a pattern, counted by pattern.

    Raises:
        NotFound: There is no such project.
        Conflict: The lease was lost meanwhile.
    """
    with reading(deployment.engine) as session:
        row = project_row(session, project)
        end = chain_end(session, row)
        patterns = live_patterns(session, known_id(row.id))
    scan = _Scan(chain_id=end.chain_id, end=end.position, patterns=patterns)
    start = min((pattern.through for pattern in patterns), default=end.position)
    for first in range(start, end.position, SLICE_EVENTS):
        _look(deployment, scan, first, min(first + SLICE_EVENTS, end.position))
    return _kept(deployment, project, scan, lease) if start < end.position else 0


def _look(deployment: Deployment, scan: _Scan, start: int, end: int) -> None:
    """Look through the items of one slice; an item that was seen in this walk is looked at once."""
    told = items_between(deployment.engine, scan.chain_id, start, end)
    scan.labeled |= holding_any(deployment.engine, [one.item_id for one in told])
    new = [one for one in told if one.item_id not in scan.seen]
    scan.seen.update(one.item_id for one in new)
    found: set[int] = set()
    for pattern in scan.patterns:
        if pattern.through < end:
            found |= _matched(deployment, scan, pattern, new)
    for one in new:
        scan.items[one.source_id] += 1
        scan.held[one.source_id] += one.item_id in found


def _matched(
    deployment: Deployment, scan: _Scan, pattern: TriggerPattern, told: Sequence[Told]
) -> set[int]:
    """Note which items newly hold a pattern, and return them."""
    texts = [searched(_decode(o.content), _decode(o.features), pattern.place) for o in told]
    held = np.flatnonzero(matching(pattern.expression, texts)) if texts else ()
    items = {told[int(k)].item_id for k in held}
    number = known_id(pattern.id)
    new = items - already_held(deployment.engine, number, items)
    scan.hits[number] |= new
    return new


def _kept(deployment: Deployment, project: str, scan: _Scan, lease: Lease | None) -> int:
    wanted = scan.labeled.union(*scan.hits.values())
    counts = label_counts(deployment.engine, scan.chain_id, wanted) if wanted else {}
    at = deployment.clock()
    with unit_of_work(deployment.engine) as session:
        if lease is not None:
            require_lease(session, lease)
        row = project_row(session, project)
        act = begin_act(session, row, MACHINE, at)
        standing = {known_id(one.id): one for one in live_patterns(session, act.project_id)}
        hits = {number: found for number, found in scan.hits.items() if number in standing}
        hour = microseconds(at) // _HOUR_US
        tallies = [
            (act.project_id, source, hour, n, scan.held[source])
            for source, n in sorted(scan.items.items())
        ]
        keep_hits(session, hits, counts, tallies, at)
        nothing_newer = chain_end(session, row).position == scan.end
        for detail in _told(hits, counts):
            note(act, "trigger.hit", detail)
        # What was noted is about no item: it need not be looked through.
        through = chain_end(session, row).position if nothing_newer else scan.end
        for pattern in scan.patterns:
            mine = standing.get(known_id(pattern.id))
            if mine is not None:
                mine.through = max(mine.through, through)
                session.add(mine)
    return sum(map(len, hits.values()))


def _told(
    hits: Mapping[int, set[int]], counts: Mapping[int, tuple[int, int]]
) -> Iterator[dict[str, object]]:
    """Yield what history says of each pattern that was found; items by row, never by name."""
    for number, items in sorted(hits.items()):
        if items:
            labels, predictions = (sum(counts[item][k] for item in items) for k in (0, 1))
            yield {
                "pattern": number,
                "n": len(items),
                "items": sorted(items)[:MOST_TOLD],
                "labels": labels,
                "predictions": predictions,
            }
