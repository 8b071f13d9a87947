"""Sign-in at an identity provider: out, and back."""

import asyncio
from typing import Any

from litestar import Request, get
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.response import Redirect

from labeltrust.domain.errors import NotProven
from labeltrust.services.deployment import Deployment
from labeltrust.services.limit_attempts import Attempts
from labeltrust.services.sign_in_oidc import CALLBACK, Returned, leave_for_provider, sign_in_oidc
from labeltrust.web.access import OPEN
from labeltrust.web.pages.sign_in import address_of, entered

_SECONDS = 600
_PARTS = 3
_NAME = "labeltrust_oidc"
_LONGEST = 4_096


@get("/oidc/start", opt=dict(OPEN), include_in_schema=False)
async def leave(
    request: Request[Any, Any, Any],
    deployment: NamedDependency[Deployment],
    attempts: NamedDependency[Attempts],
) -> Redirect:
    """Send the browser to the provider; what proves its return is in its own cookie."""
    attempts.spend(address_of(request), None, deployment.clock())
    leaving = await asyncio.to_thread(leave_for_provider, deployment)
    answer = Redirect(leaving.address, status_code=303)
    value = f"{leaving.state}.{leaving.nonce}.{leaving.verifier}"
    answer.set_cookie(_cookie(deployment, value, _SECONDS))
    return answer


@get(CALLBACK, opt=dict(OPEN), include_in_schema=False)
async def back(
    request: Request[Any, Any, Any], deployment: NamedDependency[Deployment]
) -> Redirect:
    """Check who is back, and set the cookie of the session."""
    left = request.cookies.get(_cookie_name(deployment), "").split(".")
    if len(left) != _PARTS:
        raise NotProven("this sign-in did not begin here, or too long ago; begin again")
    left_state, nonce, verifier = left
    code, state = (request.query_params.get(name, "")[:_LONGEST] for name in ("code", "state"))
    returned = Returned(
        code=code, state=state, left_state=left_state, nonce=nonce, verifier=verifier
    )
    session = await asyncio.to_thread(sign_in_oidc, deployment, returned)
    answer = await entered(request, deployment, session)
    answer.set_cookie(_cookie(deployment, "", 0))
    return answer


def _cookie_name(deployment: Deployment) -> str:
    secure = deployment.settings.address.startswith("https://")
    return f"__Host-{_NAME}" if secure else _NAME


def _cookie(deployment: Deployment, value: str, seconds: int) -> Cookie:
    return Cookie(
        key=_cookie_name(deployment),
        value=value,
        httponly=True,
        # The provider's redirect comes from another site; `lax` lets the cookie come along.
        samesite="lax",
        path="/",
        secure=deployment.settings.address.startswith("https://"),
        max_age=seconds,
    )


HANDLERS = (leave, back)
