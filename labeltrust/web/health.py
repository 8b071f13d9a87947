"""Whether the process lives and whether it can do its work, told truthfully."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from litestar import Response, get
from litestar.di import NamedDependency

from labeltrust.services.check_health import HealthCheck
from labeltrust.web.access import OPEN
from labeltrust.web.openapi import WITHOUT_KEY

# A load balancer gives up soon; a database that needs longer is not ready.
_PATIENCE_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Whether the process lives, and whether it is ready for requests."""

    live: bool
    ready: bool
    checks: tuple[HealthCheck, ...] = ()


Checks = Callable[[], tuple[HealthCheck, ...]]


@get(
    "/health/live",
    opt=dict(OPEN),
    tags=["service"],
    summary="Is the process alive?",
    security=WITHOUT_KEY,
)
async def live() -> Health:
    """Answer, which is all that this asks."""
    return Health(live=True, ready=True)


async def _look(checks: Checks) -> Response[Health]:
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            found = await asyncio.to_thread(checks)
    except TimeoutError:
        found = (HealthCheck(name="time", ok=False, detail="the checks took too long"),)
    ready = all(check.ok for check in found)
    status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
    headers = {} if ready else {"Retry-After": "5"}
    content = Health(live=True, ready=ready, checks=found)
    return Response(content, status_code=status, headers=headers)


@get(
    ["/health", "/health/ready"],
    opt=dict(OPEN),
    tags=["service"],
    summary="Is it ready for requests?",
    security=WITHOUT_KEY,
)
async def ready(health_checks: NamedDependency[Checks]) -> Response[Health]:
    """Look at database, schema, writer and durability; 503 where one of them is not well."""
    return await _look(health_checks)


HANDLERS = (live, ready)
