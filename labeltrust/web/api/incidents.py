"""Incidents over HTTP: opened, read, changed, moved on, closed."""

from dataclasses import dataclass
from typing import Annotated

import msgspec
from litestar import get, patch, post
from litestar.di import NamedDependency
from litestar.params import BodyKwarg, PathParameter, QueryParameter

from labeltrust.services.change_incident import (
    IncidentChange,
    change_incident,
    move_incident,
    tick_step,
)
from labeltrust.services.incident_members import (
    MemberDraft,
    TaskDraft,
    add_member,
    add_task,
    finish_task,
    remove_member,
)
from labeltrust.services.list_incidents import IncidentLine, IncidentsAsked, list_incidents
from labeltrust.services.open_incident import IncidentDraft, open_incident
from labeltrust.services.show_incident import IncidentCase, show_incident
from labeltrust.web.access import by_key
from labeltrust.web.caller import Caller
from labeltrust.web.openapi import example
from labeltrust.web.pagination import MAX_ID, Cursor, Limit, cursor_after, number_of_cursor

IncidentNumber = Annotated[int, PathParameter(ge=1, le=MAX_ID)]
TaskNumber = Annotated[int, PathParameter(ge=1, le=MAX_ID)]
Number = Annotated[int, msgspec.Meta(ge=1, le=MAX_ID)]
Status = Annotated[
    str | None,
    QueryParameter(
        required=False, description="`open`, `contained`, `resolved` or `closed`; else all."
    ),
]

Severity = Annotated[
    str | None,
    QueryParameter(required=False, description="`low`, `medium`, `high` or `critical`; else all."),
]
InProject = Annotated[
    str | None, QueryParameter(required=False, description="Name of a project; else all.")
]


class IncidentBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An incident to be opened."""

    project: str
    title: str
    severity: str = "medium"
    owner: str = ""
    summary: str = ""
    flags: Annotated[tuple[Number, ...], msgspec.Meta(max_length=1_000)] = ()


class ChangeBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be different; `act` moves the incident on and takes a `reason`."""

    title: str | None = None
    severity: str | None = None
    owner: str | None = None
    summary: str | None = None
    lessons: str | None = None
    act: str | None = None
    reason: str = ""

    def change(self) -> IncidentChange:
        """Return what the service calls a change."""
        return IncidentChange(
            title=self.title,
            severity=self.severity,
            owner=self.owner,
            summary=self.summary,
            lessons=self.lessons,
        )


class MemberBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A member to add: a flag, a labeler or a source; or the number of one to `remove`."""

    flag: Number | None = None
    labeler: str | None = None
    source: str | None = None
    remove: Number | None = None
    reason: str = ""


class TaskBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something to be done."""

    words: str
    owner: str = ""
    due_on: str = ""


class StepBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A step of the checklist; `done` false takes the tick away."""

    step: str
    done: bool = True


class CloseBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why it can be closed, and what was learned where that is not written down yet."""

    reason: str
    lessons: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentList:
    """Incidents, newest first."""

    incidents: list[IncidentLine]
    next_cursor: str | None


_OPEN = example("A ring", {"project": "fraud", "title": "a ring of three", "flags": [7, 8, 9]})
_ACT = example("Contained", {"act": "contain", "reason": "all three are frozen"})
_MEMBER = example("Add a flag", {"flag": 7})
_TASK = example("A task", {"words": "rotate the vendor's secret", "owner": "ann"})
_STEP = example("A step", {"step": "triage"})
_CLOSE = example("Close", {"reason": "all done", "lessons": "vet new labelers on hidden gold"})


@get("/v1/incidents", opt=by_key("read"), tags=["incidents"], summary="List incidents")
async def index(
    caller: NamedDependency[Caller],
    status: Status = None,
    severity: Severity = None,
    project: InProject = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> IncidentList:
    """Return the incidents of all projects in scope, newest first."""
    before = number_of_cursor(cursor) or None
    asked = IncidentsAsked(status=status, severity=severity, project=project)
    found = await caller.ask(list_incidents, asked, before=before, limit=limit + 1)
    more = len(found) > limit
    return IncidentList(
        incidents=found[:limit], next_cursor=cursor_after(found[limit - 1].id) if more else None
    )


@post("/v1/incidents", opt=by_key("respond"), tags=["incidents"], summary="Open an incident")
async def create(
    data: Annotated[IncidentBody, BodyKwarg(examples=[_OPEN])], caller: NamedDependency[Caller]
) -> IncidentCase:
    """Open a case file with its first flags."""
    draft = IncidentDraft(**msgspec.structs.asdict(data))
    return await caller.ask(show_incident, await caller.ask(open_incident, draft))


@get(
    "/v1/incidents/{incident:int}",
    opt=by_key("read"),
    tags=["incidents"],
    summary="Show an incident",
)
async def show(incident: IncidentNumber, caller: NamedDependency[Caller]) -> IncidentCase:
    """Return members, actions, times and the timeline."""
    return await caller.ask(show_incident, incident)


@patch(
    "/v1/incidents/{incident:int}",
    opt=by_key("respond"),
    tags=["incidents"],
    summary="Change an incident",
)
async def change(
    incident: IncidentNumber,
    data: Annotated[ChangeBody, BodyKwarg(examples=[_ACT])],
    caller: NamedDependency[Caller],
) -> IncidentCase:
    """Say more about an incident, or contain, resolve or reopen it."""
    await caller.ask(change_incident, incident, data.change())
    if data.act is not None:
        await caller.ask(move_incident, incident, data.act, reason=data.reason)
    return await caller.ask(show_incident, incident)


@post(
    "/v1/incidents/{incident:int}/members",
    opt=by_key("respond"),
    status_code=200,
    tags=["incidents"],
    summary="Add or remove a member",
)
async def members(
    incident: IncidentNumber,
    data: Annotated[MemberBody, BodyKwarg(examples=[_MEMBER])],
    caller: NamedDependency[Caller],
) -> IncidentCase:
    """Add a flag, a labeler or a source; or take a member out, with a reason."""
    if data.remove is not None:
        await caller.ask(remove_member, incident, data.remove, reason=data.reason)
    else:
        draft = MemberDraft(flag=data.flag, labeler=data.labeler, source=data.source)
        await caller.ask(add_member, incident, draft)
    return await caller.ask(show_incident, incident)


@post(
    "/v1/incidents/{incident:int}/actions",
    opt=by_key("respond"),
    tags=["incidents"],
    summary="Note an action",
)
async def actions(
    incident: IncidentNumber,
    data: Annotated[TaskBody, BodyKwarg(examples=[_TASK])],
    caller: NamedDependency[Caller],
) -> IncidentCase:
    """Note something that is to be done, by whom and by when."""
    draft = TaskDraft(words=data.words, owner=data.owner, due_on=data.due_on)
    await caller.ask(add_task, incident, draft)
    return await caller.ask(show_incident, incident)


@post(
    "/v1/incidents/{incident:int}/actions/{task:int}/done",
    opt=by_key("respond"),
    status_code=200,
    tags=["incidents"],
    summary="Note that an action was done",
)
async def finish(
    incident: IncidentNumber, task: TaskNumber, caller: NamedDependency[Caller]
) -> IncidentCase:
    """Note that something was done, by whom and when."""
    await caller.ask(finish_task, incident, task)
    return await caller.ask(show_incident, incident)


@post(
    "/v1/incidents/{incident:int}/steps",
    opt=by_key("respond"),
    status_code=200,
    tags=["incidents"],
    summary="Tick a step of the checklist",
)
async def steps(
    incident: IncidentNumber,
    data: Annotated[StepBody, BodyKwarg(examples=[_STEP])],
    caller: NamedDependency[Caller],
) -> IncidentCase:
    """Tick a step, or take the tick away; ticked twice it keeps name and time of the first."""
    await caller.ask(tick_step, incident, data.step, done=data.done)
    return await caller.ask(show_incident, incident)


@post(
    "/v1/incidents/{incident:int}/close",
    opt=by_key("respond"),
    status_code=200,
    tags=["incidents"],
    summary="Close an incident",
)
async def close(
    incident: IncidentNumber,
    data: Annotated[CloseBody, BodyKwarg(examples=[_CLOSE])],
    caller: NamedDependency[Caller],
) -> IncidentCase:
    """Close a resolved incident whose lessons are written down."""
    await caller.ask(change_incident, incident, IncidentChange(lessons=data.lessons))
    await caller.ask(move_incident, incident, "close", reason=data.reason)
    return await caller.ask(show_incident, incident)


HANDLERS = (index, create, show, change, members, actions, finish, steps, close)
