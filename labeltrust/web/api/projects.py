"""Projects and their questions over HTTP."""

from dataclasses import dataclass
from typing import Annotated

import msgspec
from litestar import Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import BodyKwarg, FromPath

from labeltrust.domain.projects import Project, ProjectChange, ProjectDraft, Question
from labeltrust.services.change_project import change_project
from labeltrust.services.create_project import create_project
from labeltrust.services.show_project import list_projects, show_project
from labeltrust.web.access import by_key
from labeltrust.web.caller import Caller
from labeltrust.web.openapi import example
from labeltrust.web.paths import segment


class QuestionBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question to be asked."""

    name: str = "label"
    scale: str = "nominal"
    classes: tuple[str, ...] | None = None
    repeats: str = "last"

    def question(self) -> Question:
        """Return what the domain calls a question."""
        return Question(
            name=self.name, scale=self.scale, classes=self.classes, repeats=self.repeats
        )


class ProjectBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A project to be created."""

    name: str
    title: str = ""
    questions: tuple[QuestionBody, ...] = (QuestionBody(),)
    floors: dict[str, float] = {}
    guideline: str = ""
    guideline_version: str = ""

    def draft(self) -> ProjectDraft:
        """Return what the domain calls a draft."""
        return ProjectDraft(
            name=self.name,
            title=self.title,
            questions=tuple(q.question() for q in self.questions),
            floors=self.floors,
            guideline=self.guideline,
            guideline_version=self.guideline_version,
        )


class ChangeBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be different; absent parts stay as they are."""

    title: str | None = None
    questions: tuple[QuestionBody, ...] = ()
    floors: dict[str, float] | None = None
    guideline: str | None = None
    guideline_version: str | None = None
    expected_version: int | None = None

    def change(self) -> ProjectChange:
        """Return what the domain calls a change."""
        return ProjectChange(
            title=self.title,
            questions=tuple(q.question() for q in self.questions),
            floors=self.floors,
            guideline=self.guideline,
            guideline_version=self.guideline_version,
            expected_version=self.expected_version,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectList:
    """The projects in scope, by name."""

    projects: list[Project]


_NEW = example(
    "A fraud review",
    {
        "name": "fraud",
        "questions": [{"scale": "nominal", "classes": ["fraud", "benign"]}],
        "floors": {"gold_accuracy": 0.8},
        "guideline_version": "3",
    },
)
_FLOORS = example("Raise a floor", {"floors": {"gold_accuracy": 0.85}, "expected_version": 1})


@get("/v1/projects", opt=by_key("read"), tags=["projects"], summary="List projects")
async def index(caller: NamedDependency[Caller]) -> ProjectList:
    """Return the projects in the key's scope, by name."""
    return ProjectList(projects=list(await caller.ask(list_projects)))


@post("/v1/projects", opt=by_key("configure"), tags=["projects"], summary="Create a project")
async def create(
    data: Annotated[ProjectBody, BodyKwarg(examples=[_NEW])], caller: NamedDependency[Caller]
) -> Response[Project]:
    """Create a project with its questions, scales and floors."""
    project = await caller.ask(create_project, data.draft())
    return Response(project, headers={"Location": f"/v1/projects/{segment(project.name)}"})


@get("/v1/projects/{project:str}", opt=by_key("read"), tags=["projects"], summary="Show a project")
async def show(project: FromPath[str], caller: NamedDependency[Caller]) -> Project:
    """Return one project with its questions, floors, guideline and sources."""
    return await caller.ask(show_project, project)


@patch(
    "/v1/projects/{project:str}",
    opt=by_key("configure"),
    tags=["projects"],
    summary="Change a project",
)
async def change(
    project: FromPath[str],
    data: Annotated[ChangeBody, BodyKwarg(examples=[_FLOORS])],
    caller: NamedDependency[Caller],
) -> Project:
    """Change parts of a project; a change of scale is a new version of its question."""
    return await caller.ask(change_project, project, data.change())


HANDLERS = (index, create, show, change)
