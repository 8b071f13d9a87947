"""What a page is given: who looks, a way to ask services, and a way to answer with a template."""

import asyncio
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import unquote_to_bytes

from jinja2 import Environment
from litestar import Request, Response
from litestar.enums import MediaType
from litestar.response import Redirect

from labeltrust.domain.errors import InvalidInput, LabeltrustError, NotAllowed, NotFound
from labeltrust.domain.principals import Principal
from labeltrust.services.deployment import Deployment
from labeltrust.web.access import cookie_name
from labeltrust.web.errors import status_of
from labeltrust.web.pages._tables import Asked, Shown, Table

P = ParamSpec("P")
T = TypeVar("T")
Form = dict[str, str]
_HEADERS = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One look at the console by one signed-in person."""

    deployment: Deployment
    principal: Principal
    templates: Environment
    csrf_token: str
    path: str
    query: Mapping[str, str]

    async def ask(
        self,
        service: Callable[Concatenate[Deployment, Principal, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run a service in a thread and return its answer."""
        return await asyncio.to_thread(service, self.deployment, self.principal, *args, **kwargs)

    def page(self, template: str, *, status: int = 200, **values: object) -> Response[str]:
        """Return a page."""
        shared = {
            "principal": self.principal,
            "csrf_token": self.csrf_token,
            "path": self.path,
        }
        return render(self.templates, template, status=status, **shared, **values)

    def asked(self, table: Table[Any]) -> Asked:
        """Return what the address asks of a table."""
        return table.asked(self.path, self.query)

    def listed(self, template: str, shown: Shown[Any], **values: Any) -> Response[Any]:  # noqa: ANN401 - as `page` takes them
        """Return a page around a table `shown`, or the table as a file where that is asked for."""
        return shown.download() or self.page(template, shown=shown, **values)

    async def form(self, request: Request[Any, Any, Any]) -> Form:
        """Return the fields of a form that was sent from one of our own pages.

        Raises:
            NotAllowed: The form came from elsewhere.
            InvalidInput: It is no form.
        """
        fields = await form_fields(request)
        sent = fields.get("csrf_token", "").encode()
        if not hmac.compare_digest(sent, self.csrf_token.encode()):
            raise NotAllowed("this form is too old or came from elsewhere; open the page again")
        return fields


def render(
    templates: Environment, template: str, *, status: int = 200, **values: object
) -> Response[str]:
    """Return a page out of a template."""
    text = templates.get_template(template).render(**values)
    return Response(text, status_code=status, media_type=MediaType.HTML, headers=_HEADERS)


async def form_fields(request: Request[Any, Any, Any]) -> Form:
    """Return the fields of a form; the browser must not say that it comes from elsewhere.

    Raises:
        NotAllowed: The browser says that another site sent it.
        InvalidInput: It is no form, or its bytes are no UTF-8.
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise NotAllowed("this form came from another site")
    if request.content_type[0] != "application/x-www-form-urlencoded":
        raise InvalidInput("not a form", code="not_a_form")
    try:
        unquote_to_bytes(await request.body()).decode()
    except UnicodeDecodeError:
        # Read on, such bytes would become other characters than were sent.
        raise InvalidInput("the form holds bytes that are no UTF-8", code="not_utf8") from None
    found = await request.form()
    return {name: value for name, value in found.items() if isinstance(value, str)}


def csrf_token(session_token: str) -> str:
    """Return the token of all forms of a session: only who holds the cookie can know it.

    >>> len(csrf_token("secret"))
    64
    """
    return hashlib.sha256(b"labeltrust form " + session_token.encode(errors="replace")).hexdigest()


def view_of(request: Request[Any, Any, Any], deployment: Deployment, env: Environment) -> View:
    """Return the view of a request whose session was proven."""
    return View(
        deployment=deployment,
        principal=request.user,
        templates=env,
        csrf_token=csrf_token(request.cookies.get(cookie_name(deployment.settings), "")),
        path=request.scope["path"],
        query=dict(request.query_params.items()),
    )


def charted(spec: dict[str, Any] | None, name: str) -> Response[dict[str, Any]]:
    """Return the specification of a chart as JSON.

    Raises:
        NotFound: There is no such chart.
    """
    if spec is None:
        detail = f"no chart {name[:80]!r}"
        raise NotFound(detail)
    return Response(spec, media_type=MediaType.JSON, headers=_HEADERS)


def see_other(path: str) -> Redirect:
    """Return the answer to a form that was carried out: look there."""
    return Redirect(path, status_code=303)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What a person asked for and why it was not done, shown beside the form."""

    status: int
    reason: str


def refusal(error: LabeltrustError) -> Refusal:
    """Return an error as a form shows it; what is no fault of the form stays an error.

    Raises:
        LabeltrustError: The error itself, where the person cannot mend it in the form.
    """
    status = status_of(error)
    if status not in {409, 422}:
        raise error
    return Refusal(status=status, reason=str(error))
