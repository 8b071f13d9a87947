"""Game days over HTTP: ordered, listed, shown."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter

from labeltrust.domain.drills import GameDay
from labeltrust.services.drills.game_days import (
    GameDayReport,
    list_game_days,
    order_game_day,
    show_game_day,
)
from labeltrust.web.access import by_key
from labeltrust.web.caller import Caller
from labeltrust.web.pagination import MAX_ID, Cursor, cursor_after, number_of_cursor

GameDayNumber = Annotated[int, PathParameter(ge=1, le=MAX_ID)]
Most = Annotated[
    int, QueryParameter(ge=1, le=99, required=False, description="Most game days of one page.")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class GameDayList:
    """Game days, the newest first, and when the schedule wants the next one."""

    game_days: list[GameDayReport]
    every_days: int
    next_at: datetime | None
    overdue: bool
    next_cursor: str | None


@get("/v1/game-days", opt=by_key("read"), tags=["drills"], summary="List game days")
async def index(
    caller: NamedDependency[Caller], limit: Most = 20, cursor: Cursor = None
) -> GameDayList:
    """Return game days with every drill of them, and how the drills went."""
    before = number_of_cursor(cursor) or None
    page = await caller.ask(list_game_days, before=before, limit=limit + 1)
    shown, more = list(page.days[:limit]), len(page.days) > limit
    return GameDayList(
        game_days=shown,
        every_days=page.every_days,
        next_at=page.next_at,
        overdue=page.overdue,
        next_cursor=cursor_after(shown[-1].day.id) if more else None,
    )


@get("/v1/game-days/{game_day:int}", opt=by_key("read"), tags=["drills"], summary="Show a game day")
async def show(game_day: GameDayNumber, caller: NamedDependency[Caller]) -> GameDayReport:
    """Return one game day: each attack, when it was found, when it was contained."""
    return await caller.ask(show_game_day, game_day)


@post(
    "/v1/game-days",
    opt=by_key("assess"),
    status_code=202,
    tags=["drills"],
    summary="Order a game day",
)
async def order(caller: NamedDependency[Caller]) -> GameDay:
    """Have the worker try every campaign of the suite in shadows; real labels see none of it."""
    return await caller.ask(order_game_day)


HANDLERS = (index, show, order)
