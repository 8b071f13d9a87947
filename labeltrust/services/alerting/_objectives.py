"""Objectives that began to burn since the last look, or burn no longer."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from labeltrust.domain.estimates import Undefined
from labeltrust.services.deployment import Deployment
from labeltrust.services.slis._base import Asked
from labeltrust.services.slis.read import Sli, slis_of
from labeltrust.store.alert_causes import keep_cause
from labeltrust.store.burning import told_burning
from labeltrust.store.due_projects import Named, chain_ids, due_projects
from labeltrust.store.inserting import known_id
from labeltrust.store.jobs import Lease, require_lease
from labeltrust.store.session import reading, unit_of_work
from labeltrust.store.tables import Project
from labeltrust.store.tallies import forget_slots


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scope:
    """One measure of one project, source or labeler.

    Attributes:
        subject: Of the alert.
        chain_id: Chain of the project, None where it is the source's own.
        source_id: Row of the source, where it is the source's own.
    """

    subject: str
    chain_id: int | None
    source_id: int | None


def watch_objectives(deployment: Deployment, lease: Lease) -> None:
    """Keep for the router which objectives began to burn or stopped; forget old slots.

    Each project is read by itself, so that no read is long. Where there are many, quiet ones are
    looked at every ten minutes; those of which people were told are looked at each time.
    """
    with reading(deployment.engine) as session:
        told = told_burning(session)
        chains = chain_ids(session)
        due = due_projects(session, deployment.clock(), _named(told))
        projects = [(known_id(row.id), row) for row in due]
        session.expunge_all()
    now: dict[str, tuple[_Scope, Sli]] = {}
    for number, project in projects:
        now |= {
            scope.subject: (scope, one) for scope, one in _of_project(deployment, number, project)
        }
    changed = [
        (scope, one)
        for subject, (scope, one) in now.items()
        if (one.judged.firing or "") != told.get(subject, "")
    ]
    gone = [_gone(subject, chains) for subject in told if subject not in now]
    with unit_of_work(deployment.engine) as session:
        require_lease(session, lease)
        forget_slots(session, deployment.clock())
        for scope, one in changed:
            _keep(session, scope, deployment.clock(), _detail(one))
        for scope in gone:
            _keep(session, scope, deployment.clock(), {"loudness": ""})


def _named(told: Iterable[str]) -> Named:
    """Return the projects and the sources that alerts are of."""
    of = [subject.split(":")[2:4] for subject in told]
    return Named(
        projects=frozenset(int(number) for kind, number in of if kind == "project"),
        sources=frozenset(int(number) for kind, number in of if kind == "source"),
    )


def _keep(session: Session, scope: _Scope, at: datetime, detail: Mapping[str, object]) -> None:
    keep_cause(
        session,
        "objective.burning" if detail["loudness"] else "objective.calm",
        at,
        {"subject": scope.subject, **detail},
        source_id=scope.source_id,
        chain=(scope.chain_id, "", 0),
    )


def _gone(subject: str, chains: Mapping[int, int]) -> _Scope:
    """Return whose an alert was of which nothing is counted any more."""
    _, _, kind, number, *_ = subject.split(":")
    if kind == "source":
        return _Scope(subject=subject, chain_id=None, source_id=int(number))
    return _Scope(subject=subject, chain_id=chains.get(int(number)), source_id=None)


def _of_project(
    deployment: Deployment, number: int, project: Project
) -> Iterator[tuple[_Scope, Sli]]:
    with reading(deployment.engine) as session:
        asked = Asked(
            deployment=deployment,
            session=session,
            project=project,
            project_id=number,
            now=deployment.clock(),
        )
        found = slis_of(asked)
    whole = {one.measure.id: one for one in found if not one.is_part}
    for one in (one for one in found if not one.measure.told_by):
        scope = _scope(one, number, project.chain_id)
        if scope is not None:
            yield scope, _silent_within(one, whole)


def _scope(one: Sli, project_id: int, chain_id: int) -> _Scope | None:
    """Return whose alert it is; what is measured of sources has none of the project."""
    base = f"objective:{one.measure.id}"
    if one.measure.scope == "source":
        if one.source_id is None:
            return None
        subject = f"{base}:source:{one.source_id}"
        return _Scope(subject=subject, chain_id=None, source_id=one.source_id)
    part = "" if one.source_id is None else f":source:{one.source_id}"
    part += "" if one.labeler_id is None else f":labeler:{one.labeler_id}"
    subject = f"{base}:project:{project_id}{part}"
    return _Scope(subject=subject, chain_id=chain_id, source_id=None)


def _silent_within(one: Sli, whole: Mapping[str, Sli]) -> Sli:
    """Leave a part silent where the whole project is told of: one thing is one alert."""
    of_all = whole.get(one.measure.id)
    if not one.is_part or one.measure.scope == "source" or of_all is None:
        return one
    return one.calmed() if of_all.judged.firing else one


def _detail(one: Sli) -> dict[str, object]:
    judged = one.judged
    value = judged.value
    loudest = _loudest(b.long.value for b in judged.burning if b.firing)
    return {
        "measure": one.measure.id,
        "title": one.measure.title,
        "loudness": judged.firing or "",
        "bad": judged.bad,
        "valid": None if isinstance(value, Undefined) else value.n,
        "burn": loudest,
        "of_source": one.source if one.measure.scope == "project" else None,
    }


def _loudest(burns: Iterable[float | None]) -> float | None:
    return max((burn for burn in burns if burn is not None), default=None)
