"""The items of a project as they come in: how their features drift."""

import asyncio
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from labeltrust.services.measure_drift import measure_drift, show_drift
from labeltrust.web.access import by_session
from labeltrust.web.pages._drawings import drift_spec, drift_summary
from labeltrust.web.pages._view import View, charted, see_other
from labeltrust.web.paths import segment

_MOST_SHOWN = 100


@get("/projects/{project:str}/items", opt=by_session("read"), include_in_schema=False)
async def show(
    project: FromPath[str], view: NamedDependency[View], feature: FromQuery[int] = -1
) -> Response[str]:
    """Show how the features of incoming items drift, and one of them as a chart."""
    found = await view.ask(show_drift, project)
    lines = found["features"][:_MOST_SHOWN]
    chosen = feature if 0 <= feature < len(lines) else 0
    drawn = bool(lines) and bool(lines[chosen]["shares"])
    said = await asyncio.to_thread(drift_summary, lines[chosen]) if drawn else ""
    return view.page(
        "items.html",
        project=project,
        drift=found,
        lines=lines,
        chosen=chosen,
        drawn=drawn,
        said=said,
    )


@get(
    "/projects/{project:str}/items/drift/{feature:int}",
    opt=by_session("read"),
    include_in_schema=False,
)
async def chart(
    project: FromPath[str], feature: FromPath[int], view: NamedDependency[View]
) -> Response[dict[str, Any]]:
    """Return the specification of a feature's chart, by its place in the list."""
    found = await view.ask(show_drift, project)
    lines = found["features"][:_MOST_SHOWN]
    line = lines[feature] if 0 <= feature < len(lines) else None
    spec = None if line is None else await asyncio.to_thread(drift_spec, line)
    return charted(spec, str(feature))


@post("/projects/{project:str}/items/drift", opt=by_session("assess"), include_in_schema=False)
async def measure(
    project: FromPath[str], request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Redirect:
    """Look at the features now."""
    await view.form(request)
    await view.ask(measure_drift, project)
    return see_other(f"/projects/{segment(project)}/items")


HANDLERS = (show, chart, measure)
