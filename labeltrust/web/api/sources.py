"""Sources compared with their platforms, over HTTP: asked for, and what was found."""

from dataclasses import dataclass
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import BodyKwarg, FromPath

from labeltrust.domain.platform_access import AccessDraft, AccessInfo
from labeltrust.domain.reconciling import PullReport
from labeltrust.services.connect_source import connect_source
from labeltrust.services.list_pulls import list_pulls
from labeltrust.services.order_pull import order_pull
from labeltrust.web.access import by_key
from labeltrust.web.caller import Caller
from labeltrust.web.openapi import example
from labeltrust.web.pagination import Limit


class ConnectionBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a platform is read; without a token the one there is stays, for the same address."""

    url: str
    remote: str
    token: str = ""
    every_minutes: int = 60


class PullBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be done; `dry_run` only looks."""

    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PullOrdered:
    """The number of a pull that was begun; `GET …/pulls` says how it went."""

    pull: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PullList:
    """Pulls, newest first."""

    pulls: list[PullReport]


_LOOK = example("Only look", {"dry_run": True})


# Its body is a secret: no answer of it is kept to be said again.
@post(
    "/v1/sources/{source:str}/connection",
    opt=by_key("manage") | {"own_ids": True},
    status_code=200,
    tags=["sources"],
    summary="Say how a source's platform is read",
)
async def connect(
    source: FromPath[str],
    data: Annotated[ConnectionBody, BodyKwarg()],
    caller: NamedDependency[Caller],
) -> AccessInfo:
    """Keep address, project and token of a source's platform; the token is never shown again."""
    draft = AccessDraft(
        url=data.url, remote=data.remote, token=data.token, every_minutes=data.every_minutes
    )
    return await caller.ask(connect_source, source, draft)


@post(
    "/v1/sources/{source:str}/reconcile",
    opt=by_key("mend"),
    status_code=202,
    tags=["sources"],
    summary="Compare a source with its platform",
)
async def reconcile(
    source: FromPath[str],
    caller: NamedDependency[Caller],
    data: Annotated[PullBody | None, BodyKwarg(examples=[_LOOK])] = None,
) -> PullOrdered:
    """Begin a pull in the background and return its number."""
    wanted = data or PullBody()
    return PullOrdered(pull=await caller.ask(order_pull, source, dry_run=wanted.dry_run))


@get(
    "/v1/sources/{source:str}/pulls",
    opt=by_key("read"),
    tags=["sources"],
    summary="List comparisons with the platform",
)
async def pulls(
    source: FromPath[str], caller: NamedDependency[Caller], limit: Limit = 20
) -> PullList:
    """Return what was found, newest first."""
    return PullList(pulls=await caller.ask(list_pulls, source, limit=limit))


HANDLERS = (connect, reconcile, pulls)
