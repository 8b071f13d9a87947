"""What could not be read: the list, one row with its original, and the two ways to close it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from labeltrust.domain.errors import LabeltrustError
from labeltrust.domain.naming import is_storable
from labeltrust.services.discard_quarantine import discard_quarantine
from labeltrust.services.list_quarantine import (
    STATUSES,
    find_quarantine,
    quarantine_choices,
    show_quarantine,
)
from labeltrust.services.retry_quarantine import retry_quarantine
from labeltrust.store.quarantine import HeldRow
from labeltrust.web.access import by_session
from labeltrust.web.api.quarantine import HeldNumber
from labeltrust.web.pages._columns import kept
from labeltrust.web.pages._tables import Column, Filter, Table
from labeltrust.web.pages._view import Form, Refusal, View, refusal, see_other

_STATUS: Filter[HeldRow] = Filter(
    name="status", title="Status", choices={word: word for word in STATUSES}
)
_COLUMNS: tuple[Column[HeldRow], ...] = (
    Column(name="id", title="Number", value=lambda row: row.id),
    Column(name="source", title="Source", value=lambda row: row.source),
    Column(name="code", title="Reason", value=lambda row: row.code),
    kept("detail", lambda row: row.detail),
    kept("row", lambda row: row.row),
    kept("position", lambda row: row.position),
    kept("event_id", lambda row: row.event_id),
    Column(name="created_at", title="Came", value=lambda row: row.created_at),
    Column(name="status", title="Status", value=lambda row: row.status, sortable=False),
    kept("closed_at", lambda row: row.closed_at),
    kept("closed_by", lambda row: row.closed_by),
    kept("reason", lambda row: row.reason),
)


@get("/quarantine", opt=by_session("read"), include_in_schema=False)
async def quarantine(view: NamedDependency[View]) -> Response[Any]:
    """List what is held, of all sources or one, for all reasons or one."""
    status = _STATUS.chosen(view.query.get("status"))
    choices = await view.ask(quarantine_choices, status)
    table = _table(choices, view.query)
    asked = view.asked(table)
    found = await view.ask(find_quarantine, asked.listing)
    shown = table.counted(found.rows, asked, found.n_found, found.n_all)
    return view.listed("quarantine.html", shown, source=asked.chosen["source"])


def _table(choices: Sequence[tuple[str, str, int]], query: Mapping[str, str]) -> Table[HeldRow]:
    """Return the table with the sources and reasons that there are, and those asked for."""
    sources = {name for name, _, _ in choices} | _asked(query, "source")
    codes = {code for _, code, _ in choices} | _asked(query, "code")
    words = {code: code.replace("_", " ") for code in sorted(codes)}
    return Table(
        name="quarantine",
        order="id",
        columns=_COLUMNS,
        searched=lambda row: row.detail,
        hint="what is wrong, or an event id",
        filters=(
            _STATUS,
            Filter(
                name="source",
                title="Source",
                choices={"": "every source"} | {name: name for name in sorted(sources)},
            ),
            Filter(name="code", title="Reason", choices={"": "every reason"} | words),
        ),
    )


def _asked(query: Mapping[str, str], name: str) -> set[str]:
    """Return what an address asks for, so that a link to what is mended by now finds nothing."""
    word = query.get(name, "")
    return {word} if word and is_storable(word) else set()


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
