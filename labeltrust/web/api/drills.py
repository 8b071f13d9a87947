"""Drills over HTTP: ordered, listed, summed up."""

from dataclasses import dataclass
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import BodyKwarg, QueryParameter

from labeltrust.domain.drills import LABELS_A_MINUTE, Drill, DrillDraft
from labeltrust.policy.drills import Summary
from labeltrust.services.drills.order_drill import fresh_seed, list_drills, order_drill
from labeltrust.web.access import by_key
from labeltrust.web.caller import Caller
from labeltrust.web.openapi import example
from labeltrust.web.pagination import Cursor, cursor_after, number_of_cursor

Most = Annotated[
    int, QueryParameter(ge=1, le=999, required=False, description="Most rows of one page.")
]


class DrillBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A campaign to try; without a seed one is drawn."""

    campaign: str
    seed: int | None = None
    labels_a_minute: float = LABELS_A_MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillList:
    """Drills, the newest first; `lately` sums up those of thirty days."""

    drills: list[Drill]
    lately: Summary
    next_cursor: str | None


_RING = example("A ring", {"campaign": "ring", "seed": 7})


@get("/v1/drills", opt=by_key("read"), tags=["drills"], summary="List drills")
async def index(
    caller: NamedDependency[Caller], limit: Most = 100, cursor: Cursor = None
) -> DrillList:
    """Return what was planted in a shadow, when it was found, and when it was contained."""
    page = await caller.ask(list_drills, before=number_of_cursor(cursor) or None, limit=limit + 1)
    shown, more = list(page.drills[:limit]), len(page.drills) > limit
    return DrillList(
        drills=shown, lately=page.lately, next_cursor=cursor_after(shown[-1].id) if more else None
    )


@post(
    "/v1/drills",
    opt=by_key("assess"),
    status_code=202,
    tags=["drills"],
    summary="Order a drill",
)
async def order(
    data: Annotated[DrillBody, BodyKwarg(examples=[_RING])], caller: NamedDependency[Caller]
) -> Drill:
    """Have the worker plant a campaign in a shadow; real labels and alerts see none of it."""
    seed = fresh_seed() if data.seed is None else data.seed
    draft = DrillDraft(campaign=data.campaign, seed=seed, labels_a_minute=data.labels_a_minute)
    return await caller.ask(order_drill, draft)


HANDLERS = (index, order)
