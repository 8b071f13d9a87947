"""All routes and layers of the web, put together around what `app.py` gives."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from litestar import Litestar
from litestar.di import Provide
from litestar.types import ControllerRouterHandler

from labeltrust.services.check_health import HealthCheck
from labeltrust.services.deployment import Deployment
from labeltrust.web import health
from labeltrust.web.access import Authentication
from labeltrust.web.access_log import AccessLog
from labeltrust.web.api import flags, freezes, projects, service
from labeltrust.web.caller import Caller
from labeltrust.web.errors import exception_handlers
from labeltrust.web.etags import EntityTags
from labeltrust.web.idempotency import IdempotentActs
from labeltrust.web.limits import Limits
from labeltrust.web.monitoring import Meters
from labeltrust.web.openapi import openapi_config
from labeltrust.web.paths import DecodedParameters, EncodedPaths
from labeltrust.web.requests import StrictRequest

Lifespan = Callable[[Litestar], AbstractAsyncContextManager[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the web works with.

    Attributes:
        deployment: The installation.
        meters: The counters of this process.
        health_checks: Looks at everything that must be well.
        lifespan: Started and stopped with the server.
    """

    deployment: Deployment
    meters: Meters
    health_checks: Callable[[], tuple[HealthCheck, ...]]
    lifespan: list[Lifespan] = field(default_factory=list)


def routes() -> list[ControllerRouterHandler]:
    """Return every handler there is."""
    modules = (health, service, projects, flags, freezes)
    return [handler for module in modules for handler in module.HANDLERS]


def assemble(parts: Parts) -> Litestar:
    """Return the application."""
    settings = parts.deployment.settings
    app = Litestar(
        route_handlers=routes(),
        dependencies=_dependencies(parts),
        exception_handlers=exception_handlers(),
        lifespan=parts.lifespan,
        middleware=[
            Authentication(parts.deployment),
            DecodedParameters(),
            IdempotentActs(parts.deployment),
            EntityTags(),
        ],
        openapi_config=openapi_config(),
        request_class=StrictRequest,
        request_max_body_size=settings.max_body_bytes,
        type_encoders=_ENCODERS,
        logging_config=None,
    )
    limited = Limits(
        app.asgi_handler,
        most=settings.max_requests,
        body_timeout_seconds=settings.body_timeout_seconds,
    )
    app.asgi_handler = AccessLog(EncodedPaths(limited), parts.meters)
    return app


_ENCODERS: Mapping[Any, Callable[[Any], Any]] = {
    MappingProxyType: dict,
    frozenset: sorted,
}


def _dependencies(parts: Parts) -> dict[str, Provide]:
    deployment = parts.deployment

    def caller(request: StrictRequest) -> Caller:
        return Caller(deployment=deployment, principal=request.user)

    given = {"meters": parts.meters, "health_checks": parts.health_checks}
    fixed = {name: Provide(_always(value), sync_to_thread=False) for name, value in given.items()}
    return {"caller": Provide(caller, sync_to_thread=False), **fixed}


def _always(value: object) -> Callable[[], Any]:
    return lambda: value
