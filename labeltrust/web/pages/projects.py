"""The list of projects, and the overview of one."""

from dataclasses import dataclass
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from labeltrust.domain.errors import NotFound
from labeltrust.domain.projects import Project
from labeltrust.services.ask_assessment import ask_assessment
from labeltrust.services.check_gate import check_gate
from labeltrust.services.freeze_labels import list_standing
from labeltrust.services.list_flags import list_flags
from labeltrust.services.read_assessment import read_assessment
from labeltrust.services.show_project import list_projects, show_project
from labeltrust.web.access import by_session
from labeltrust.web.pages._view import View, see_other
from labeltrust.web.paths import segment


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One project of the list."""

    project: Project
    gate: Any
    assessment: dict[str, Any] | None
    open_flags: int


@get("/", opt=by_session("read"), include_in_schema=False)
async def home() -> Redirect:
    """Lead to the projects."""
    return see_other("/projects")


@get("/projects", opt=by_session("read"), include_in_schema=False)
async def projects(view: NamedDependency[View]) -> Response[str]:
    """List the projects in scope with gate, agreement and open flags."""
    lines = [await _line(view, project) for project in await view.ask(list_projects)]
    return view.page("projects.html", lines=lines)


async def _line(view: View, project: Project) -> Line:
    flags = await view.ask(list_flags, project.name, status="open")
    return Line(
        project=project,
        gate=await view.ask(check_gate, project.name),
        assessment=await assessment_of(view, project.name),
        open_flags=len(flags),
    )


async def assessment_of(view: View, project: str) -> dict[str, Any] | None:
    """Return the newest assessment, or None where there is none yet."""
    try:
        return await view.ask(read_assessment, project)
    except NotFound:
        return None


@get("/projects/{project:str}", opt=by_session("read"), include_in_schema=False)
async def show(project: FromPath[str], view: NamedDependency[View]) -> Response[str]:
    """Show gate, agreement, flags and freezes of one project."""
    found = await view.ask(show_project, project)
    return view.page(
        "project.html",
        project=found,
        gate=await view.ask(check_gate, project),
        assessment=await assessment_of(view, project),
        flags=await view.ask(list_flags, project, status="open"),
        freezes=await view.ask(list_standing, project),
    )


@post("/projects/{project:str}/assess", opt=by_session("assess"), include_in_schema=False)
async def assess(
    project: FromPath[str], request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Redirect:
    """Have it assessed now."""
    await view.form(request)
    await view.ask(ask_assessment, project)
    return see_other(f"/projects/{segment(project)}")


HANDLERS = (home, projects, show, assess)
