"""What could not be read: the list, one row with its original, and the two ways to close it."""

from collections.abc import Callable
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery

from labeltrust.domain.errors import LabeltrustError
from labeltrust.domain.naming import is_storable
from labeltrust.services.discard_quarantine import discard_quarantine
from labeltrust.services.list_quarantine import (
    list_quarantine,
    quarantine_choices,
    show_quarantine,
)
from labeltrust.services.retry_quarantine import retry_quarantine
from labeltrust.store.quarantine import HeldOf
from labeltrust.web.access import by_session
from labeltrust.web.api.quarantine import HeldNumber
from labeltrust.web.pages._view import Form, Refusal, View, refusal, see_other
from labeltrust.web.pagination import MAX_ID

_ON_A_PAGE = 100
STATUSES = ("open", "accepted", "discarded")


@get("/quarantine", opt=by_session("read"), include_in_schema=False)
async def quarantine(
    view: NamedDependency[View],
    status: FromQuery[str] = "open",
    source: FromQuery[str] = "",
    code: FromQuery[str] = "",
    after: FromQuery[int] = 0,
) -> Response[str]:
    """List what is held, of all sources or one, for all reasons or one."""
    shown = status if status in STATUSES else "open"
    found = await view.ask(
        list_quarantine,
        status=shown,
        only=HeldOf(source=_chosen(source), code=_chosen(code)),
        after=min(max(after, 0), MAX_ID),
        limit=_ON_A_PAGE + 1,
    )
    choices = await view.ask(quarantine_choices, shown)
    return view.page(
        "quarantine.html",
        held=found[:_ON_A_PAGE],
        more=len(found) > _ON_A_PAGE,
        shown=shown,
        statuses=STATUSES,
        source=source,
        code=code,
        sources=sorted({name for name, _, _ in choices}),
        codes=sorted({reason for _, reason, _ in choices}),
        total=sum(
            n for name, reason, n in choices if source in {"", name} and code in {"", reason}
        ),
    )


def _chosen(word: str) -> str | None:
    return word if word and is_storable(word) else None


@get("/quarantine/{held:int}", opt=by_session("read"), include_in_schema=False)
async def show(held: HeldNumber, view: NamedDependency[View]) -> Response[str]:
    """Show one held row with its original."""
    return await _page(view, held, {}, None)


@post("/quarantine/{held:int}/retry", opt=by_session("mend"), include_in_schema=False)
async def retry(
    held: HeldNumber, request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """Read it again."""
    return await _closed(view, request, held, retry_quarantine)


@post("/quarantine/{held:int}/discard", opt=by_session("mend"), include_in_schema=False)
async def discard(
    held: HeldNumber, request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """Give it up."""
    return await _closed(view, request, held, discard_quarantine)


async def _closed(
    view: View, request: Request[Any, Any, Any], held: int, service: Callable[..., object]
) -> Response[Any]:
    form = await view.form(request)
    try:
        await view.ask(service, held, reason=form.get("reason", ""))
    except LabeltrustError as error:
        return await _page(view, held, form, refusal(error))
    return see_other(f"/quarantine/{held}")


async def _page(view: View, held: int, form: Form, refused: Refusal | None) -> Response[str]:
    return view.page(
        "held.html",
        status=200 if refused is None else refused.status,
        delivery=await view.ask(show_quarantine, held),
        form=form,
        refused=refused,
    )


HANDLERS = (quarantine, show, retry, discard)
