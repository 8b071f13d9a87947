"""Traces of requests by OpenTelemetry, where the setting asks for them.

Where they go, under which name and how many are kept is said by the standard's own variables,
`OTEL_EXPORTER_OTLP_ENDPOINT`, `OTEL_SERVICE_NAME`, `OTEL_TRACES_SAMPLER`. The usual middleware
puts path and query into every span, where a labeler's name may stand; ours tells the route only.
"""

from typing import TYPE_CHECKING, Any

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from labeltrust.domain.errors import Misconfigured
from labeltrust.web.access_log import route_of

if TYPE_CHECKING:
    from opentelemetry.trace import TracerProvider

_FIRST_FAULT = 500


class Tracing:
    """Makes a span of every request, a child of the caller's where the caller has one."""

    def __init__(self, app: ASGIApp, provider: "TracerProvider") -> None:
        """Wrap an application."""
        self._app = app
        self._tracer = provider.get_tracer("labeltrust")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on inside a span."""
        from opentelemetry.propagate import extract  # noqa: PLC0415 - an extra
        from opentelemetry.trace import SpanKind  # noqa: PLC0415

        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
        begun = self._tracer.start_as_current_span(
            scope["method"], context=extract(headers), kind=SpanKind.SERVER, record_exception=False
        )
        with begun as span:
            seen: dict[str, int] = {}

            async def watched(message: Message) -> None:
                if message["type"] == "http.response.start":
                    seen["status"] = int(message["status"])
                await send(message)

            try:
                await self._app(scope, receive, watched)
            finally:
                _tell(span, scope, seen.get("status", _FIRST_FAULT))


def _tell(span: Any, scope: HTTPScope, status: int) -> None:  # noqa: ANN401 - a span of the extra
    from opentelemetry.trace import StatusCode  # noqa: PLC0415 - an extra

    route = route_of(scope)
    span.update_name(f"{scope['method']} {route}")
    span.set_attribute("http.request.method", scope["method"])
    span.set_attribute("http.route", route)
    span.set_attribute("http.response.status_code", status)
    span.set_attribute("labeltrust.request_id", scope["state"].get("request_id", ""))
    if status >= _FIRST_FAULT:
        span.set_status(StatusCode.ERROR)


def tracer_provider() -> "TracerProvider":
    """Return what sends spans by OTLP, in the background and before the process ends.

    Raises:
        Misconfigured: The extra is not installed.
    """
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
            OTLPSpanExporter,
        )
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError:
        detail = "LABELTRUST_TRACING needs an extra: pip install 'labeltrust[tracing]'"
        raise Misconfigured(detail) from None
    named = Resource({"service.name": "labeltrust"}).merge(Resource.create())
    provider = TracerProvider(resource=named)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider
