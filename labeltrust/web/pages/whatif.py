"""What if: a history replayed under other thresholds, or without some labelers."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from labeltrust.domain.errors import InvalidInput, LabeltrustError
from labeltrust.policy.thresholds import THRESHOLDS
from labeltrust.services.order_replay import order_replay, show_replays
from labeltrust.services.preview_thresholds import show_thresholds
from labeltrust.services.show_project import show_project
from labeltrust.services.what_if import CLOCKS, WhatIfDraft
from labeltrust.web.access import by_session
from labeltrust.web.pages._forms import whole_number
from labeltrust.web.pages._snapshot_form import named_wrongly
from labeltrust.web.pages._threshold_form import threshold_lines, typed_thresholds
from labeltrust.web.pages._view import Form, Refusal, View, refusal, see_other
from labeltrust.web.paths import segment

_MOST_LABELERS = 1_000
_MOST_SHOWN = 200


@get("/projects/{project:str}/whatif", opt=by_session("read"), include_in_schema=False)
async def show(
    project: FromPath[str], view: NamedDependency[View], replay: FromQuery[str] = ""
) -> Response[str]:
    """Show the replays of a project, what one found, and the form for another."""
    number = whole_number(replay, "replay") if replay else None
    return await _page(view, project, {}, None, number)


@post("/projects/{project:str}/whatif", opt=by_session("assess"), include_in_schema=False)
async def order(
    project: FromPath[str], request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """Order a replay; the background worker does it."""
    form = await view.form(request)
    standing = await view.ask(show_thresholds, project)
    try:
        await view.ask(order_replay, _draft(project, form, typed_thresholds(standing, form)))
    except LabeltrustError as error:
        return await _page(view, project, form, refusal(named_wrongly(error)), None)
    return see_other(f"/projects/{segment(project)}/whatif")


def _draft(project: str, form: Form, thresholds: dict[str, float | None]) -> WhatIfDraft:
    names = (line.strip() for line in form.get("without", "").splitlines())
    every = form.get("every_days", "").strip()
    return WhatIfDraft(
        project=project,
        without=tuple(dict.fromkeys(name for name in names if name))[:_MOST_LABELERS],
        thresholds=thresholds,
        looks=whole_number(form.get("looks", "10"), "looks"),
        every_days=_days(every) if every else None,
        clock=form.get("clock", CLOCKS[0]),
    )


def _days(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        detail = f"{text[:40]!r} is no number"
        raise InvalidInput(detail, place="days") from None


async def _page(
    view: View, project: str, form: Form, refused: Refusal | None, number: int | None
) -> Response[str]:
    shown = await view.ask(show_project, project)
    standing = await view.ask(show_thresholds, project)
    return view.page(
        "whatif.html",
        status=200 if refused is None else refused.status,
        project=shown,
        lines=threshold_lines(standing, {*shown.policy, *shown.floors}, form),
        titles={name: about.title for name, about in THRESHOLDS.items()},
        replays=await view.ask(show_replays, project, number),
        most=_MOST_SHOWN,
        form=form,
        refused=refused,
    )


HANDLERS = (show, order)
