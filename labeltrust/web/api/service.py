"""Metrics of the installation."""

import asyncio

from litestar import Response, get
from litestar.di import NamedDependency
from prometheus_client import CONTENT_TYPE_LATEST

from labeltrust.services.alerting.list_alerts import alert_figures
from labeltrust.services.checkpoints.standing import standing
from labeltrust.services.measure_sources import measure_sources
from labeltrust.web.access import by_key
from labeltrust.web.alert_meters import alert_exposition
from labeltrust.web.caller import Caller
from labeltrust.web.checkpoint_meters import checkpoint_exposition
from labeltrust.web.monitoring import Meters, exposition, tell_sources

# The framework adds the charset to every text.
_MEDIA_TYPE = CONTENT_TYPE_LATEST.removesuffix("; charset=utf-8")


@get(
    "/metrics",
    opt=by_key("read"),
    tags=["service"],
    summary="Prometheus metrics",
    media_type=_MEDIA_TYPE,
)
async def metrics(
    meters: NamedDependency[Meters], caller: NamedDependency[Caller]
) -> Response[bytes]:
    """Return the counters of this process; Prometheus sends the key as a bearer token."""
    tell_sources(meters, await asyncio.to_thread(measure_sources, caller.deployment))
    figures = await caller.ask(alert_figures)
    kept = checkpoint_exposition(await asyncio.to_thread(standing, caller.deployment))
    body = exposition(meters) + alert_exposition(figures) + kept
    return Response(body, media_type=_MEDIA_TYPE)


HANDLERS = (metrics,)
