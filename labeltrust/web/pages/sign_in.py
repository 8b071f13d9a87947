"""Sign-in by a link that works once or by a password; sign-out here or everywhere."""

import asyncio
from collections.abc import Callable
from typing import Any

from jinja2 import Environment
from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from labeltrust.domain.access import Session
from labeltrust.domain.errors import InvalidInput, NotProven, TooOften
from labeltrust.services.add_person import sign_out_everywhere
from labeltrust.services.deployment import Deployment
from labeltrust.services.limit_attempts import Attempts
from labeltrust.services.sign_in import sign_in, sign_out
from labeltrust.services.sign_in_oidc import is_configured
from labeltrust.services.sign_in_password import password_holder, set_password, sign_in_password
from labeltrust.web.access import OPEN, by_session, cookie_name
from labeltrust.web.pages._view import View, form_fields, render, see_other


@get("/sign-in", opt=dict(OPEN), include_in_schema=False)
async def ask(
    templates: NamedDependency[Environment], deployment: NamedDependency[Deployment]
) -> Response[str]:
    """Ask for name and password, and say how to get a link."""
    provider = is_configured(deployment.settings)
    return render(templates, "sign_in.html", token=None, refused=None, name="", provider=provider)


@get("/sign-in/{token:str}", opt=dict(OPEN), include_in_schema=False)
async def confirm(token: FromPath[str], templates: NamedDependency[Environment]) -> Response[str]:
    """Ask for a click: programs that look at links in advance must not use them up."""
    return render(templates, "sign_in.html", token=token, refused=None, name="", provider=False)


@post("/sign-in", opt=dict(OPEN), include_in_schema=False)
async def enter(
    request: Request[Any, Any, Any],
    deployment: NamedDependency[Deployment],
    attempts: NamedDependency[Attempts],
    templates: NamedDependency[Environment],
) -> Response[Any]:
    """Use up the link, or check the password, and set the cookie of the session."""
    fields = await form_fields(request)
    name = fields.get("name", "").strip()
    try:
        attempts.spend(address_of(request), name or None, deployment.clock())
        session = await asyncio.to_thread(_entered(deployment, fields, name))
    except (NotProven, TooOften) as error:
        return _refused(templates, error, name, provider=is_configured(deployment.settings))
    attempts.succeeded(session.person)
    return await entered(request, deployment, session)


def _entered(deployment: Deployment, fields: dict[str, str], name: str) -> Callable[[], Session]:
    if "token" in fields:
        return lambda: sign_in(deployment, fields["token"])
    return lambda: sign_in_password(deployment, name, fields.get("password", ""))


async def entered(
    request: Request[Any, Any, Any], deployment: Deployment, session: Session
) -> Redirect:
    """Return the answer to who is in: a session of its own, and the end of the one before."""
    before = request.cookies.get(cookie_name(deployment.settings), "")
    if before:
        await asyncio.to_thread(sign_out, deployment, before)
    answer = see_other("/projects")
    answer.set_cookie(_cookie(deployment, session.token))
    return answer


@get("/password/{token:str}", opt=dict(OPEN), include_in_schema=False)
async def new_password(
    token: FromPath[str],
    templates: NamedDependency[Environment],
    deployment: NamedDependency[Deployment],
) -> Response[str]:
    """Ask for a new password, where the link is good."""
    person = await asyncio.to_thread(password_holder, deployment, token)
    if person is None:
        error = NotProven("this link was used already or is too old")
        return _refused(templates, error, "", provider=is_configured(deployment.settings))
    return render(templates, "password.html", token=token, person=person, refused=None)


@post("/password", opt=dict(OPEN), include_in_schema=False)
async def keep_password(
    request: Request[Any, Any, Any],
    deployment: NamedDependency[Deployment],
    attempts: NamedDependency[Attempts],
    templates: NamedDependency[Environment],
) -> Response[Any]:
    """Set the password, and lead to the sign-in."""
    fields = await form_fields(request)
    attempts.spend(address_of(request), None, deployment.clock())
    token, password = fields.get("token", ""), fields.get("password", "")
    try:
        await asyncio.to_thread(set_password, deployment, token, password)
    except InvalidInput as error:
        person = await asyncio.to_thread(password_holder, deployment, token)
        return render(
            templates, "password.html", status=422, token=token, person=person, refused=str(error)
        )
    return see_other("/sign-in")


@post("/sign-out", opt=by_session("read"), include_in_schema=False)
async def leave(request: Request[Any, Any, Any], view: NamedDependency[View]) -> Redirect:
    """End the session, here and in the database."""
    await view.form(request)
    token = request.cookies.get(cookie_name(view.deployment.settings), "")
    await asyncio.to_thread(sign_out, view.deployment, token)
    return _left(view.deployment)


@post("/sign-out/everywhere", opt=by_session("read"), include_in_schema=False)
async def leave_everywhere(
    request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Redirect:
    """End every session of the person, on all devices."""
    await view.form(request)
    name = view.principal.person or ""
    await view.ask(sign_out_everywhere, name=name, reason="signed out everywhere")
    return _left(view.deployment)


def address_of(request: Request[Any, Any, Any]) -> str:
    """Return where a request comes from, as the server sees it."""
    return request.client.host if request.client is not None else ""


def _refused(
    templates: Environment, error: NotProven | TooOften, name: str, *, provider: bool
) -> Response[str]:
    late = isinstance(error, TooOften)
    answer = render(
        templates,
        "sign_in.html",
        status=429 if late else 401,
        token=None,
        refused=str(error),
        name=name,
        provider=provider,
    )
    if isinstance(error, TooOften):
        answer.headers["Retry-After"] = str(error.retry_after_seconds)
    return answer


def _left(deployment: Deployment) -> Redirect:
    answer = see_other("/sign-in")
    gone = _cookie(deployment, "")
    gone.max_age, gone.expires = 0, 0
    answer.set_cookie(gone)
    return answer


def _cookie(deployment: Deployment, token: str) -> Cookie:
    settings = deployment.settings
    return Cookie(
        key=cookie_name(settings),
        value=token,
        httponly=True,
        samesite="lax",
        path="/",
        # A browser would not send it back to a plain-text address.
        secure=settings.address.startswith("https://"),
        max_age=int(settings.session_hours * 3_600),
    )


HANDLERS = (ask, confirm, enter, new_password, keep_password, leave, leave_everywhere)
