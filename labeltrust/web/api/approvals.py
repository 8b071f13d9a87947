"""Acts of two persons over HTTP: what waits, and the second person's answer."""

from dataclasses import dataclass
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import BodyKwarg, PathParameter, QueryParameter

from labeltrust.domain.approvals import Approval
from labeltrust.services.give_approval import approve as give
from labeltrust.services.give_approval import refuse as withhold
from labeltrust.services.list_approvals import list_approvals, show_approval
from labeltrust.web.access import by_key
from labeltrust.web.caller import Caller
from labeltrust.web.openapi import example
from labeltrust.web.pagination import MAX_ID

ApprovalNumber = Annotated[int, PathParameter(ge=1, le=MAX_ID)]
Decided = Annotated[bool, QueryParameter(required=False, description="Decided ones, too.")]


class AnswerBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why it is approved or refused, in words."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalList:
    """Requests, newest first."""

    approvals: list[Approval]


_YES = example("Approve", {"reason": "looked at the preview: two honest labelers are let go"})
_NO = example("Refuse", {"reason": "the freezes rest on one attack; lift them one by one"})


@get("/v1/approvals", opt=by_key("read"), tags=["approvals"], summary="List approvals")
async def index(caller: NamedDependency[Caller], *, decided: Decided = False) -> ApprovalList:
    """Return the requests that wait for a second person, or the newest 500 of all."""
    return ApprovalList(approvals=await caller.ask(list_approvals, waiting=not decided))


@get(
    "/v1/approvals/{approval:int}",
    opt=by_key("read"),
    tags=["approvals"],
    summary="Show an approval",
)
async def show(approval: ApprovalNumber, caller: NamedDependency[Caller]) -> Approval:
    """Return one request: what is proposed, by whom, why, and what became of it."""
    return await caller.ask(show_approval, approval)


@post(
    "/v1/approvals/{approval:int}/approve",
    opt=by_key("approve"),
    status_code=200,
    tags=["approvals"],
    summary="Approve and carry out",
)
async def approve(
    approval: ApprovalNumber,
    data: Annotated[AnswerBody, BodyKwarg(examples=[_YES])],
    caller: NamedDependency[Caller],
) -> Approval:
    """Approve as a second person; what was asked is carried out in the same transaction."""
    return await caller.ask(give, approval, reason=data.reason)


@post(
    "/v1/approvals/{approval:int}/refuse",
    opt=by_key("approve"),
    status_code=200,
    tags=["approvals"],
    summary="Refuse, or withdraw",
)
async def refuse(
    approval: ApprovalNumber,
    data: Annotated[AnswerBody, BodyKwarg(examples=[_NO])],
    caller: NamedDependency[Caller],
) -> Approval:
    """Refuse a request; by who asked, this withdraws it."""
    return await caller.ask(withhold, approval, reason=data.reason)


HANDLERS = (index, show, approve, refuse)
