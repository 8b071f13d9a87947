"""Oracle I6: what is derived equals the same derived again from the history alone.

The history is read out and recorded anew in an installation that never failed; both are assessed,
and the documents must be equal but for what people and time add: numbers of flags, moments.
What items show lies beside the history, so it is taken along as it is kept.
Intervals leave out groups of items by their number (`counts/_split.py`), and PostgreSQL skips
numbers where a transaction is undone; so items get the numbers that they have in the live one.
"""

import hashlib
import json
import secrets
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from chaos.site import SOURCE, Site, fresh_site
from chaos.traffic import PROJECT
from factories import owner
from sqlmodel import func, select

from labeltrust.domain.clock import moment
from labeltrust.domain.events import Event, Parsed
from labeltrust.services.assess_project import assess_project
from labeltrust.services.deployment import Deployment
from labeltrust.services.read_assessment import read_assessment
from labeltrust.store import jobs
from labeltrust.store.assessments import projects_with_news
from labeltrust.store.drafts import Submission
from labeltrust.store.recording import Recorder
from labeltrust.store.session import reading, unit_of_work
from labeltrust.store.statements import Statements
from labeltrust.store.tables import ItemAlias, Project

_ASIDE = frozenset(
    {"id", "flag", "frozen", "flags_opened", "as_of", "events_through", "breaker_tripped"}
)
_AT_ONCE = 1_000
_SQL = (
    "SELECT e.event_id, e.type, i.outside_id, l.outside_id, e.label, e.occurred_us, e.received_us, "
    "e.item_alias_id, COALESCE(k.content, '{}') "
    "FROM event e JOIN chain c ON c.id = e.chain_id "
    "LEFT JOIN item_alias i ON i.id = e.item_alias_id "
    "LEFT JOIN item_content k ON k.item_id = i.id "
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


Sent = tuple[Event, datetime, int]


def _history(deployment: Deployment) -> list[Sent]:
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
                content=json.loads(content),
            ),
            moment(received),
            number,
        )
        for name, kind, item, labeler, label, occurred, received, number, content in rows
    ]


def _tallied(deployment: Deployment) -> int:
    sql = (
        "SELECT coalesce(sum(t.accepted), 0) FROM source_tally t JOIN source s "
        "ON s.id = t.source_id WHERE s.name = ?"
    )
    with deployment.engine.connect() as connection:
        return int(Statements(connection).rows(sql, (SOURCE,))[0][0])


def _record(deployment: Deployment, events: list[Sent]) -> None:
    recorder = Recorder(deployment.engine, deployment.vault)
    for part in _parts(events):
        _skip_numbers(deployment, part[0][2])
        recorder.record([_submission(event, at) for event, at, _ in part])


def _parts(events: list[Sent]) -> Iterator[list[Sent]]:
    """Yield runs of events whose new items have numbers without gaps."""
    part: list[Sent] = []
    newest = 0
    for sent in events:
        if part and (len(part) == _AT_ONCE or sent[2] > newest + 1):
            yield part
            part = []
        part.append(sent)
        newest = max(newest, sent[2])
    if part:
        yield part


def _skip_numbers(deployment: Deployment, number: int) -> None:
    """Let the next new item get a number, unless it was given already."""
    with unit_of_work(deployment.engine) as session:
        newest = session.exec(select(func.max(ItemAlias.id))).one() or 0
        if number > newest + 1:
            mark = secrets.token_bytes(16)
            project = session.exec(select(Project.id)).first()
            session.add(
                ItemAlias(id=number - 1, lookup=mark, id_space="skipped", outside_id=mark.hex(),
                          salt=mark, pseudonym=mark, item_id=number - 1, project_id=project)
            )  # fmt: skip


def _submission(event: Event, at: datetime) -> Submission:
    return Submission(
        source=SOURCE,
        body=str(event.event_id).encode(),
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
