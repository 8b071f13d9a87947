"""Metrics of the installation."""

import asyncio
from functools import partial

from litestar import Response, get
from litestar.di import NamedDependency
from prometheus_client import CONTENT_TYPE_LATEST

from labeltrust.services.alerting.list_alerts import alert_figures
from labeltrust.services.checkpoints.standing import standing
from labeltrust.services.measure_projects import measure_projects
from labeltrust.services.measure_sources import measure_sources
from labeltrust.services.show_project import project_names
from labeltrust.services.slis.read import Sli, read_slis
from labeltrust.web.access import by_key
from labeltrust.web.alert_meters import alert_exposition
from labeltrust.web.caller import Caller
from labeltrust.web.checkpoint_meters import checkpoint_exposition
from labeltrust.web.monitoring import Meters, exposition, tell_sources
from labeltrust.web.project_meters import project_exposition
from labeltrust.web.sli_meters import sli_exposition

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
    burning = sli_exposition(await _slis(meters, caller))
    projects = project_exposition(await caller.ask(measure_projects))
    told = exposition(meters) + alert_exposition(figures) + kept
    return Response(told + burning + projects, media_type=_MEDIA_TYPE)


async def _slis(meters: Meters, caller: Caller) -> dict[str, list[Sli]]:
    """Return the indicators of the projects in the key's scope, at most half a minute old."""
    names = await caller.ask(project_names)
    return {
        name: await meters.slis.get(
            name, partial(read_slis, caller.deployment, caller.principal, name)
        )
        for name in names
    }


HANDLERS = (metrics,)
