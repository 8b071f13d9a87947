"""Models as labelers over HTTP: their roles, and each beside the version before it."""

from dataclasses import dataclass
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import BodyKwarg, FromPath

from labeltrust.services.models.give_role import GivenRole, RoleDraft, give_role
from labeltrust.services.models.show_model import ModelCase, list_models, show_model
from labeltrust.web.access import by_key
from labeltrust.web.api.labelers import OfSource
from labeltrust.web.caller import Caller
from labeltrust.web.openapi import example
from labeltrust.web.pagination import Cursor, Limit, cursor_after, number_of_cursor


class RoleBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a model is for; `predecessor` null leaves it as it is, an empty text takes it away."""

    role: str
    reason: str
    predecessor: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPage:
    """Models that have a role, the newest act first; `lost` is left to each one's own page."""

    models: list[ModelCase]
    next_cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OneModel:
    """A model with one page of the gold items that it lost."""

    model: ModelCase
    next_cursor: str | None


_ROLE = example(
    "A canary", {"role": "canary", "predecessor": "net-2", "reason": "retrained on snapshot 4"}
)


@get(
    "/v1/projects/{project:str}/models",
    opt=by_key("read"),
    tags=["models"],
    summary="List models",
)
async def index(
    project: FromPath[str],
    caller: NamedDependency[Caller],
    limit: Limit = 100,
    cursor: Cursor = None,
) -> ModelPage:
    """Return the models that have a role, each beside the one that it is measured against."""
    skip = number_of_cursor(cursor)
    found = await caller.ask(list_models, project)
    page = list(found[skip : skip + limit])
    more = len(found) > skip + limit
    return ModelPage(models=page, next_cursor=cursor_after(skip + limit) if more else None)


@get(
    "/v1/projects/{project:str}/labelers/{labeler:str}/model",
    opt=by_key("read"),
    tags=["models"],
    summary="Show a model",
)
async def show(
    project: FromPath[str],
    labeler: FromPath[str],
    caller: NamedDependency[Caller],
    source: OfSource = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> OneModel:
    """Return role, history, numbers, and the gold items that the model lost, page by page."""
    skip = number_of_cursor(cursor)
    found = await caller.ask(show_model, project, labeler, source=source, skip=skip, limit=limit)
    more = found.n_lost > skip + limit
    return OneModel(model=found, next_cursor=cursor_after(skip + limit) if more else None)


@post(
    "/v1/projects/{project:str}/labelers/{labeler:str}/model",
    opt=by_key("snapshot"),
    tags=["models"],
    summary="Give a model a role",
)
async def give(
    project: FromPath[str],
    labeler: FromPath[str],
    caller: NamedDependency[Caller],
    data: Annotated[RoleBody, BodyKwarg(examples=[_ROLE])],
) -> GivenRole:
    """Say what a model is for; one is in production at a time, and the former one is retired."""
    draft = RoleDraft(
        labeler=labeler,
        role=data.role,
        reason=data.reason,
        predecessor=data.predecessor,
        source=data.source,
    )
    return await caller.ask(give_role, project, draft)


HANDLERS = (index, show, give)
