"""Alerts: what is wrong, where it is told, how the last messages went, and what was given up."""

from collections.abc import Callable
from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, PathParameter

from labeltrust.domain.alert_codes import CODES
from labeltrust.domain.alerts import Message
from labeltrust.domain.errors import InvalidInput, LabeltrustError, NotFound
from labeltrust.outgoing.shapes import shapes
from labeltrust.services.alerting.add_channel import (
    WINDOW_SECONDS,
    ChannelDraft,
    NewChannel,
    add_channel,
    remove_channel,
    rotate_key,
    switch_on,
)
from labeltrust.services.alerting.dead_letters import (
    MOST,
    discard_message,
    list_messages,
    retry_message,
)
from labeltrust.services.alerting.list_alerts import list_alerts
from labeltrust.services.alerting.list_channels import list_channels
from labeltrust.services.alerting.runbooks import show_runbook
from labeltrust.services.alerting.try_channel import Tried, try_channel
from labeltrust.web.access import by_session
from labeltrust.web.api.alerts import ChannelNumber, MessageNumber
from labeltrust.web.pages._columns import kept
from labeltrust.web.pages._forms import scope_of
from labeltrust.web.pages._runbook_parts import parts_of
from labeltrust.web.pages._tables import Column, Filter, Table
from labeltrust.web.pages._view import Form, Refusal, View, refusal, see_other

_STATES = {
    "dead": "given up",
    "waiting": "waiting",
    "sent": "taken",
    "discarded": "put aside",
    "dropped": "over before they were told",
    "all": "all",
}
MESSAGES: Table[Message] = Table(
    name="messages",
    order="-id",
    columns=(
        Column(name="id", title="Message", value=lambda m: m.id),
        Column(name="channel", title="Channel", value=lambda m: m.channel),
        Column(name="code", title="What", value=lambda m: m.code),
        kept("effect", lambda m: m.effect),
        kept("severity", lambda m: m.loudness),
        Column(name="n", title="Things", value=lambda m: m.n, is_number=True),
        Column(name="tries", title="Tries", value=lambda m: m.tries, is_number=True),
        Column(name="made_at", title="Made", value=lambda m: m.made_at),
        Column(name="state", title="State", value=lambda m: m.state),
        kept("trouble", lambda m: m.trouble or ""),
        kept("done_at", lambda m: m.done_at),
        kept("done_by", lambda m: m.done_by or ""),
    ),
    searched=lambda m: f"{m.channel} {m.code} {m.effect} {m.trouble or ''}",
    hint="channel, what, trouble",
    filters=(Filter(name="state", title="Which", choices=_STATES),),
    on_page=50,
)


@get("/alerts", opt=by_session("mend"), include_in_schema=False)
async def alerts(view: NamedDependency[View]) -> Response[Any]:
    """Show what is wrong, the channels, and messages."""
    return await _page(view)


@post("/alerts/channels", opt=by_session("manage"), include_in_schema=False)
async def add(request: Request[Any, Any, Any], view: NamedDependency[View]) -> Response[Any]:
    """Add a channel, and show the secret that signs its messages this one time."""
    form = await view.form(request)
    try:
        made = await view.ask(add_channel, _draft(form))
    except NotFound as error:
        return await _page(view, form=form, refused=Refusal(status=404, reason=str(error)))
    except LabeltrustError as error:
        return await _page(view, form=form, refused=refusal(error))
    return await _page(view, made=made) if made.secret else see_other("/alerts")


@post("/alerts/channels/{channel:int}/test", opt=by_session("mend"), include_in_schema=False)
async def try_(
    channel: ChannelNumber, request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """Send a test now, and show how it was taken."""
    await view.form(request)
    return await _page(view, tried=await view.ask(try_channel, channel))


@post("/alerts/channels/{channel:int}/rotate", opt=by_session("manage"), include_in_schema=False)
async def rotate(
    channel: ChannelNumber, request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """Make a new key and show its text this one time."""
    await view.form(request)
    return await _page(view, made=await view.ask(rotate_key, channel))


@post("/alerts/channels/{channel:int}/on", opt=by_session("mend"), include_in_schema=False)
async def on(
    channel: ChannelNumber, request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """Tell a channel again that was switched off."""
    return await _acted(view, request, switch_on, channel)


@post("/alerts/channels/{channel:int}/remove", opt=by_session("manage"), include_in_schema=False)
async def remove(
    channel: ChannelNumber, request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """Tell a channel nothing any more."""
    await view.form(request)
    await view.ask(remove_channel, channel)
    return see_other("/alerts")


@post("/alerts/messages/{message:int}/retry", opt=by_session("mend"), include_in_schema=False)
async def retry(
    message: MessageNumber, request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """Try a message again."""
    return await _acted(view, request, retry_message, message)


@post("/alerts/messages/{message:int}/discard", opt=by_session("mend"), include_in_schema=False)
async def discard(
    message: MessageNumber, request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """Put a message aside."""
    return await _acted(view, request, discard_message, message)


@get("/runbooks/{code:str}", opt=by_session("read"), include_in_schema=False)
async def runbook(
    code: Annotated[FromPath[str], PathParameter(max_length=80)], view: NamedDependency[View]
) -> Response[str]:
    """Show what to do about an alert."""
    text = await view.ask(show_runbook, code)
    title, _, words = text.removeprefix("# ").partition("\n")
    return view.page("runbook.html", code=code, title=title, parts=parts_of(words))


async def _acted(
    view: View, request: Request[Any, Any, Any], service: Callable[..., object], number: int
) -> Response[Any]:
    form = await view.form(request)
    try:
        await view.ask(service, number, reason=form.get("reason", ""))
    except LabeltrustError as error:
        return await _page(view, refused=refusal(error))
    return see_other("/alerts")


def _draft(form: Form) -> ChannelDraft:
    return ChannelDraft(
        name=form.get("name", "").strip(),
        shape=form.get("shape", ""),
        options=_options(form.get("options", "")),
        codes=tuple(code for code in CODES if form.get(f"code-{code}")) or None,
        projects=scope_of(form),
        floor=form.get("floor", "ticket"),
        window_seconds=_seconds(form.get("window_seconds", "")),
    )


def _options(text: str) -> dict[str, str]:
    """Return the options of a field, `name=value` a line.

    >>> _options("url=https://a.example.org/?x=1 ")
    {'url': 'https://a.example.org/?x=1'}
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    pairs = [line.partition("=") for line in lines]
    if not all(separator for _, separator, _ in pairs):
        raise InvalidInput("write name=value, one a line", place="options")
    return {name.strip(): value.strip() for name, _, value in pairs}


def _seconds(text: str) -> float:
    try:
        return float(text) if text.strip() else WINDOW_SECONDS
    except ValueError:
        detail = f"{text[:40]!r} is no number of seconds"
        raise InvalidInput(detail, place="window_seconds") from None


async def _page(
    view: View,
    *,
    form: Form | None = None,
    refused: Refusal | None = None,
    made: NewChannel | None = None,
    tried: Tried | None = None,
) -> Response[Any]:
    asked = MESSAGES.asked("/alerts", view.query)
    found = await view.ask(list_messages, state=asked.chosen["state"], limit=MOST)
    shown = MESSAGES.shown(found, asked)
    acted = form is not None or refused is not None or made is not None or tried is not None
    return (None if acted else shown.download()) or view.page(
        "alerts.html",
        status=200 if refused is None else refused.status,
        shown=shown,
        open=await view.ask(list_alerts),
        channels=await view.ask(list_channels),
        codes=CODES,
        shapes=shapes(),
        form={} if form is None else {k: v for k, v in form.items() if k != "options"},
        refused=refused,
        made=made,
        tried=tried,
    )


HANDLERS = (
    alerts, add, try_, rotate, on, remove, retry, discard, runbook,
)  # fmt: skip
