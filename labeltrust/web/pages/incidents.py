"""Incidents: the list, the case file with its forms, and the postmortem to take away."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from labeltrust.domain.errors import InvalidInput, LabeltrustError, NotFound
from labeltrust.domain.incidents import CHANGES, SEVERITIES, STATUSES
from labeltrust.services.change_incident import (
    IncidentChange,
    change_incident,
    move_incident,
    tick_step,
)
from labeltrust.services.fill_notebook import notebook_offers
from labeltrust.services.incident_members import (
    MemberDraft,
    TaskDraft,
    add_member,
    add_task,
    finish_task,
    remove_member,
)
from labeltrust.services.list_incidents import IncidentLine, search_incidents
from labeltrust.services.open_incident import IncidentDraft, open_incident
from labeltrust.services.show_incident import show_incident
from labeltrust.services.show_project import project_names
from labeltrust.services.write_postmortem import duration_text
from labeltrust.web.access import by_session
from labeltrust.web.api.incidents import IncidentNumber
from labeltrust.web.pages._columns import kept, of_project
from labeltrust.web.pages._forms import whole_number
from labeltrust.web.pages._tables import Column, Filter, Table
from labeltrust.web.pages._view import Form, Refusal, View, refusal, see_other

_COLUMNS: tuple[Column[IncidentLine], ...] = (
    Column(name="id", title="Incident", value=lambda one: one.id),
    Column(name="project", title="Project", value=lambda one: one.project),
    Column(name="title", title="Title", value=lambda one: one.title),
    Column(name="severity", title="Severity", value=lambda one: one.severity),
    Column(name="status", title="Status", value=lambda one: one.status),
    Column(name="owner", title="Owner", value=lambda one: one.owner),
    Column(name="opened_at", title="Opened", value=lambda one: one.opened_at),
    kept("opened_by", lambda one: one.opened_by),
    kept("contained_at", lambda one: one.contained_at),
    kept("resolved_at", lambda one: one.resolved_at),
    kept("closed_at", lambda one: one.closed_at),
)

_NOTEBOOKS = ("03", "04", "05")
MOST_AT_ONCE = 100_000
"""Records of a project up to which damage is weighed up with each look: under a second then."""


@get("/incidents", opt=by_session("read"), include_in_schema=False)
async def incidents(view: NamedDependency[View]) -> Response[Any]:
    """List the incidents of all projects in scope."""
    return await _list(view, {}, None)


@post("/incidents", opt=by_session("respond"), include_in_schema=False)
async def open_one(request: Request[Any, Any, Any], view: NamedDependency[View]) -> Response[Any]:
    """Open an incident."""
    form = await view.form(request)
    try:
        number = await view.ask(open_incident, _draft(form))
    except NotFound as error:
        return await _list(view, form, Refusal(status=404, reason=str(error)))
    except LabeltrustError as error:
        return await _list(view, form, refusal(error))
    return see_other(f"/incidents/{number}")


@get("/incidents/{incident:int}", opt=by_session("read"), include_in_schema=False)
async def show(incident: IncidentNumber, view: NamedDependency[View]) -> Response[str]:
    """Show the case file."""
    return await _page(view, incident, {}, None)


@post("/incidents/{incident:int}/act", opt=by_session("respond"), include_in_schema=False)
async def act(
    incident: IncidentNumber, request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """Contain, resolve, close or reopen it."""

    async def done(form: Form) -> None:
        reason = form.get("reason", "")
        await view.ask(move_incident, incident, form.get("act", ""), reason=reason)

    return await _acted(view, incident, await view.form(request), done)


@post("/incidents/{incident:int}/change", opt=by_session("respond"), include_in_schema=False)
async def change(
    incident: IncidentNumber, request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """Say more about it."""

    async def done(form: Form) -> None:
        parts = ("title", "severity", "owner", "summary", "lessons")
        said = IncidentChange(**{name: form[name] for name in parts if name in form})
        await view.ask(change_incident, incident, said)

    return await _acted(view, incident, await view.form(request), done)


@post("/incidents/{incident:int}/members", opt=by_session("respond"), include_in_schema=False)
async def members(
    incident: IncidentNumber, request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """Add a member, or take one out."""

    async def done(form: Form) -> None:
        if "remove" in form:
            number = whole_number(form["remove"], "remove")
            await view.ask(remove_member, incident, number, reason=form.get("reason", ""))
        else:
            await view.ask(add_member, incident, _member(form))

    return await _acted(view, incident, await view.form(request), done)


@post("/incidents/{incident:int}/actions", opt=by_session("respond"), include_in_schema=False)
async def actions(
    incident: IncidentNumber, request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """Note something to be done, or that it was done."""

    async def done(form: Form) -> None:
        if "finished" in form:
            await view.ask(finish_task, incident, whole_number(form["finished"], "finished"))
            return
        given = {name: form.get(name, "") for name in ("words", "owner", "due_on")}
        await view.ask(add_task, incident, TaskDraft(**given))

    return await _acted(view, incident, await view.form(request), done)


@post("/incidents/{incident:int}/steps", opt=by_session("respond"), include_in_schema=False)
async def steps(
    incident: IncidentNumber, request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """Tick a step of the checklist, or take the tick away."""

    async def done(form: Form) -> None:
        is_done = form.get("done") == "yes"
        await view.ask(tick_step, incident, form.get("step", ""), done=is_done)

    return await _acted(view, incident, await view.form(request), done)


def _draft(form: Form) -> IncidentDraft:
    numbers = form.get("flags", "").replace("#", " ").replace(",", " ").split()
    return IncidentDraft(
        project=form.get("project", ""),
        title=form.get("title", ""),
        severity=form.get("severity", ""),
        owner=form.get("owner", ""),
        summary=form.get("summary", ""),
        flags=tuple(whole_number(number, "flags") for number in numbers[:1_000]),
    )


def _member(form: Form) -> MemberDraft:
    kind, who = form.get("kind", ""), form.get("who", "")
    if kind == "flag":
        return MemberDraft(flag=whole_number(who.strip().lstrip("#"), "flag"))
    if kind == "source":
        return MemberDraft(source=who.strip())
    if kind != "labeler":
        raise InvalidInput("name a flag, a labeler or a source", place="kind")
    return MemberDraft(labeler=who)


async def _acted(
    view: View, incident: int, form: Form, done: Callable[[Form], Awaitable[None]]
) -> Response[Any]:
    await view.ask(show_incident, incident)  # what is not there stays not found
    try:
        await done(form)
    except NotFound as error:
        return await _page(view, incident, form, Refusal(status=404, reason=str(error)))
    except LabeltrustError as error:
        return await _page(view, incident, form, refusal(error))
    return see_other(f"/incidents/{incident}")


async def _list(view: View, form: Form, refused: Refusal | None) -> Response[Any]:
    projects = await view.ask(project_names)
    table = _table(projects)
    asked = table.asked("/incidents", view.query)
    found = await view.ask(search_incidents, asked.listing)
    return view.listed(
        "incidents.html",
        table.counted(found.rows, asked, found.n_found, found.n_all),
        status=200 if refused is None else refused.status,
        severities=SEVERITIES,
        projects=projects,
        form=form,
        refused=refused,
    )


def _table(projects: Sequence[str]) -> Table[IncidentLine]:
    return Table(
        name="incidents",
        order="-id",
        columns=_COLUMNS,
        searched=lambda one: one.title,
        hint="title or owner",
        filters=(
            Filter(name="status", title="Status", choices=_choices("status", STATUSES)),
            Filter(name="severity", title="Severity", choices=_choices("severity", SEVERITIES)),
            of_project(projects),
        ),
    )


def _choices(what: str, words: Iterable[str]) -> dict[str, str]:
    return {"": f"every {what}"} | {word: word for word in words}


async def _page(view: View, incident: int, form: Form, refused: Refusal | None) -> Response[str]:
    case = await view.ask(show_incident, incident)
    return view.page(
        "incident.html",
        status=200 if refused is None else refused.status,
        case=case,
        weighs_at_once=case.position <= MOST_AT_ONCE,
        notebooks=await asyncio.to_thread(
            notebook_offers, case.incident.project, {"incident": str(incident)}, _NOTEBOOKS
        ),
        acts=[act for before, act in CHANGES if before == case.incident.status],
        severities=SEVERITIES,
        duration=duration_text,
        form=form,
        refused=refused,
    )


HANDLERS = (incidents, open_one, show, act, change, members, actions, steps)
