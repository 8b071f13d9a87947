"""Appeals against freezes over HTTP."""

from dataclasses import dataclass
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import BodyKwarg, PathParameter

from labeltrust.domain.appeals import Appeal
from labeltrust.services.decide_appeal import decide_appeal
from labeltrust.services.list_appeals import list_appeals, show_appeal
from labeltrust.services.open_appeal import open_appeal
from labeltrust.web.access import by_key
from labeltrust.web.api.freezes import FreezeNumber
from labeltrust.web.caller import Caller
from labeltrust.web.openapi import example
from labeltrust.web.pagination import MAX_ID, Cursor, Limit, cut, number_of_cursor

AppealNumber = Annotated[int, PathParameter(ge=1, le=MAX_ID)]


class AppealBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What speaks against a freeze, in the words of who appeals."""

    reason: str


class OutcomeBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How an appeal ends: `upheld` or `overturned`, and why."""

    outcome: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealPage:
    """Appeals, oldest first."""

    appeals: list[Appeal]
    next_cursor: str | None


_OPEN = example("Appeal", {"reason": "the guideline changed that week, and only I had read it"})
_DECIDE = example("Overturn", {"outcome": "overturned", "reason": "24 of 25 audited were right"})


@get("/v1/appeals", opt=by_key("read"), tags=["appeals"], summary="List appeals")
async def index(
    caller: NamedDependency[Caller], limit: Limit = 100, cursor: Cursor = None
) -> AppealPage:
    """Return the appeals of all projects in scope, oldest first."""
    after = number_of_cursor(cursor)
    found = await caller.ask(list_appeals, after=after, limit=limit + 1)
    page, next_cursor = cut(found, limit, lambda appeal: appeal.id)
    return AppealPage(appeals=page, next_cursor=next_cursor)


@get("/v1/appeals/{appeal:int}", opt=by_key("read"), tags=["appeals"], summary="Show an appeal")
async def show(appeal: AppealNumber, caller: NamedDependency[Caller]) -> Appeal:
    """Return one appeal."""
    return await caller.ask(show_appeal, appeal)


@post(
    "/v1/freezes/{freeze:int}/appeals",
    opt=by_key("review"),
    status_code=201,
    tags=["appeals"],
    summary="Record an appeal",
)
async def record(
    freeze: FreezeNumber,
    data: Annotated[AppealBody, BodyKwarg(examples=[_OPEN])],
    caller: NamedDependency[Caller],
) -> Appeal:
    """Record an appeal against a freeze; it ought to be decided within two working days."""
    return await caller.ask(open_appeal, freeze, reason=data.reason)


@post(
    "/v1/appeals/{appeal:int}/decision",
    opt=by_key("review"),
    status_code=200,
    tags=["appeals"],
    summary="Decide an appeal",
)
async def decide(
    appeal: AppealNumber,
    data: Annotated[OutcomeBody, BodyKwarg(examples=[_DECIDE])],
    caller: NamedDependency[Caller],
) -> Appeal:
    """Uphold or overturn, by another person than who froze or confirmed."""
    return await caller.ask(decide_appeal, appeal, outcome=data.outcome, reason=data.reason)


HANDLERS = (index, show, record, decide)
