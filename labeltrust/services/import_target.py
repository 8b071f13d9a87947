"""Where an import goes: its project, made if it is missing, and its source."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from labeltrust.domain.errors import InvalidInput, NotFound
from labeltrust.domain.events import Event, Parsed
from labeltrust.domain.principals import Principal
from labeltrust.domain.projects import ProjectChange, ProjectDraft, Question
from labeltrust.services.change_project import change_project
from labeltrust.services.create_project import create_project
from labeltrust.services.deployment import Deployment
from labeltrust.services.import_report import ImportRequest
from labeltrust.services.own_sources import link_own_source
from labeltrust.store.projects import project_row, questions_of
from labeltrust.store.session import reading
from labeltrust.store.sources import find_source


@dataclass(slots=True)
class Target:
    """A project that is ready for a file.

    Attributes:
        is_new: It was made for this import; questions that turn up later are added to it.
        questions: Names of its questions.
    """

    deployment: Deployment
    principal: Principal
    request: ImportRequest
    is_new: bool
    questions: set[str]

    def expect(self, parsed: Parsed) -> None:
        """Add the questions of a piece to a project that was made for this import."""
        if not self.is_new:
            return
        new = _questions(parsed, self.request.scale, self.questions)
        if new:
            change = ProjectChange(questions=new)
            change_project(self.deployment, self.principal, self.request.project, change)
            self.questions.update(question.name for question in new)


def prepare_target(
    deployment: Deployment, principal: Principal, request: ImportRequest, parsed: Parsed
) -> Target:
    """Make project and source of an import as far as they are missing.

    Args:
        deployment: The installation.
        principal: Who imports.
        request: What to load.
        parsed: The first piece: its questions are those of a new project.

    Raises:
        NotAllowed: The role may not create a project, or not let the source speak for it.
        InvalidInput: The project asks its question on another scale.
    """
    known = _known_questions(deployment, request.project)
    is_new = known is None
    if known is None:
        known = _questions(parsed, request.scale, set()) or (_asked(request),)
        create_project(deployment, principal, ProjectDraft(name=request.project, questions=known))
    else:
        _check_scale(known, request)
    link_own_source(deployment, principal, request.source, [request.project])
    names = {question.name for question in known}
    return Target(deployment, principal, request, is_new, names)


def source_config(deployment: Deployment, name: str) -> tuple[Mapping[str, object], str]:
    """Return the adapter's settings of a source and its platform, none where it is not there."""
    with reading(deployment.engine) as session:
        row = find_source(session, name)
        return ({}, "") if row is None else (json.loads(row.config), row.platform)


def _known_questions(deployment: Deployment, project: str) -> tuple[Question, ...] | None:
    with reading(deployment.engine) as session:
        try:
            return questions_of(session, project_row(session, project))
        except NotFound:
            return None


def _check_scale(questions: tuple[Question, ...], request: ImportRequest) -> None:
    for question in questions:
        if question.name == request.question and request.scale not in {None, question.scale}:
            detail = (
                f"question {question.name!r} of project {request.project!r} has the scale "
                f"{question.scale}, not {request.scale}; change it by `labeltrust project set`"
            )
            raise InvalidInput(detail, place="scale", code="other_scale")


def _asked(request: ImportRequest) -> Question:
    return Question(name=request.question, scale=request.scale or "nominal")


def _questions(parsed: Parsed, scale: str | None, known: set[str]) -> tuple[Question, ...]:
    told: dict[str, str] = dict(parsed.scales)
    for name, label in _first_labels(parsed.events).items():
        told.setdefault(name, _scale_of(label))
    return tuple(
        Question(name=name, scale=scale or own) for name, own in told.items() if name not in known
    )


def _first_labels(events: Iterable[Event]) -> dict[str, object]:
    """Return the first label of each question, one with parts where there is one."""
    found: dict[str, object] = {}
    for event in events:
        if event.label is not None and found.get(event.question) in (None, []):
            found[event.question] = event.label
    return found


def _scale_of(label: object) -> str:
    """Return what a label looks like; numbers are taken for names until somebody says more."""
    if not isinstance(label, list):
        return "nominal"
    return "set" if all(isinstance(part, str) for part in label) else "spans"
