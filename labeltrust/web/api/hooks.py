"""Addresses that are told when a gate reopens, over HTTP: each secret is in one answer, once."""

from dataclasses import dataclass
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import BodyKwarg, FromPath, PathParameter

from labeltrust.domain.hooks import GateHook
from labeltrust.services.subscribe_hook import NewHook, add_hook
from labeltrust.services.watch_hooks import WatchedHook, remove_hook_of, watch_hook, watch_hooks
from labeltrust.web.access import by_key
from labeltrust.web.caller import Caller
from labeltrust.web.openapi import example
from labeltrust.web.pagination import MAX_ID

HookNumber = Annotated[int, PathParameter(ge=1, le=MAX_ID)]


class HookBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the news is sent, by https."""

    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HookList:
    """Addresses without secrets, oldest first."""

    hooks: list[WatchedHook]


_CI = example("A pipeline", {"url": "https://ci.example.org/hooks/retrain"})


@get(
    "/v1/projects/{project:str}/hooks",
    opt=by_key("configure"),
    tags=["gate"],
    summary="List hooks of the gate",
)
async def index(project: FromPath[str], caller: NamedDependency[Caller]) -> HookList:
    """Return the addresses that are told when the gate reopens, and how it went."""
    return HookList(hooks=await caller.ask(watch_hooks, project))


# Its answer is a secret, which must not be kept to be said again; an address is added only once.
@post(
    "/v1/projects/{project:str}/hooks",
    opt=by_key("configure") | {"own_ids": True},
    tags=["gate"],
    summary="Add a hook to the gate",
)
async def add(
    project: FromPath[str],
    data: Annotated[HookBody, BodyKwarg(examples=[_CI])],
    caller: NamedDependency[Caller],
) -> NewHook:
    """Subscribe an address; the secret that its messages are signed by is in this answer only."""
    return await caller.ask(add_hook, project, data.url)


@post(
    "/v1/projects/{project:str}/hooks/{hook:int}/remove",
    opt=by_key("configure"),
    status_code=200,
    tags=["gate"],
    summary="Remove a hook of the gate",
)
async def remove(
    project: FromPath[str], hook: HookNumber, caller: NamedDependency[Caller]
) -> GateHook:
    """Tell an address nothing any more; its secret is forgotten."""
    return await caller.ask(remove_hook_of, project, hook)


@get(
    "/v1/projects/{project:str}/hooks/{hook:int}/deliveries",
    opt=by_key("configure"),
    tags=["gate"],
    summary="Show what a hook was told",
)
async def deliveries(
    project: FromPath[str], hook: HookNumber, caller: NamedDependency[Caller]
) -> WatchedHook:
    """Return when an address last took news, and what it has not taken yet, with the reason."""
    return await caller.ask(watch_hook, project, hook)


HANDLERS = (index, add, remove, deliveries)
