"""Drills and game days: what was planted in a shadow, when it was found and contained."""

from collections.abc import Iterable
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from labeltrust.domain.drills import CAMPAIGNS, SUITE, Drill, DrillDraft
from labeltrust.domain.errors import LabeltrustError
from labeltrust.policy.drills import (
    MOST_BAD_LABELS,
    MOST_MINUTES,
    MOST_SECONDS,
    Judged,
    judged,
)
from labeltrust.services.drills.game_days import list_game_days, order_game_day, show_game_day
from labeltrust.services.drills.order_drill import SUMMED_DAYS, fresh_seed, list_drills, order_drill
from labeltrust.web.access import by_session
from labeltrust.web.api.game_days import GameDayNumber
from labeltrust.web.pages._forms import whole_number
from labeltrust.web.pages._view import Refusal, View, refusal, see_other

ON_A_PAGE = 50
_DAYS_SHOWN = 12
_AIMS = (f"{MOST_MINUTES:.0f}", MOST_BAD_LABELS, f"{MOST_SECONDS:.0f}")


@get("/drills", opt=by_session("read"), include_in_schema=False)
async def drills(view: NamedDependency[View]) -> Response[Any]:
    """List drills, the newest first, with the shares of thirty days."""
    return await _page(view)


@post("/drills", opt=by_session("assess"), include_in_schema=False)
async def order(request: Request[Any, Any, Any], view: NamedDependency[View]) -> Response[Any]:
    """Order a drill of a campaign, by a seed that nobody knew before."""
    form = await view.form(request)
    try:
        draft = DrillDraft(campaign=form.get("campaign", ""), seed=fresh_seed())
        await view.ask(order_drill, draft)
    except LabeltrustError as error:
        return await _page(view, refusal(error))
    return see_other("/drills")


@post("/game-days", opt=by_session("assess"), include_in_schema=False)
async def order_day(request: Request[Any, Any, Any], view: NamedDependency[View]) -> Response[Any]:
    """Order a game day."""
    await view.form(request)
    try:
        day = await view.ask(order_game_day)
    except LabeltrustError as error:
        return await _page(view, day_refused=refusal(error))
    return see_other(f"/game-days/{day.id}")


@get("/game-days/{game_day:int}", opt=by_session("read"), include_in_schema=False)
async def game_day(game_day: GameDayNumber, view: NamedDependency[View]) -> Response[str]:
    """Show the report of a game day."""
    report = await view.ask(show_game_day, game_day)
    drills = report.day.drills
    return view.page(
        "game_day.html",
        day=report.day,
        over=report.finished_at,
        waiting=sum(one.finished_at is None for one in drills),
        told=msgspec.to_builtins(report.summary),
        rows=_went(drills),
        campaigns=CAMPAIGNS,
        aims=_AIMS,
    )


async def _page(
    view: View, refused: Refusal | None = None, day_refused: Refusal | None = None
) -> Response[Any]:
    text = view.query.get("before", "")
    before = whole_number(text, "before") if text else None
    page = await view.ask(list_drills, before=before, limit=ON_A_PAGE + 1)
    planned = await view.ask(list_game_days, limit=_DAYS_SHOWN)
    shown, wrong = page.drills[:ON_A_PAGE], refused or day_refused
    return view.page(
        "drills.html",
        status=200 if wrong is None else wrong.status,
        rows=_went(shown),
        older=shown[-1].id if len(page.drills) > ON_A_PAGE else None,
        lately=msgspec.to_builtins(page.lately),
        campaigns=CAMPAIGNS,
        suite=SUITE,
        planned=planned,
        days=[(one, msgspec.to_builtins(one.summary)) for one in planned.days],
        summed_days=SUMMED_DAYS,
        aims=_AIMS,
        refused=refused,
        day_refused=day_refused,
    )


def _went(drills: Iterable[Drill]) -> list[tuple[Drill, Judged | None]]:
    return [(one, None if one.found is None else judged(one.found)) for one in drills]


HANDLERS = (drills, order, order_day, game_day)
