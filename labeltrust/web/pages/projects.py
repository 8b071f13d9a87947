"""The list of projects, and the overview of one."""

import asyncio
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from labeltrust.services.ask_assessment import ask_assessment
from labeltrust.services.check_gate import check_gate
from labeltrust.services.list_summaries import list_summaries
from labeltrust.services.show_overview import show_overview
from labeltrust.web.access import by_session
from labeltrust.web.pages._drawings import overview_spec, overview_summaries
from labeltrust.web.pages._view import View, charted, see_other
from labeltrust.web.paths import segment


@get("/", opt=by_session("read"), include_in_schema=False)
async def home() -> Redirect:
    """Lead to the projects."""
    return see_other("/projects")


@get("/projects", opt=by_session("read"), include_in_schema=False)
async def projects(view: NamedDependency[View]) -> Response[str]:
    """List the projects in scope with gate, agreement and open flags."""
    return view.page("projects.html", lines=await view.ask(list_summaries))


@get("/projects/{project:str}", opt=by_session("read"), include_in_schema=False)
async def show(project: FromPath[str], view: NamedDependency[View]) -> Response[str]:
    """Show a project: may training proceed, its numbers and trends, what is new."""
    overview = await view.ask(show_overview, project)
    return view.page(
        "project.html",
        project=overview.project,
        overview=overview,
        gate=await view.ask(check_gate, project),
        assessment=overview.assessed,
        said=await asyncio.to_thread(overview_summaries, overview),
    )


@get("/projects/{project:str}/charts/{name:str}", opt=by_session("read"), include_in_schema=False)
async def chart(
    project: FromPath[str], name: FromPath[str], view: NamedDependency[View]
) -> Response[dict[str, Any]]:
    """Return the specification of a chart, such as `agreement.json`."""
    overview = await view.ask(show_overview, project)
    spec = await asyncio.to_thread(overview_spec, overview, name.removesuffix(".json"))
    return charted(spec, name)


@post("/projects/{project:str}/assess", opt=by_session("assess"), include_in_schema=False)
async def assess(
    project: FromPath[str], request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Redirect:
    """Have it assessed now."""
    await view.form(request)
    await view.ask(ask_assessment, project)
    return see_other(f"/projects/{segment(project)}")


HANDLERS = (home, projects, show, chart, assess)
