"""Metrics of the installation."""

from litestar import Response, get
from litestar.di import NamedDependency
from prometheus_client import CONTENT_TYPE_LATEST

from labeltrust.web.access import by_key
from labeltrust.web.monitoring import Meters, exposition

# The framework adds the charset to every text.
_MEDIA_TYPE = CONTENT_TYPE_LATEST.removesuffix("; charset=utf-8")


@get(
    "/metrics",
    opt=by_key("read"),
    tags=["service"],
    summary="Prometheus metrics",
    media_type=_MEDIA_TYPE,
)
async def metrics(meters: NamedDependency[Meters]) -> Response[bytes]:
    """Return the counters of this process; Prometheus sends the key as a bearer token."""
    return Response(exposition(meters), media_type=_MEDIA_TYPE)


HANDLERS = (metrics,)
