"""The desk of reviewers: one item at a time, and nothing of what anybody said about it."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from labeltrust.domain.errors import Conflict, LabeltrustError, NotFound
from labeltrust.services.record_verdicts import record_verdicts
from labeltrust.services.review_audit import AuditTasks, open_work, show_task, undo_verdict
from labeltrust.web.access import by_session
from labeltrust.web.api.flags import FlagNumber as Number
from labeltrust.web.pages._audit_forms import verdict_draft
from labeltrust.web.pages._view import Form, Refusal, View, refusal, see_other

_KEYS = 9


@get("/desk", opt=by_session("read"), include_in_schema=False)
async def desk(view: NamedDependency[View]) -> Response[str]:
    """Show what waits for the reader."""
    work = await view.ask(open_work) if view.principal.may("review") else []
    return view.page("desk.html", work=work, note=view.query.get("note", ""))


@get("/desk/{task:int}", opt=by_session("read"), include_in_schema=False)
async def show(task: Number, view: NamedDependency[View]) -> Response[Any]:
    """Show one item to re-label; who does not review is led to the desk, which says so."""
    if not view.principal.may("review"):
        return see_other("/desk")
    try:
        found = await view.ask(show_task, task)
    except Conflict:  # somebody else was quicker, or it is answered
        return await _next(view, None)
    return _page(view, found, {}, None)


@post("/desk/{task:int}", opt=by_session("review"), include_in_schema=False)
async def answer(
    task: Number, request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """Record a verdict and go on with the next item."""
    form = await view.form(request)
    try:
        found = await view.ask(show_task, task)
    except Conflict:
        return await _next(view, None)
    try:
        draft = verdict_draft(task, form, found.asked.classes, view.deployment.clock())
        await view.ask(record_verdicts, found.asked.audit, [draft])
    except LabeltrustError as error:
        return _page(view, found, form, refusal(error))
    return await _next(view, found.asked.audit)


@post("/desk/undo", opt=by_session("review"), include_in_schema=False)
async def undo(request: Request[Any, Any, Any], view: NamedDependency[View]) -> Redirect:
    """Take the reader's last verdict back and show its item again."""
    await view.form(request)
    try:
        return see_other(f"/desk/{await view.ask(undo_verdict)}")
    except NotFound:
        return see_other("/desk?note=nothing")


async def _next(view: View, audit: int | None) -> Response[Any]:
    """Lead to the next open item, of the same audit if it has one."""
    work = await view.ask(open_work)
    mine = [one for one in work if one.audit == audit] or work
    return see_other(f"/desk/{mine[0].next_task}" if mine else "/desk?note=done")


def _page(view: View, found: AuditTasks, form: Form, refused: Refusal | None) -> Response[str]:
    classes = found.asked.classes or ()
    is_short = found.asked.scale in {"nominal", "ordinal"} and bool(classes)
    return view.page(
        "task.html",
        status=200 if refused is None else refused.status,
        asked=found.asked,
        task=found.tasks[0],
        done=found.done,
        left=found.left,
        choices=classes if is_short else (),
        n_keys=_KEYS,
        shown_at=form.get("shown_at") or view.deployment.clock().isoformat(),
        form={"label": "", "choice": ""} | form,
        refused=refused,
    )


HANDLERS = (desk, show, answer, undo)
