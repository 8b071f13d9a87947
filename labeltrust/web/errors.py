"""The one place where an error becomes a status code: RFC 9457 problem details."""

import html
from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.types import ExceptionHandlersMap

from labeltrust.domain import errors

_LOG = structlog.get_logger("labeltrust.web")
MEDIA_TYPE = "application/problem+json"

STATUS: Mapping[type[Exception], int] = MappingProxyType(
    {
        errors.InvalidInput: 422,
        errors.NotProven: 401,
        errors.NotAllowed: 403,
        errors.NotFound: 404,
        errors.Conflict: 409,
        errors.TooLarge: 413,
        errors.Busy: 503,
        errors.TooOften: 429,
        errors.GateClosed: 409,
        errors.NoAnswer: 502,
        errors.Tampered: 500,
        errors.Misconfigured: 500,
        errors.LabeltrustError: 500,
        TimeoutError: 408,
        ConnectionAbortedError: 400,
    }
)
# By status, for what the framework raises itself.
_CODES: Mapping[int, str] = MappingProxyType(
    {
        400: "bad_request",
        401: "not_proven",
        403: "not_allowed",
        404: "not_found",
        405: "method_not_allowed",
        408: "timeout",
        413: "too_large",
        415: "unsupported_media_type",
        422: "invalid_input",
    }
)


class UnsupportedEncoding(errors.LabeltrustError):
    """A body in an encoding that is not understood; the only error that the web alone knows."""

    code = "unsupported_encoding"


def status_of(error: Exception) -> int:
    """Return the status code of an error.

    >>> status_of(errors.Conflict("taken"))
    409
    """
    if isinstance(error, UnsupportedEncoding):
        return 415
    if isinstance(error, ValidationException):
        return 422
    if isinstance(error, HTTPException):
        return error.status_code
    known = (STATUS[cls] for cls in type(error).__mro__ if cls in STATUS)
    return next(known, 500)


def problem(status: int, code: str, detail: str, **more: object) -> dict[str, object]:
    """Return a problem document.

    >>> problem(404, "not_found", "no flag 7")["title"]
    'Not Found'
    """
    return {
        "type": f"urn:labeltrust:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": printable(detail),
        **more,
    }


def printable(text: str) -> str:
    """Return a text that can be encoded, lone surrogates shown as escapes.

    >>> len(printable("a" + chr(0xD800)))
    7
    """
    return text.encode(errors="backslashreplace").decode()


def problem_of(error: Exception, request_id: str) -> dict[str, object]:
    """Return the problem document of an error; what we did not raise on purpose says nothing."""
    status = status_of(error)
    more: dict[str, object] = {"request_id": request_id}
    if isinstance(error, errors.InvalidInput):
        more["place"] = printable(error.place)
    if isinstance(error, errors.GateClosed):
        more["reasons"] = msgspec.to_builtins(error.reasons)
    if isinstance(error, ValidationException):
        more["errors"] = _fields(error.extra)
    return problem(status, _code(error, status), _detail(error, status), **more)


def _code(error: Exception, status: int) -> str:
    if isinstance(error, errors.LabeltrustError) and status != HTTPStatus.INTERNAL_SERVER_ERROR:
        return error.code
    return _CODES.get(status, "internal")


def _detail(error: Exception, status: int) -> str:
    if isinstance(error, errors.LabeltrustError):
        return str(error)
    if isinstance(error, ValidationException):
        return "; ".join(f["message"] for f in _fields(error.extra)) or error.detail
    if isinstance(error, HTTPException) and status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return error.detail or HTTPStatus(status).phrase
    if isinstance(error, TimeoutError):
        return "the request took too long to arrive"
    if isinstance(error, ConnectionAbortedError):
        return str(error)
    return "something failed here; the log has the request id"


def _fields(extra: object) -> list[dict[str, str]]:
    """Return field and reason of each refused value; never the value, which may be a secret."""
    found = extra if isinstance(extra, list) else []
    return [
        {"place": str(e.get("key", "")), "message": _message(e)}
        for e in found
        if isinstance(e, dict)
    ]


def _message(error: Mapping[str, Any]) -> str:
    place = error.get("key")
    text = printable(str(error.get("message", "")))
    return f"{place}: {text}" if place else text


def _headers(error: Exception, status: int) -> dict[str, str]:
    headers = dict(getattr(error, "headers", None) or {})
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, errors.Busy):
        headers["Retry-After"] = str(error.retry_after_seconds)
    return headers


def answer(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Answer an error, as a page where a browser asks for one, else as a problem document."""
    status = status_of(error)
    request_id = str(request.scope["state"].get("request_id", ""))
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        _LOG.error("request failed", request_id=request_id, exc_info=error)
    document = problem_of(error, request_id)
    if _wants_page(request):
        if status == HTTPStatus.UNAUTHORIZED and request.method == "GET":
            return Response(b"", status_code=303, headers={"Location": "/sign-in"})
        return Response(
            _page(document), status_code=status, media_type="text/html", headers=_headers(error, 0)
        )
    return Response(
        msgspec.json.encode(document),
        status_code=status,
        media_type=MEDIA_TYPE,
        headers=_headers(error, status),
    )


def _wants_page(request: Request[Any, Any, Any]) -> bool:
    path = request.scope["path"]
    is_api = path.startswith(("/v1", "/webhooks", "/health", "/metrics", "/schema"))
    return not is_api and "text/html" in request.headers.get("accept", "")


def _page(document: Mapping[str, object]) -> bytes:
    """Return a page that needs no template, since a template may be what failed."""
    title, detail = html.escape(str(document["title"])), html.escape(str(document["detail"]))
    request_id = html.escape(str(document["request_id"]))
    text = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title} · labeltrust</title>"
        '<link rel="stylesheet" href="/static/style.css">'
        '<link rel="icon" href="/static/icon.svg" type="image/svg+xml"></head>'
        f'<body><main class="narrow"><h1>{title}</h1><div class="card"><p>{detail}</p>'
        '<p><a href="/">Back to the projects</a></p></div>'
        f'<p class="soft">Request <code>{request_id}</code>: the log knows more of it.</p>'
        "</main></body></html>"
    )
    return text.encode()


def exception_handlers() -> ExceptionHandlersMap:
    """Return the handlers of the whole application."""
    return {Exception: answer, HTTPException: answer, 500: answer}
