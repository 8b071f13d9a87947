"""Oracle I6: what is derived equals the same derived again from the history alone.

The history is read out and recorded anew in an installation that never failed; both are assessed,
and the documents must be equal but for what people and time add: numbers of flags, moments.
"""

import hashlib
import json
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from chaos.site import SOURCE, Site, fresh_site
from chaos.traffic import PROJECT
from factories import owner

from labeltrust.domain.clock import moment
from labeltrust.domain.events import Event, Parsed
from labeltrust.services.assess_project import assess_project
from labeltrust.services.deployment import Deployment
from labeltrust.services.read_assessment import read_assessment
from labeltrust.store import jobs
from labeltrust.store.assessments import projects_with_news
from labeltrust.store.drafts import Submission
from labeltrust.store.recording import Recorder
from labeltrust.store.session import reading
from labeltrust.store.statements import Statements

_ASIDE = frozenset({"flag", "frozen", "flags_opened", "as_of", "events_through", "breaker_tripped"})
_SQL = (
    "SELECT e.event_id, e.type, i.outside_id, l.outside_id, e.label, e.occurred_us, e.received_us "
    "FROM event e JOIN chain c ON c.id = e.chain_id "
    "LEFT JOIN item_alias i ON i.id = e.item_alias_id "
    "LEFT JOIN labeler_alias l ON l.id = e.labeler_alias_id "
    "WHERE c.name = ? AND e.source_id IS NOT NULL ORDER BY e.sequence"
)


def settled(site: Site, seconds: float = 180.0) -> bool:
    """Wait until background work has read all news; say whether it has."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with site.opened() as deployment, reading(deployment.engine) as session:
            if not projects_with_news(session, acts=True) and not _assessing(session):
                return True
        time.sleep(0.3)
    return False


def _assessing(session: Any) -> bool:
    return bool(jobs.jobs_of(session, "assess"))


def rebuilt_findings(site: Site) -> Iterator[str]:
    """Yield where live and rebuilt figures differ; a server must run that does background work."""
    if not settled(site):
        yield "I6 background work did not come to an end"
        return
    with site.opened() as deployment:
        live = _figures(read_assessment(deployment, owner(), PROJECT))
        events = _history(deployment)
        tallied = _tallied(deployment)
    if tallied != len(events):
        yield f"I6 the tally of the source says {tallied}, the history {len(events)}"
    with fresh_site("sqlite", site.seed) as anew, anew.opened() as deployment:
        _record(deployment, events)
        again = _figures(assess_project(deployment, owner(), PROJECT))
    if digest(live) != digest(again):
        yield f"I6 rebuilt from history is not what is live: {_difference(live, again)}"


def _history(deployment: Deployment) -> list[tuple[Event, datetime]]:
    with deployment.engine.connect() as connection:
        rows = Statements(connection).rows(_SQL, (PROJECT,))
    return [
        (
            Event(
                event_id=name,
                type=kind,
                project=PROJECT,
                item=item,
                labeler=labeler,
                label=label,
                occurred_at=None if occurred is None else moment(occurred),
            ),
            moment(received),
        )
        for name, kind, item, labeler, label, occurred, received in rows
    ]


def _tallied(deployment: Deployment) -> int:
    sql = (
        "SELECT coalesce(sum(t.accepted), 0) FROM source_tally t JOIN source s "
        "ON s.id = t.source_id WHERE s.name = ?"
    )
    with deployment.engine.connect() as connection:
        return int(Statements(connection).rows(sql, (SOURCE,))[0][0])


def _record(deployment: Deployment, events: list[tuple[Event, datetime]]) -> None:
    recorder = Recorder(deployment.engine, deployment.vault)
    for start in range(0, len(events), 1_000):
        part = events[start : start + 1_000]
        recorder.record([_submission(event, at, start + n) for n, (event, at) in enumerate(part)])


def _submission(event: Event, at: datetime, number: int) -> Submission:
    return Submission(
        source=SOURCE,
        body=str(number).encode(),
        parsed=Parsed(events=(event,), positions=(0,)),
        received_at=at,
        parser="chaos/1",
    )


def _figures(document: Any) -> Any:
    """Drop what flags and time add to an assessment."""
    if isinstance(document, dict):
        return {k: _figures(v) for k, v in document.items() if k not in _ASIDE}
    if isinstance(document, list):
        return [_figures(one) for one in document]
    return document


def digest(document: Any) -> str:
    """Return the digest of figures, bit for bit."""
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def _difference(one: Any, other: Any, place: str = "") -> str:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted({*one, *other}):
            if one.get(key) != other.get(key):
                return _difference(one.get(key), other.get(key), f"{place}/{key}")
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, (a, b) in enumerate(zip(one, other, strict=True)):
            if a != b:
                return _difference(a, b, f"{place}/{number}")
    return f"{place}: {str(one)[:200]} and {str(other)[:200]}"
