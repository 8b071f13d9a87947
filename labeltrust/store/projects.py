"""Projects and their questions as rows."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from labeltrust.domain import projects as domain
from labeltrust.domain.principals import no_project
from labeltrust.store import tables
from labeltrust.store.inserting import insert_new, known_id


def project_row(session: Session, name: str) -> tables.Project:
    """Return the row of a project.

    Raises:
        NotFound: There is none of that name.
    """
    row = session.exec(select(tables.Project).where(col(tables.Project.name) == name)).first()
    if row is None:
        raise no_project(name)
    return row


def project_rows(session: Session) -> Sequence[tables.Project]:
    """Return all projects, by name."""
    return session.exec(select(tables.Project).order_by(col(tables.Project.name))).all()


def insert_project(session: Session, draft: domain.ProjectDraft, at: datetime) -> tables.Project:
    """Insert a project with its chain and questions.

    Raises:
        Conflict: The name is taken.
    """
    taken = f"project {draft.name!r} is there already"
    chain = insert_new(session, tables.Chain(name=draft.name), taken)
    row = tables.Project(
        name=draft.name, chain_id=known_id(chain.id), config=_config(draft), created_at=at
    )
    insert_new(session, row, taken)
    for question in draft.questions:
        session.add(_question_row(row, question))
    session.flush()
    return row


def update_project(session: Session, row: tables.Project, change: domain.ProjectChange) -> None:
    """Write a change into a project and its questions, and raise the version."""
    config = json.loads(row.config)
    config |= {k: v for k, v in _parts(change).items() if v is not None}
    row.config = json.dumps(config)
    row.version += 1
    for question in change.questions:
        _set_question(session, row, question)
    session.flush()


def set_policy(
    row: tables.Project, policy: Mapping[str, float], floors: Mapping[str, float]
) -> None:
    """Replace the thresholds of a project and its floors, and raise the version."""
    config = json.loads(row.config)
    row.config = json.dumps(config | {"policy": dict(policy), "floors": dict(floors)})
    row.version += 1


def _set_question(session: Session, row: tables.Project, question: domain.Question) -> None:
    wanted = select(tables.Question).where(
        col(tables.Question.project_id) == row.id, col(tables.Question.name) == question.name
    )
    found = session.exec(wanted).first()
    if found is None:
        session.add(_question_row(row, question))
        return
    new = _question_row(row, question)
    if (found.scale, found.classes, found.repeats) != (new.scale, new.classes, new.repeats):
        found.scale, found.classes, found.repeats = new.scale, new.classes, new.repeats
        found.version += 1


def project_of(session: Session, row: tables.Project) -> domain.Project:
    """Return a project as it stands."""
    config = json.loads(row.config)
    return domain.Project(
        name=row.name,
        title=config.get("title", ""),
        version=row.version,
        questions=questions_of(session, row),
        floors=config.get("floors", {}),
        guideline=config.get("guideline", ""),
        guideline_version=config.get("guideline_version", ""),
        sources=_sources_of(session, row),
        created_at=row.created_at,
        policy=config.get("policy", {}),
    )


def questions_of(session: Session, row: tables.Project) -> tuple[domain.Question, ...]:
    """Return the questions of a project, in the order they were added."""
    wanted = select(tables.Question).where(col(tables.Question.project_id) == row.id)
    return tuple(
        domain.Question(
            name=q.name,
            scale=q.scale,
            classes=None if q.classes is None else tuple(json.loads(q.classes)),
            repeats=q.repeats,
            version=q.version,
        )
        for q in session.exec(wanted.order_by(col(tables.Question.id)))
    )


def scales_of(session: Session, project_ids: Collection[int]) -> dict[tuple[int, str], str]:
    """Return the scale of every question of some projects, by project and name; one query."""
    found = select(tables.Question.project_id, tables.Question.name, tables.Question.scale)
    wanted = found.where(col(tables.Question.project_id).in_(list(project_ids)))
    return {(project, name): scale for project, name, scale in session.exec(wanted)}


def _sources_of(session: Session, row: tables.Project) -> tuple[str, ...]:
    wanted = (
        select(tables.Source.name)
        .join(tables.SourceProject, col(tables.SourceProject.source_id) == col(tables.Source.id))
        .where(col(tables.SourceProject.project_id) == row.id)
        .order_by(col(tables.Source.name))
    )
    return tuple(session.exec(wanted))


def _question_row(row: tables.Project, question: domain.Question) -> tables.Question:
    return tables.Question(
        project_id=known_id(row.id),
        name=question.name,
        scale=question.scale,
        classes=None if question.classes is None else json.dumps(question.classes),
        repeats=question.repeats,
    )


def _config(draft: domain.ProjectDraft) -> str:
    return json.dumps(_parts(draft))


def _parts(wanted: domain.ProjectDraft | domain.ProjectChange) -> dict[str, object]:
    return {
        "title": wanted.title,
        "floors": None if wanted.floors is None else dict(wanted.floors),
        "guideline": wanted.guideline,
        "guideline_version": wanted.guideline_version,
    }
