"""The items of a project as they come in: how features drift, and which hold a trigger."""

import asyncio
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from labeltrust.domain.errors import LabeltrustError
from labeltrust.domain.triggers import MOST_CHARACTERS, PLACES
from labeltrust.services.measure_drift import measure_drift, show_drift
from labeltrust.services.register_pattern import (
    add_pattern,
    list_hits,
    list_patterns,
    remove_pattern,
    settle_pattern,
)
from labeltrust.web.access import by_session
from labeltrust.web.pages._drawings import drift_spec, drift_summary
from labeltrust.web.pages._view import Form, Refusal, View, charted, refusal, see_other
from labeltrust.web.pagination import MAX_ID
from labeltrust.web.paths import segment

_MOST_SHOWN = 100
_MOST_HITS = 50


@get("/projects/{project:str}/items", opt=by_session("read"), include_in_schema=False)
async def show(
    project: FromPath[str],
    view: NamedDependency[View],
    feature: FromQuery[int] = -1,
    pattern: FromQuery[str] = "",
) -> Response[str]:
    """Show how the features of incoming items drift, one of them as a chart, and patterns.

    A pattern in the address stands in the form, so that what a signal found is registered by hand.
    """
    told = {"expression": pattern[:MOST_CHARACTERS], "place": "text"} if pattern else None
    return await _page(view, project, feature=feature, form=told)


async def _page(
    view: View,
    project: str,
    *,
    feature: int = -1,
    form: Form | None = None,
    refused: Refusal | None = None,
) -> Response[str]:
    found = await view.ask(show_drift, project)
    lines = found["features"][:_MOST_SHOWN]
    chosen = feature if 0 <= feature < len(lines) else 0
    drawn = bool(lines) and bool(lines[chosen]["shares"])
    said = await asyncio.to_thread(drift_summary, lines[chosen]) if drawn else ""
    return view.page(
        "items.html",
        status=200 if refused is None else refused.status,
        project=project,
        patterns=await view.ask(list_patterns, project),
        places=PLACES,
        form=form or {},
        refused=refused,
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


@post(
    "/projects/{project:str}/items/patterns", opt=by_session("configure"), include_in_schema=False
)
async def add(
    project: FromPath[str], request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """Register a pattern; the worker looks through all items within seconds."""
    form = await view.form(request)
    expression, place = form.get("expression", ""), form.get("place", "all")
    try:
        reason = form.get("reason", "")
        await view.ask(add_pattern, project, expression, place=place, reason=reason)
    except LabeltrustError as error:
        return await _page(view, project, form=form, refused=refusal(error))
    return see_other(f"/projects/{segment(project)}/items#patterns")


@get("/patterns/{pattern:int}", opt=by_session("read"), include_in_schema=False)
async def hits(
    pattern: FromPath[int], view: NamedDependency[View], after: FromQuery[int] = 0
) -> Response[str]:
    """Show the items that hold a pattern, and what can be done."""
    return await _hits(view, pattern, after=after)


async def _hits(
    view: View,
    pattern: int,
    *,
    after: int = 0,
    form: Form | None = None,
    refused: Refusal | None = None,
) -> Response[str]:
    number, first = min(max(pattern, 0), MAX_ID), min(max(after, 0), MAX_ID)
    shown, found = await view.ask(list_hits, number, after=first, limit=_MOST_HITS + 1)
    return view.page(
        "pattern.html",
        status=200 if refused is None else refused.status,
        pattern=shown,
        hits=found[:_MOST_HITS],
        more=found[_MOST_HITS - 1].item_id if len(found) > _MOST_HITS else None,
        form=form or {},
        refused=refused,
    )


@post("/patterns/{pattern:int}/remove", opt=by_session("configure"), include_in_schema=False)
async def remove(
    pattern: FromPath[int], request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """Look for a pattern no more, with a written reason."""
    form = await view.form(request)
    number = min(max(pattern, 0), MAX_ID)
    try:
        await view.ask(remove_pattern, number, reason=form.get("reason", ""))
    except LabeltrustError as error:
        return await _hits(view, pattern, form=form, refused=refusal(error))
    return see_other(f"/patterns/{number}")


@post("/patterns/{pattern:int}/settle", opt=by_session("mend"), include_in_schema=False)
async def settle(
    pattern: FromPath[int], request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """Settle all hits, or have them wait again, with a written reason."""
    form = await view.form(request)
    number, undo = min(max(pattern, 0), MAX_ID), form.get("undo") == "yes"
    try:
        await view.ask(settle_pattern, number, reason=form.get("reason", ""), undo=undo)
    except LabeltrustError as error:
        return await _hits(view, pattern, form=form, refused=refusal(error))
    return see_other(f"/patterns/{number}")


HANDLERS = (show, chart, measure, add, hits, remove, settle)
