"""One review case: the evidence, and everything that people do about it."""

import asyncio
from collections.abc import Callable
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from labeltrust.domain.errors import LabeltrustError
from labeltrust.services.assign_flag import assign_flag
from labeltrust.services.comment_flag import comment_flag
from labeltrust.services.decide_flag import decide_flag
from labeltrust.services.draw_signal import draw_signal
from labeltrust.services.freeze_flagged import freeze_flagged
from labeltrust.services.show_audit import audits_of_flag
from labeltrust.services.show_case import show_case
from labeltrust.web.access import by_session
from labeltrust.web.api.flags import FlagNumber
from labeltrust.web.pages._drawings import case_spec
from labeltrust.web.pages._forms import moment_of
from labeltrust.web.pages._view import Form, Refusal, View, charted, refusal, see_other

Asked = Request[Any, Any, Any]
Answer = Response[Any]


@get("/flags/{flag:int}", opt=by_session("read"), include_in_schema=False)
async def show(flag: FlagNumber, view: NamedDependency[View]) -> Response[str]:
    """Show one flag."""
    return await _page(view, flag, {}, None)


@post("/flags/{flag:int}/decision", opt=by_session("review"), include_in_schema=False)
async def decide(flag: FlagNumber, request: Asked, view: NamedDependency[View]) -> Answer:
    """Confirm, dismiss or reopen a flag."""
    return await _acted(view, request, flag, decide_flag, _verdict)


@post("/flags/{flag:int}/assignment", opt=by_session("review"), include_in_schema=False)
async def assign(flag: FlagNumber, request: Asked, view: NamedDependency[View]) -> Answer:
    """Say who is to decide it."""
    return await _acted(view, request, flag, assign_flag, _person)


@post("/flags/{flag:int}/comments", opt=by_session("review"), include_in_schema=False)
async def comment(flag: FlagNumber, request: Asked, view: NamedDependency[View]) -> Answer:
    """Write a comment."""
    return await _acted(view, request, flag, comment_flag, _text)


@post("/flags/{flag:int}/freeze", opt=by_session("freeze"), include_in_schema=False)
async def freeze(flag: FlagNumber, request: Asked, view: NamedDependency[View]) -> Answer:
    """Hold the labeler's labels out."""
    return await _acted(view, request, flag, freeze_flagged, _freeze)


@get("/flags/{flag:int}/charts/{signal:str}", opt=by_session("read"), include_in_schema=False)
async def chart(
    flag: FlagNumber, signal: FromPath[str], view: NamedDependency[View]
) -> Response[dict[str, Any]]:
    """Return what a signal saw in a case as a chart, such as `charts/spam.json`."""
    drawing = await view.ask(draw_signal, flag, signal.removesuffix(".json"))
    return charted(await asyncio.to_thread(case_spec, drawing), signal)


def _verdict(form: Form) -> dict[str, Any]:
    return {"verdict": form.get("verdict", ""), "note": form.get("note", "")}


def _person(form: Form) -> dict[str, Any]:
    return {"person": form.get("person", "") or None, "reason": form.get("assigned_because", "")}


def _text(form: Form) -> dict[str, Any]:
    return {"text": form.get("text", "")}


def _freeze(form: Form) -> dict[str, Any]:
    return {
        "since": moment_of(form.get("since", "")),
        "clock": form.get("clock", "received"),
        "reason": form.get("reason", ""),
    }


async def _acted(
    view: View,
    request: Asked,
    flag: int,
    service: Callable[..., object],
    fields: Callable[[Form], dict[str, Any]],
) -> Answer:
    """Have a service act on a flag; what it refuses is told beside the form, as it was typed."""
    form = await view.form(request)
    try:
        await view.ask(service, flag, **fields(form))
    except LabeltrustError as error:
        return await _page(view, flag, form, refusal(error))
    return see_other(f"/flags/{flag}")


async def _page(view: View, number: int, form: Form, refused: Refusal | None) -> Response[str]:
    case = await view.ask(show_case, number)
    return view.page(
        "flag.html",
        status=200 if refused is None else refused.status,
        case=case,
        flag=case.evidence.flag,
        audits=await view.ask(audits_of_flag, number),
        form=form,
        refused=refused,
    )


HANDLERS = (show, chart, decide, assign, comment, freeze)
