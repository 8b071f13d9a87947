"""The gate of a project: why it is closed, who opens it and how, and its history."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from labeltrust.domain.errors import InvalidInput, LabeltrustError
from labeltrust.domain.overrides import LONGEST, NEVER
from labeltrust.services.override_gate import ask_override, revoke_override
from labeltrust.services.show_gate import gate_snippets, show_gate
from labeltrust.services.subscribe_hook import NewHook, add_hook
from labeltrust.services.waiting_override import waiting_overrides
from labeltrust.services.watch_hooks import remove_hook_of, watch_hooks
from labeltrust.web.access import by_session
from labeltrust.web.pages._forms import moment_of
from labeltrust.web.pages._view import Form, Refusal, View, refusal, see_other
from labeltrust.web.pagination import MAX_ID
from labeltrust.web.paths import segment

_MOST_EXCLUSIONS = 200


@get("/projects/{project:str}/gate", opt=by_session("read"), include_in_schema=False)
async def show(
    project: FromPath[str], view: NamedDependency[View], before: FromQuery[int] = MAX_ID
) -> Response[str]:
    """Show the gate."""
    return await _page(view, project, before=before)


@post("/projects/{project:str}/gate/override", opt=by_session("freeze"), include_in_schema=False)
async def override(
    project: FromPath[str], request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """Ask a second person to open the gate for a while."""
    form = await view.form(request)
    try:
        until = moment_of(form.get("until", ""))
        if until is None:
            raise InvalidInput("name the moment when it ends", place="until")
        asked = await view.ask(ask_override, project, until=until, reason=form.get("reason", ""))
    except LabeltrustError as error:
        return await _page(view, project, form=form, refused=refusal(error))
    return see_other(f"/approvals/{asked.id}")


@post(
    "/projects/{project:str}/gate/override/end", opt=by_session("freeze"), include_in_schema=False
)
async def end_override(
    project: FromPath[str], request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """End an override before its time."""
    form = await view.form(request)
    try:
        await view.ask(revoke_override, project, reason=form.get("reason", ""))
    except LabeltrustError as error:
        return await _page(view, project, form=form, refused=refusal(error))
    return see_other(f"/projects/{segment(project)}/gate")


@post("/projects/{project:str}/gate/hooks", opt=by_session("configure"), include_in_schema=False)
async def add(
    project: FromPath[str], request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """Subscribe an address, and show its secret this one time; the answer is kept by nobody."""
    form = await view.form(request)
    try:
        made = await view.ask(add_hook, project, form.get("url", "").strip())
    except LabeltrustError as error:
        return await _page(view, project, form=form, refused=refusal(error), where="hooks")
    return await _page(view, project, new_hook=made)


@post(
    "/projects/{project:str}/gate/hooks/{hook:int}/remove",
    opt=by_session("configure"),
    include_in_schema=False,
)
async def remove(
    project: FromPath[str],
    hook: FromPath[int],
    request: Request[Any, Any, Any],
    view: NamedDependency[View],
) -> Response[Any]:
    """Tell an address nothing any more."""
    await view.form(request)
    try:
        await view.ask(remove_hook_of, project, min(max(hook, 0), MAX_ID))
    except LabeltrustError as error:
        return await _page(view, project, refused=refusal(error), where="hooks")
    return see_other(f"/projects/{segment(project)}/gate#hooks")


async def _page(  # noqa: PLR0913 - what a refused form of the page shows again
    view: View,
    project: str,
    *,
    before: int = MAX_ID,
    form: Form | None = None,
    refused: Refusal | None = None,
    where: str = "override",
    new_hook: NewHook | None = None,
) -> Response[str]:
    first = before if 0 < before < MAX_ID else None
    found = await view.ask(show_gate, project, before=first)
    waiting = await view.ask(waiting_overrides, project)
    hooks = await view.ask(watch_hooks, project) if view.principal.may("configure") else None
    codes = {reason.code for reason in found.gate.reasons}
    return view.page(
        "gate.html",
        status=200 if refused is None else refused.status,
        project=project,
        shown=found,
        gate=found.gate,
        exclusions=found.gate.exclusions[:_MOST_EXCLUSIONS],
        snippets=gate_snippets(view.deployment.settings.address, project),
        may_override=not found.gate.open and not codes & NEVER,
        longest=LONGEST.days,
        waiting=waiting,
        hooks=hooks,
        new_hook=new_hook,
        form=form or {},
        refused=refused,
        where=where,
    )


HANDLERS = (show, override, end_override, add, remove)
