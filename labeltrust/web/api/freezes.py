"""Freezing and lifting over HTTP."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import BodyKwarg, FromPath, PathParameter, QueryParameter

from labeltrust.domain.approvals import Approval
from labeltrust.domain.cases import FreezeCase
from labeltrust.domain.errors import InvalidInput
from labeltrust.services.freeze_labels import FreezeDraft, freeze_labels, list_standing
from labeltrust.services.lift_freeze import lift_freeze
from labeltrust.web.access import by_key
from labeltrust.web.caller import Caller
from labeltrust.web.openapi import example
from labeltrust.web.pagination import MAX_ID

FreezeNumber = Annotated[int, PathParameter(ge=1, le=MAX_ID)]
Lifted = Annotated[bool, QueryParameter(required=False, description="Lifted ones, too.")]


class FreezeBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be held out: one of labeler, source and import, from a moment on or all of it."""

    reason: str
    labeler: str | None = None
    source: str | None = None
    import_id: Annotated[int, msgspec.Meta(ge=1, le=MAX_ID)] | None = None
    since: datetime | None = None
    clock: str = "received"

    def draft(self, project: str) -> FreezeDraft:
        """Return what the service calls a draft.

        Raises:
            InvalidInput: `since` has no time zone.
        """
        if self.since is not None and self.since.tzinfo is None:
            raise InvalidInput("a time needs its zone, such as Z", place="since")
        return FreezeDraft(
            project=project,
            reason=self.reason,
            labeler=self.labeler,
            source=self.source,
            import_id=self.import_id,
            since=self.since,
            clock=self.clock,
        )


class LiftBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a freeze ends, in words."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeList:
    """Freezes, oldest first."""

    freezes: list[FreezeCase]


_FREEZE = example(
    "Hold a labeler's labels of November",
    {"labeler": "mallory", "since": "2026-11-01T00:00:00Z", "reason": "flag 7, audit under way"},
)
_LIFT = example("Lift", {"reason": "the audit cleared her: 24 of 25 right"})


@get(
    "/v1/projects/{project:str}/freezes",
    opt=by_key("read"),
    tags=["freezes"],
    summary="List freezes",
)
async def index(
    project: FromPath[str], caller: NamedDependency[Caller], *, lifted: Lifted = False
) -> FreezeList:
    """Return the freezes that stand, or all of them, oldest first."""
    return FreezeList(freezes=await caller.ask(list_standing, project, lifted=lifted))


@post(
    "/v1/projects/{project:str}/freezes",
    opt=by_key("freeze"),
    tags=["freezes"],
    summary="Freeze labels",
)
async def create(
    project: FromPath[str],
    data: Annotated[FreezeBody, BodyKwarg(examples=[_FREEZE])],
    caller: NamedDependency[Caller],
) -> FreezeCase:
    """Hold labels out of training sets; they stay on record, and lifting returns them."""
    return await caller.ask(freeze_labels, data.draft(project))


@post(
    "/v1/freezes/{freeze:int}/lift",
    opt=by_key("freeze"),
    status_code=200,
    tags=["freezes"],
    summary="Lift a freeze",
)
async def lift(
    freeze: FreezeNumber,
    data: Annotated[LiftBody, BodyKwarg(examples=[_LIFT])],
    caller: NamedDependency[Caller],
) -> Response[FreezeCase | Approval]:
    """End a freeze; its undo is a new one.

    Where one person has given back much within a day already, this is answered 202 with the
    request that waits for a second person.
    """
    done: FreezeCase | Approval = await caller.ask(lift_freeze, freeze, reason=data.reason)
    return Response(done, status_code=202 if isinstance(done, Approval) else 200)


HANDLERS = (index, create, lift)
