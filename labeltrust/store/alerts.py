"""Alerts and their groups as rows, and what holds the subject of an alert meanwhile."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlmodel import Session, col, func, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from labeltrust.domain.alert_codes import CODES
from labeltrust.domain.alerts import Step
from labeltrust.store.inserting import known_id
from labeltrust.store.tables import (
    Alert,
    AlertGroup,
    Freeze,
    Incident,
    IncidentMember,
    Project,
    Source,
    SourceProject,
)

_written = msgspec.json.Encoder(order="sorted").encode
facts_of = msgspec.json.Decoder(dict[str, Any]).decode
_HIDDEN = tuple(code.name for code in CODES.values() if code.hidden_by_mitigation)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Whom a group concerns: rows of a project and a source, where it has them."""

    project_id: int | None = None
    source_id: int | None = None


def group_of(session: Session, step: Step, place: Place, at: datetime) -> AlertGroup:
    """Return the group of a step, made where it is new; epoch 0 says that it never was open."""
    wanted = select(AlertGroup).where(
        col(AlertGroup.code) == step.code, col(AlertGroup.place) == step.place
    )
    found = session.exec(wanted.with_for_update()).first()
    if found is None:
        found = AlertGroup(
            code=step.code,
            place=step.place,
            project_id=place.project_id,
            source_id=place.source_id,
            epoch=0,
            opened_at=at,
        )
        session.add(found)
        session.flush()
    return found


def alert_of(session: Session, group_id: int, subject: str) -> Alert | None:
    """Return the alert about a subject, over or not."""
    wanted = select(Alert).where(col(Alert.group_id) == group_id, col(Alert.subject) == subject)
    return session.exec(wanted).first()


def new_alert(
    session: Session, group_id: int, step: Step, labeler_id: int | None, at: datetime
) -> Alert:
    """Add an alert and return it."""
    row = Alert(
        group_id=group_id,
        subject=step.subject,
        loudness=step.loudness,
        rank=step.rank,
        facts=_written(step.facts).decode(),
        labeler_id=labeler_id,
        opened_at=at,
    )
    session.add(row)
    return row


def told_facts(facts: Mapping[str, object]) -> str:
    """Return facts as a column keeps them."""
    return _written(facts).decode()


def newest_news(session: Session) -> int:
    """Return the number of the newest news of all alerts, 0 where there is none."""
    return session.exec(select(func.max(Alert.news))).one() or 0


def alert_through(session: Session, group_id: int) -> int:
    """Return the number of a group's newest news, 0 where there is none."""
    newest = select(func.max(Alert.news)).where(col(Alert.group_id) == group_id)
    return session.exec(newest).one() or 0


def standing(session: Session, group_id: int) -> tuple[int, int, str]:
    """Return how many alerts of a group stand, their newest news, and how loud the loudest is.

    What is held by a mitigation does not stand.
    """
    n, news = session.exec(
        select(func.count(), func.max(Alert.news)).where(*_stands(group_id))
    ).one()
    loud = session.exec(select(Alert.loudness).where(*_stands(group_id)).distinct()).all()
    return n, news or 0, "page" if "page" in loud else "ticket"


def news_of(
    session: Session, group_id: int, since: int, through: int, *, over: bool = False
) -> list[Alert]:
    """Return the alerts of a group with news in (since, through], the newest last.

    Args:
        session: An open session.
        group_id: Row of the group.
        since: News up to this were told before.
        through: News after this are told later.
        over: Also those that ended, which are all that news without an end have.
    """
    spans = (col(Alert.news) > since, col(Alert.news) <= through)
    which = (col(Alert.group_id) == group_id,) if over else _stands(group_id)
    return list(session.exec(select(Alert).where(*which, *spans).order_by(col(Alert.news))))


def _stands(group_id: int) -> tuple[Any, ...]:
    return (
        col(Alert.group_id) == group_id,
        col(Alert.ended_at).is_(None),
        col(Alert.suppressed_by).is_(None),
    )


def get_group(session: Session, number: int) -> AlertGroup:
    """Return a group by its number."""
    return session.get_one(AlertGroup, number)


def groups_to_close(session: Session, now: datetime) -> list[AlertGroup]:
    """Return the groups that have been quiet for long enough."""
    wanted = select(AlertGroup).where(col(AlertGroup.close_at) <= now)
    return list(session.exec(wanted.order_by(col(AlertGroup.id)).with_for_update()))


def closing_is_due(session: Session, now: datetime) -> bool:
    """Say whether a group has been quiet for long enough."""
    wanted = select(AlertGroup.id).where(col(AlertGroup.close_at) <= now).limit(1)
    return session.exec(wanted).first() is not None


def held_back(session: Session, since: int) -> list[tuple[Alert, AlertGroup]]:
    """Return alerts that are not over and that a mitigation can hold back or did.

    Args:
        session: An open session.
        since: Of those that are not held back now, the ones with news after this.
    """
    wanted = select(Alert, AlertGroup).where(
        col(AlertGroup.id) == col(Alert.group_id),
        col(Alert.ended_at).is_(None),
        col(AlertGroup.code).in_(_HIDDEN),
        or_(col(Alert.suppressed_by).is_not(None), col(Alert.news) > since),
    )
    return list(session.exec(wanted.order_by(col(Alert.id))))


def open_alerts(session: Session, most: int) -> list[tuple[Alert, AlertGroup]]:
    """Return the alerts that are not over, pages first, newest first."""
    wanted = select(Alert, AlertGroup).where(
        col(AlertGroup.id) == col(Alert.group_id), col(Alert.ended_at).is_(None)
    )
    wanted = wanted.order_by(
        col(Alert.suppressed_by).is_not(None), col(Alert.loudness), col(Alert.id).desc()
    )
    return list(session.exec(wanted.limit(most)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mitigations:
    """What holds subjects of alerts now, in words: `freeze 12`, `incident 3`.

    Attributes:
        labelers: By project and labeler.
        sources: By source.
        flags: By number of the flag.
    """

    labelers: Mapping[tuple[int, int], str]
    sources: Mapping[int, str]
    flags: Mapping[int, str]


def mitigations(session: Session) -> Mitigations:
    """Return the freezes that hold labels of labelers or sources, and contained incidents."""
    members = select(Incident, IncidentMember).where(
        col(Incident.id) == col(IncidentMember.incident_id), col(Incident.status) == "contained"
    )
    labelers: dict[tuple[int, int], str] = {}
    sources: dict[int, str] = {}
    flags: dict[int, str] = {}
    for incident, member in session.exec(members):
        words = f"incident {incident.id}"
        if member.labeler_id is not None:
            labelers[incident.project_id, member.labeler_id] = words
        if member.source_id is not None:
            sources[member.source_id] = words
        if member.flag_id is not None:
            flags[member.flag_id] = words
    for freeze in session.exec(_freezes()):
        words = f"freeze {freeze.id}"
        if freeze.labeler_id is not None:
            labelers[freeze.project_id, freeze.labeler_id] = words
        if freeze.source_id is not None:
            sources[freeze.source_id] = words
    return Mitigations(labelers=labelers, sources=sources, flags=flags)


def _freezes() -> SelectOfScalar[Freeze]:
    holds = col(Freeze.kind).in_(("label", "provisional"))
    return select(Freeze).where(col(Freeze.lifted_at).is_(None), holds).order_by(col(Freeze.id))


def concerned_projects(session: Session, group: AlertGroup) -> frozenset[str]:
    """Return the names of the projects that a group concerns: of a source, all that it feeds."""
    if group.source_id is None:
        wanted = select(Project.name).where(col(Project.id) == group.project_id)
    else:
        wanted = select(Project.name).where(
            col(Project.id) == col(SourceProject.project_id),
            col(SourceProject.source_id) == group.source_id,
        )
    return frozenset(session.exec(wanted))


def project_of_chain(session: Session, chain: str) -> int | None:
    """Return the row of the project whose chain has a name, None for the chain of all."""
    return session.exec(select(Project.id).where(col(Project.name) == chain)).first()


def names_of_places(session: Session) -> tuple[dict[int, str], dict[int, str]]:
    """Return the names of all projects and of all sources, by their rows."""
    projects, sources = select(Project.id, Project.name), select(Source.id, Source.name)
    return (
        {number: name for number, name in session.exec(projects) if number is not None},
        {number: name for number, name in session.exec(sources) if number is not None},
    )


def group_id_of(group: AlertGroup) -> int:
    """Return the number of a group that was stored."""
    return known_id(group.id)
