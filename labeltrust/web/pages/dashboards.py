"""The three dashboards of a project: executive, on-call, debug."""

import asyncio
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from labeltrust.services.dashboards.debug import class_shares, show_debug
from labeltrust.services.dashboards.executive import show_executive
from labeltrust.services.dashboards.on_call import show_on_call
from labeltrust.web.access import by_session
from labeltrust.web.pages._dashboard_drawings import (
    executive_spec,
    executive_summaries,
    mix_spec,
    mix_summary,
)
from labeltrust.web.pages._view import View, charted


@get("/projects/{project:str}/executive", opt=by_session("read"), include_in_schema=False)
async def executive(project: FromPath[str], view: NamedDependency[View]) -> Response[str]:
    """Show agreement and accuracy, provenance, incidents, and where risk comes from."""
    found = await view.ask(show_executive, project)
    said = await asyncio.to_thread(executive_summaries, found)
    return view.page("executive.html", project=project, found=found, said=said)


@get("/projects/{project:str}/on-call", opt=by_session("read"), include_in_schema=False)
async def on_call(project: FromPath[str], view: NamedDependency[View]) -> Response[str]:
    """Show what burns now, anomalous input, drift, models, and who is most abnormal."""
    found = await view.ask(show_on_call, project)
    return view.page("on_call.html", project=project, found=found)


@get("/projects/{project:str}/debug", opt=by_session("read"), include_in_schema=False)
async def debug(
    project: FromPath[str], view: NamedDependency[View], before: FromQuery[int] = 0
) -> Response[str]:
    """Show suspect samples, agreement by source, labels before and after, and the events."""
    found = await view.ask(show_debug, project, before if before > 0 else None)
    said = await asyncio.to_thread(mix_summary, found.classes)
    return view.page("debug.html", project=project, found=found, said=said, before=before)


@get(
    "/projects/{project:str}/charts/dashboards/{name:str}",
    opt=by_session("read"),
    include_in_schema=False,
)
async def chart(
    project: FromPath[str], name: FromPath[str], view: NamedDependency[View]
) -> Response[dict[str, Any]]:
    """Return the specification of a chart of a dashboard, such as `budgets.json`."""
    word = name.removesuffix(".json")
    if word == "mix":
        spec = await asyncio.to_thread(mix_spec, await view.ask(class_shares, project))
        return charted(spec, name)
    found = await view.ask(show_executive, project)
    return charted(await asyncio.to_thread(executive_spec, found, word), name)


HANDLERS = (executive, on_call, debug, chart)
