"""Sign-in by a link that works once."""

import asyncio
from typing import Any

from jinja2 import Environment
from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from labeltrust.services.deployment import Deployment
from labeltrust.services.sign_in import sign_in, sign_out
from labeltrust.web.access import COOKIE, OPEN, by_session
from labeltrust.web.pages._view import View, form_fields, render, see_other


@get("/sign-in", opt=dict(OPEN), include_in_schema=False)
async def ask(templates: NamedDependency[Environment]) -> Response[str]:
    """Say how to get a link."""
    return render(templates, "sign_in.html", token=None)


@get("/sign-in/{token:str}", opt=dict(OPEN), include_in_schema=False)
async def confirm(token: FromPath[str], templates: NamedDependency[Environment]) -> Response[str]:
    """Ask for a click: programs that look at links in advance must not use them up."""
    return render(templates, "sign_in.html", token=token)


@post("/sign-in", opt=dict(OPEN), include_in_schema=False)
async def enter(
    request: Request[Any, Any, Any], deployment: NamedDependency[Deployment]
) -> Redirect:
    """Use up the link and set the cookie of the session."""
    fields = await form_fields(request)
    session = await asyncio.to_thread(sign_in, deployment, fields.get("token", ""))
    answer = see_other("/projects")
    answer.set_cookie(_cookie(deployment, session.token))
    return answer


@post("/sign-out", opt=by_session("read"), include_in_schema=False)
async def leave(request: Request[Any, Any, Any], view: NamedDependency[View]) -> Redirect:
    """End the session, here and in the database."""
    await view.form(request)
    await asyncio.to_thread(sign_out, view.deployment, request.cookies.get(COOKIE, ""))
    answer = see_other("/sign-in")
    answer.delete_cookie(COOKIE)
    return answer


def _cookie(deployment: Deployment, token: str) -> Cookie:
    settings = deployment.settings
    return Cookie(
        key=COOKIE,
        value=token,
        httponly=True,
        samesite="lax",
        path="/",
        # A browser would not send it back to a plain-text address.
        secure=settings.address.startswith("https://"),
        max_age=int(settings.session_hours * 3_600),
    )


HANDLERS = (ask, confirm, enter, leave)
