"""Drills: what was planted in a shadow, when it was found and contained, and the next one."""

from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from labeltrust.domain.drills import CAMPAIGNS, DrillDraft
from labeltrust.domain.errors import LabeltrustError
from labeltrust.policy.drills import MOST_BAD_LABELS, MOST_MINUTES, MOST_SECONDS, judged
from labeltrust.services.drills.order_drill import SUMMED_DAYS, fresh_seed, list_drills, order_drill
from labeltrust.web.access import by_session
from labeltrust.web.pages._forms import whole_number
from labeltrust.web.pages._view import Refusal, View, refusal, see_other

ON_A_PAGE = 50


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


async def _page(view: View, refused: Refusal | None = None) -> Response[Any]:
    text = view.query.get("before", "")
    before = whole_number(text, "before") if text else None
    page = await view.ask(list_drills, before=before, limit=ON_A_PAGE + 1)
    shown = page.drills[:ON_A_PAGE]
    return view.page(
        "drills.html",
        status=200 if refused is None else refused.status,
        rows=[(one, one.found and judged(one.found)) for one in shown],
        older=shown[-1].id if len(page.drills) > ON_A_PAGE else None,
        lately=msgspec.to_builtins(page.lately),
        campaigns=CAMPAIGNS,
        days=SUMMED_DAYS,
        aims=(f"{MOST_MINUTES:.0f}", MOST_BAD_LABELS, f"{MOST_SECONDS:.0f}"),
        refused=refused,
    )


HANDLERS = (drills, order)
