"""The review queue over HTTP."""

from dataclasses import dataclass
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import BodyKwarg, FromPath, PathParameter, QueryParameter

from labeltrust.domain.cases import FlagCase
from labeltrust.services.decide_flag import decide_flag
from labeltrust.services.list_flags import list_flags, show_flag
from labeltrust.web.access import by_key
from labeltrust.web.caller import Caller
from labeltrust.web.openapi import example
from labeltrust.web.pagination import MAX_ID, Cursor, Limit, cut, number_of_cursor

FlagNumber = Annotated[int, PathParameter(ge=1, le=MAX_ID)]
Status = Annotated[
    str | None,
    QueryParameter(required=False, description="`open`, `confirmed` or `dismissed`; absent: all."),
]


class DecisionBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A verdict on a flag, with the reason in words."""

    verdict: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagPage:
    """Flags, oldest first."""

    flags: list[FlagCase]
    next_cursor: str | None


_CONFIRM = example(
    "Confirm", {"verdict": "confirm", "note": "21 of 25 audited items were labeled wrongly"}
)


@get("/v1/projects/{project:str}/flags", opt=by_key("read"), tags=["flags"], summary="List flags")
async def index(
    project: FromPath[str],
    caller: NamedDependency[Caller],
    status: Status = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> FlagPage:
    """Return the flags of a project, oldest first."""
    after = number_of_cursor(cursor)
    found = await caller.ask(list_flags, project, status=status, after=after, limit=limit + 1)
    flags, next_cursor = cut(found, limit, lambda flag: flag.id)
    return FlagPage(flags=flags, next_cursor=next_cursor)


@get("/v1/flags/{flag:int}", opt=by_key("read"), tags=["flags"], summary="Show a flag")
async def show(flag: FlagNumber, caller: NamedDependency[Caller]) -> FlagCase:
    """Return one flag with its evidence."""
    return await caller.ask(show_flag, flag)


@post(
    "/v1/flags/{flag:int}/decision",
    opt=by_key("review"),
    status_code=200,
    tags=["flags"],
    summary="Decide a flag",
)
async def decide(
    flag: FlagNumber,
    data: Annotated[DecisionBody, BodyKwarg(examples=[_CONFIRM])],
    caller: NamedDependency[Caller],
) -> FlagCase:
    """Confirm, dismiss or reopen a flag; the reason goes into the history."""
    return await caller.ask(decide_flag, flag, verdict=data.verdict, note=data.note)


HANDLERS = (index, show, decide)
