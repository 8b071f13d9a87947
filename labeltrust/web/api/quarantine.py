"""What could not be read, over HTTP: listed, shown, retried, discarded."""

from dataclasses import dataclass
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import BodyKwarg, PathParameter, QueryParameter

from labeltrust.services.discard_quarantine import discard_quarantine
from labeltrust.services.list_quarantine import HeldDelivery, list_quarantine, show_quarantine
from labeltrust.services.retry_quarantine import Retried, retry_quarantine
from labeltrust.store.quarantine import HeldRow
from labeltrust.web.access import by_key
from labeltrust.web.caller import Caller
from labeltrust.web.openapi import example
from labeltrust.web.pagination import MAX_ID, Cursor, cursor_after, number_of_cursor

HeldNumber = Annotated[int, PathParameter(ge=1, le=MAX_ID)]
Most = Annotated[
    int, QueryParameter(ge=1, le=999, required=False, description="Most rows of one page.")
]
Status = Annotated[
    str,
    QueryParameter(required=False, description="`open`, `accepted`, `discarded` or `all`."),
]


class ReasonBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why, in words."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPage:
    """Held rows, oldest first."""

    held: list[HeldRow]
    next_cursor: str | None


_RETRY = example("Retry", {"reason": "the question has its classes now"})
_DISCARD = example("Discard", {"reason": "a test message of the platform"})


@get("/v1/quarantine", opt=by_key("read"), tags=["quarantine"], summary="List what is held")
async def index(
    caller: NamedDependency[Caller],
    status: Status = "open",
    limit: Most = 100,
    cursor: Cursor = None,
) -> HeldPage:
    """Return deliveries, or single events of them, that could not be read."""
    found = await caller.ask(
        list_quarantine,
        status=None if status == "all" else status,
        after=number_of_cursor(cursor),
        limit=limit + 1,
    )
    page = found[:limit]
    more = len(found) > limit
    return HeldPage(held=page, next_cursor=cursor_after(page[-1].id) if more else None)


@get(
    "/v1/quarantine/{held:int}",
    opt=by_key("read"),
    tags=["quarantine"],
    summary="Show a held row",
)
async def show(held: HeldNumber, caller: NamedDependency[Caller]) -> HeldDelivery:
    """Return one held row with the raw delivery behind it."""
    return await caller.ask(show_quarantine, held)


@post(
    "/v1/quarantine/{held:int}/retry",
    opt=by_key("mend"),
    status_code=200,
    tags=["quarantine"],
    summary="Read it again",
)
async def retry(
    held: HeldNumber,
    data: Annotated[ReasonBody, BodyKwarg(examples=[_RETRY])],
    caller: NamedDependency[Caller],
) -> Retried:
    """Read a held row again, with project and reader as they are now."""
    return await caller.ask(retry_quarantine, held, reason=data.reason)


@post(
    "/v1/quarantine/{held:int}/discard",
    opt=by_key("mend"),
    status_code=200,
    tags=["quarantine"],
    summary="Give it up",
)
async def discard(
    held: HeldNumber,
    data: Annotated[ReasonBody, BodyKwarg(examples=[_DISCARD])],
    caller: NamedDependency[Caller],
) -> HeldRow:
    """Close a held row unread; the sealed original stays."""
    return await caller.ask(discard_quarantine, held, reason=data.reason)


HANDLERS = (index, show, retry, discard)
