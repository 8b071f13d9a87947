"""Sources, the projects they may speak for, and their sealed secrets as rows."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col, or_, select

from labeltrust.domain import access
from labeltrust.domain.errors import NotFound
from labeltrust.store.inserting import insert_new, known_id
from labeltrust.store.projects import project_row
from labeltrust.store.tables import Project, Source, SourceProject, SourceSecret


def source_row(session: Session, name: str) -> Source:
    """Return the row of a source.

    Raises:
        NotFound: There is none of that name.
    """
    row = find_source(session, name)
    if row is None:
        detail = f"no source {name[:200]!r}"
        raise NotFound(detail)
    return row


def locked_source(session: Session, name: str) -> Source:
    """Return the row of a source, kept from others until the end of the transaction.

    Raises:
        NotFound: There is none of that name.
    """
    row = source_row(session, name)
    session.refresh(row, with_for_update=True)
    return row


def find_source(session: Session, name: str) -> Source | None:
    """Return the row of a source, or None."""
    return session.exec(select(Source).where(col(Source.name) == name)).first()


def source_rows(session: Session) -> Sequence[Source]:
    """Return all sources, by name."""
    return session.exec(select(Source).order_by(col(Source.name))).all()


def insert_source(session: Session, draft: access.SourceDraft, at: datetime) -> Source:
    """Insert a source with the projects it may speak for.

    Raises:
        Conflict: The name is taken.
        NotFound: A project is not there.
    """
    row = Source(
        name=draft.name,
        platform=draft.platform,
        id_space=draft.id_space or f"source:{draft.name}",
        status=draft.status,
        config=json.dumps(dict(draft.config)),
        created_at=at,
    )
    insert_new(session, row, f"source {draft.name!r} is there already")
    set_source_projects(session, row, draft.projects)
    return row


def set_source_projects(session: Session, row: Source, names: Sequence[str]) -> None:
    """Let a source speak for these projects and no others.

    Raises:
        NotFound: A project is not there.
    """
    session.execute(delete(SourceProject).where(col(SourceProject.source_id) == row.id))
    for name in sorted(set(names)):
        project = project_row(session, name)
        link = SourceProject(source_id=known_id(row.id), project_id=known_id(project.id))
        session.add(link)
    session.flush()


def set_source_config(row: Source, config: Mapping[str, object]) -> None:
    """Replace the adapter's settings of a source."""
    row.config = json.dumps(dict(config))


def source_projects(session: Session, row: Source) -> tuple[str, ...]:
    """Return the names of the projects that a source may speak for."""
    wanted = (
        select(Project.name)
        .join(SourceProject, col(SourceProject.project_id) == col(Project.id))
        .where(col(SourceProject.source_id) == row.id)
        .order_by(col(Project.name))
    )
    return tuple(session.exec(wanted))


def insert_secret(
    session: Session, source: Source, key_id: str, sealed: bytes, at: datetime
) -> None:
    """Keep one more secret of a source, sealed."""
    row = SourceSecret(source_id=known_id(source.id), key_id=key_id, sealed=sealed, created_at=at)
    insert_new(session, row, f"secret {key_id} is there already")


def secret_rows(session: Session, source: Source) -> Sequence[SourceSecret]:
    """Return all secrets that a source ever had, oldest first."""
    wanted = select(SourceSecret).where(col(SourceSecret.source_id) == source.id)
    return session.exec(wanted.order_by(col(SourceSecret.id))).all()


def live_secret_rows(session: Session, source: Source, at: datetime) -> Sequence[SourceSecret]:
    """Return the secrets that prove a delivery at a moment, newest first."""
    wanted = select(SourceSecret).where(
        col(SourceSecret.source_id) == source.id,
        col(SourceSecret.revoked_at).is_(None),
        or_(col(SourceSecret.expires_at).is_(None), col(SourceSecret.expires_at) > at),
    )
    return session.exec(wanted.order_by(col(SourceSecret.id).desc())).all()


def source_of(session: Session, row: Source) -> access.Source:
    """Return what can be shown of a source."""
    return sources_of(session, [row])[0]


def sources_of(session: Session, rows: Sequence[Source]) -> list[access.Source]:
    """Return what can be shown of many sources, by two queries for all of them."""
    numbers = [known_id(row.id) for row in rows]
    speaks: dict[int, list[str]] = {number: [] for number in numbers}
    links = (
        select(SourceProject.source_id, Project.name)
        .join(Project, col(Project.id) == col(SourceProject.project_id))
        .where(col(SourceProject.source_id).in_(numbers))
        .order_by(col(Project.name))
    )
    for number, project in session.exec(links):
        speaks[number].append(project)
    secrets: dict[int, list[access.SecretInfo]] = {number: [] for number in numbers}
    kept = select(SourceSecret).where(col(SourceSecret.source_id).in_(numbers))
    for secret in session.exec(kept.order_by(col(SourceSecret.id))):
        secrets[secret.source_id].append(_secret_info(secret))
    return [
        access.Source(
            name=row.name,
            platform=row.platform,
            id_space=row.id_space,
            status=row.status,
            projects=tuple(speaks[number]),
            config=json.loads(row.config),
            secrets=tuple(secrets[number]),
            created_at=row.created_at,
        )
        for row, number in zip(rows, numbers, strict=True)
    ]


def _secret_info(row: SourceSecret) -> access.SecretInfo:
    return access.SecretInfo(
        key_id=row.key_id,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )
