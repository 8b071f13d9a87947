"""What freezes do at a source's platform, over HTTP."""

from dataclasses import dataclass
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import BodyKwarg, FromPath, PathParameter

from labeltrust.domain.platform_acts import MOST_ITEMS, PlatformAct, Policy
from labeltrust.services.acting.list_acts import SourceActs, list_acts
from labeltrust.services.acting.set_policy import set_source_policy
from labeltrust.services.acting.undo_act import retry_act, undo_act
from labeltrust.web.access import by_key
from labeltrust.web.caller import Caller
from labeltrust.web.openapi import example
from labeltrust.web.pagination import MAX_ID, Limit

ActNumber = Annotated[int, PathParameter(ge=1, le=MAX_ID)]


class PolicyBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is on from now on: `pause`, `requeue`, both, or nothing."""

    acts: list[str]
    most_items: int = MOST_ITEMS


class ActReason(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why, in words."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPolicy:
    """A source's policy as it is now."""

    source: str
    policy: Policy


_ON = example("Re-queue items whose labels are frozen", {"acts": ["requeue"], "most_items": 200})
_WHY = example("Say why", {"reason": "the queue is full"})


@post(
    "/v1/sources/{source:str}/policy",
    opt=by_key("manage"),
    status_code=200,
    tags=["sources"],
    summary="Say what freezes do at a source's platform",
)
async def set_policy(
    source: FromPath[str],
    data: Annotated[PolicyBody, BodyKwarg(examples=[_ON])],
    caller: NamedDependency[Caller],
) -> SetPolicy:
    """Switch acts on or off; the platform is asked first whether it can do them."""
    kept = await caller.ask(set_source_policy, source, data.acts, most_items=data.most_items)
    return SetPolicy(source=source, policy=kept)


@get(
    "/v1/sources/{source:str}/acts",
    opt=by_key("read"),
    tags=["sources"],
    summary="List acts at a source's platform",
)
async def acts(
    source: FromPath[str], caller: NamedDependency[Caller], limit: Limit = 50
) -> SourceActs:
    """Return the policy, what the platform can do, and what was asked, newest first."""
    return await caller.ask(list_acts, source, limit=limit)


@post(
    "/v1/platform-acts/{number:int}/undo",
    opt=by_key("freeze"),
    status_code=200,
    tags=["sources"],
    summary="Take an act at a platform back",
)
async def undo(
    number: ActNumber,
    data: Annotated[ActReason, BodyKwarg(examples=[_WHY])],
    caller: NamedDependency[Caller],
) -> PlatformAct:
    """Have an act taken back by the worker; the freeze stays."""
    return await caller.ask(undo_act, number, reason=data.reason)


@post(
    "/v1/platform-acts/{number:int}/retry",
    opt=by_key("freeze"),
    status_code=200,
    tags=["sources"],
    summary="Try an act at a platform again",
)
async def retry(
    number: ActNumber,
    data: Annotated[ActReason, BodyKwarg(examples=[_WHY])],
    caller: NamedDependency[Caller],
) -> PlatformAct:
    """Have an act tried again that was given up."""
    return await caller.ask(retry_act, number, reason=data.reason)


HANDLERS = (set_policy, acts, undo, retry)
