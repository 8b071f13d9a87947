"""The review queue over HTTP."""

from dataclasses import dataclass
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import BodyKwarg, FromPath, PathParameter, QueryParameter

from labeltrust.domain.cases import FlagCase
from labeltrust.domain.reviews import Comment
from labeltrust.services.assign_flag import assign_flag
from labeltrust.services.comment_flag import comment_flag, show_comments
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


class AssignmentBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who is to decide a flag; `person` null takes the assignment back."""

    person: str | None
    reason: str = ""


class CommentBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody has to say on a flag."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentList:
    """Comments, oldest first."""

    comments: tuple[Comment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagPage:
    """Flags, oldest first."""

    flags: list[FlagCase]
    next_cursor: str | None


_CONFIRM = example(
    "Confirm", {"verdict": "confirm", "note": "21 of 25 audited items were labeled wrongly"}
)
_ASSIGN = example("Assign", {"person": "ann", "reason": "she knows the guideline"})
_COMMENT = example("Comment", {"text": "the supplier says that the screen was broken that week"})


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


@post(
    "/v1/flags/{flag:int}/assignment",
    opt=by_key("review"),
    status_code=200,
    tags=["flags"],
    summary="Assign a flag",
)
async def assign(
    flag: FlagNumber,
    data: Annotated[AssignmentBody, BodyKwarg(examples=[_ASSIGN])],
    caller: NamedDependency[Caller],
) -> FlagCase:
    """Say who is to decide an open flag: a person who may review it, or nobody again."""
    return await caller.ask(assign_flag, flag, person=data.person, reason=data.reason)


@get(
    "/v1/flags/{flag:int}/comments",
    opt=by_key("read"),
    tags=["flags"],
    summary="List the comments on a flag",
)
async def comments(flag: FlagNumber, caller: NamedDependency[Caller]) -> CommentList:
    """Return what was written on a flag, oldest first."""
    return CommentList(comments=await caller.ask(show_comments, flag))


@post(
    "/v1/flags/{flag:int}/comments",
    opt=by_key("review"),
    status_code=201,
    tags=["flags"],
    summary="Comment on a flag",
)
async def comment(
    flag: FlagNumber,
    data: Annotated[CommentBody, BodyKwarg(examples=[_COMMENT])],
    caller: NamedDependency[Caller],
) -> Comment:
    """Write a comment; it is never changed, and its digest goes into the history."""
    return await caller.ask(comment_flag, flag, text=data.text)


HANDLERS = (index, show, decide, assign, comments, comment)
