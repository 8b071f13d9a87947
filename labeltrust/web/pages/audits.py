"""Audits: the list, the draw with its price, the result, and the ways to close one."""

from collections.abc import Callable, Sequence
from types import MappingProxyType
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from labeltrust.domain.audits import AuditCase
from labeltrust.domain.errors import LabeltrustError, NotFound
from labeltrust.services.draw_audit import draw_audit, price_audit
from labeltrust.services.finish_audit import cancel_audit, finish_audit, resume_audit
from labeltrust.services.list_flags import show_flag
from labeltrust.services.show_audit import AuditResult, audit_result, search_audits
from labeltrust.services.show_project import project_names, show_project
from labeltrust.web.access import by_session
from labeltrust.web.api.audits import AuditNumber
from labeltrust.web.pages._audit_forms import audit_draft, with_defaults
from labeltrust.web.pages._columns import kept, of_project
from labeltrust.web.pages._tables import Column, Filter, Table
from labeltrust.web.pages._view import Form, Refusal, View, refusal, see_other

_STATUSES = MappingProxyType(
    {
        "": "every status",
        "drawn": "drawn",
        "under_way": "under way",
        "done": "done",
        "cancelled": "cancelled",
    }
)
_COLUMNS: tuple[Column[AuditCase], ...] = (
    Column(name="id", title="Audit", value=lambda a: a.id),
    Column(name="project", title="Project", value=lambda a: a.project),
    Column(name="labeler", title="Labels of", value=lambda a: a.labeler),
    Column(name="status", title="Status", value=lambda a: a.status),
    Column(name="answered", title="Progress", value=lambda a: a.answered, is_number=True),
    kept("turns", lambda a: a.turns),
    Column(name="items", title="Items", value=lambda a: a.items, is_number=True),
    Column(name="drawn_at", title="Drawn", value=lambda a: a.drawn_at),
    kept("drawn_by", lambda a: a.drawn_by),
    kept("flag", lambda a: a.flag),
    kept("closed_at", lambda a: a.closed_at),
    kept("closed_by", lambda a: a.closed_by),
)


def _table(projects: Sequence[str]) -> Table[AuditCase]:
    return Table(
        name="audits",
        order="-id",
        columns=_COLUMNS,
        searched=lambda audit: audit.labeler or "",
        hint="labeler, or who drew it",
        filters=(Filter(name="status", title="Status", choices=_STATUSES), of_project(projects)),
    )


@get("/audits", opt=by_session("read"), include_in_schema=False)
async def audits(view: NamedDependency[View]) -> Response[Any]:
    """List the audits in scope, newest first."""
    table = _table(await view.ask(project_names))
    asked = view.asked(table)
    found = await view.ask(search_audits, asked.listing)
    shown = table.counted(found.rows, asked, found.n_found, found.n_all)
    return view.listed("audits.html", shown)


@get("/projects/{project:str}/audits/new", opt=by_session("read"), include_in_schema=False)
async def new(project: FromPath[str], view: NamedDependency[View]) -> Response[Any]:
    """Show the form of a draw, and its price if asked; who may not draw is led to the list."""
    if not view.principal.may("assess"):
        return see_other("/audits")
    return await _form(view, project, dict(view.query), None)


@post("/projects/{project:str}/audits/new", opt=by_session("assess"), include_in_schema=False)
async def draw(
    project: FromPath[str], request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """Draw the sample, or only tell its price."""
    form = await view.form(request)
    if "price" in form:
        return await _form(view, project, form, None)
    try:
        drawn = await view.ask(draw_audit, audit_draft(project, form))
    except NotFound as error:
        return await _form(view, project, form, Refusal(status=404, reason=str(error)))
    except LabeltrustError as error:
        return await _form(view, project, form, refusal(error))
    return see_other(f"/audits/{drawn.audit.id}")


async def _form(view: View, project: str, form: Form, refused: Refusal | None) -> Response[str]:
    found = await view.ask(show_project, project)
    fields = with_defaults(form)
    price, asked = None, "price" in form
    if asked and refused is None:
        try:
            price = await view.ask(price_audit, audit_draft(project, fields))
        except NotFound as error:
            refused = Refusal(status=404, reason=str(error))
        except LabeltrustError as error:
            refused = refusal(error)
    return view.page(
        "audit_new.html",
        status=200 if refused is None else refused.status,
        project=found,
        form=fields,
        flag=await _flag(view, fields),
        price=price,
        refused=refused,
    )


async def _flag(view: View, form: Form) -> object:
    """Return the flag that a draw is for, if the address names one that is there."""
    number = form.get("flag", "")
    if not number.isascii() or not number.isdigit() or len(number) > 9:  # noqa: PLR2004 - 32 bits
        return None
    try:
        return await view.ask(show_flag, int(number))
    except NotFound:
        return None


@get("/audits/{audit:int}", opt=by_session("read"), include_in_schema=False)
async def show(audit: AuditNumber, view: NamedDependency[View]) -> Response[str]:
    """Show one audit with its result."""
    return await _page(view, audit, {}, None)


@post("/audits/{audit:int}/finish", opt=by_session("gold"), include_in_schema=False)
async def finish(
    audit: AuditNumber, request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """Close an audit; answers that reviewers agree on become gold."""
    form = await view.form(request)
    try:
        await view.ask(finish_audit, audit, note=form.get("reason", ""))
    except LabeltrustError as error:
        return await _page(view, audit, form, refusal(error))
    return see_other(f"/audits/{audit}")


@post("/audits/{audit:int}/cancel", opt=by_session("assess"), include_in_schema=False)
async def cancel(
    audit: AuditNumber, request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """Give an audit up."""
    return await _changed(view, request, audit, cancel_audit)


@post("/audits/{audit:int}/resume", opt=by_session("assess"), include_in_schema=False)
async def resume(
    audit: AuditNumber, request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """Go on with a cancelled audit."""
    return await _changed(view, request, audit, resume_audit)


async def _changed(
    view: View, request: Request[Any, Any, Any], audit: int, service: Callable[..., AuditCase]
) -> Response[Any]:
    form = await view.form(request)
    try:
        await view.ask(service, audit, reason=form.get("reason", ""))
    except LabeltrustError as error:
        return await _page(view, audit, form, refusal(error))
    return see_other(f"/audits/{audit}")


async def _page(view: View, audit: int, form: Form, refused: Refusal | None) -> Response[str]:
    found = await view.ask(audit_result, audit)
    result = found if isinstance(found, AuditResult) else None
    return view.page(
        "audit.html",
        status=200 if refused is None else refused.status,
        audit=found.audit if isinstance(found, AuditResult) else found,
        result=result,
        form=form,
        refused=refused,
    )


HANDLERS = (audits, new, draw, show, finish, cancel, resume)
