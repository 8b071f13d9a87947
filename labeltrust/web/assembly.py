"""All routes and layers of the web, put together around what `app.py` gives."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from jinja2 import Environment
from litestar import Litestar
from litestar.di import Provide
from litestar.types import ASGIApp, ControllerRouterHandler

from labeltrust.charts import draw_unchecked
from labeltrust.services.check_health import HealthCheck
from labeltrust.services.deployment import Deployment
from labeltrust.services.intake import Intake
from labeltrust.services.limit_attempts import Attempts
from labeltrust.services.note_key_uses import KeyUses
from labeltrust.web import assets, health, webhooks
from labeltrust.web.access import Authentication
from labeltrust.web.access_log import AccessLog
from labeltrust.web.api import (
    alerts,
    appeals,
    approvals,
    assessments,
    audits,
    damage,
    drills,
    events,
    findings,
    flags,
    freezes,
    game_days,
    hooks,
    identity,
    incident_files,
    incidents,
    items,
    keys,
    labelers,
    ledger,
    models,
    people,
    platform_acts,
    projects,
    quarantine,
    reviewers,
    service,
    slis,
    snapshots,
    sources,
    suppliers,
    thresholds,
    training,
)
from labeltrust.web.caller import Caller
from labeltrust.web.deliveries import Reception
from labeltrust.web.errors import exception_handlers
from labeltrust.web.etags import EntityTags
from labeltrust.web.idempotency import IdempotentActs
from labeltrust.web.keeping import keeping
from labeltrust.web.limits import Limits
from labeltrust.web.live import LIVE, Live
from labeltrust.web.monitoring import Meters
from labeltrust.web.openapi import openapi_config
from labeltrust.web.pages import alerts as alert_pages
from labeltrust.web.pages import appeals as appeal_pages
from labeltrust.web.pages import approvals as approval_pages
from labeltrust.web.pages import audits as audit_pages
from labeltrust.web.pages import (
    dashboards,
    desk,
    media,
    notices,
    notifications,
    oidc,
    sign_in,
    whatif,
    workload,
)
from labeltrust.web.pages import drills as drill_pages
from labeltrust.web.pages import flags as flag_pages
from labeltrust.web.pages import freezes as freeze_pages
from labeltrust.web.pages import gate as gate_page
from labeltrust.web.pages import incident_files as incident_file_pages
from labeltrust.web.pages import incidents as incident_pages
from labeltrust.web.pages import items as item_pages
from labeltrust.web.pages import keys as key_pages
from labeltrust.web.pages import labelers as labeler_pages
from labeltrust.web.pages import ledger as ledger_page
from labeltrust.web.pages import live as live_pages
from labeltrust.web.pages import models as model_pages
from labeltrust.web.pages import notebooks as notebook_pages
from labeltrust.web.pages import people as people_pages
from labeltrust.web.pages import platform_acts as platform_act_pages
from labeltrust.web.pages import projects as project_pages
from labeltrust.web.pages import quarantine as quarantine_pages
from labeltrust.web.pages import queue as queue_pages
from labeltrust.web.pages import reports as report_pages
from labeltrust.web.pages import settings as setting_pages
from labeltrust.web.pages import snapshots as snapshot_pages
from labeltrust.web.pages import sources as source_pages
from labeltrust.web.pages import suppliers as supplier_pages
from labeltrust.web.pages import training as training_pages
from labeltrust.web.pages._navigation import navigation
from labeltrust.web.pages._templates import templates
from labeltrust.web.pages._view import View, view_of
from labeltrust.web.paths import DecodedParameters, EncodedPaths
from labeltrust.web.requests import StrictRequest
from labeltrust.web.tracing import Tracing, tracer_provider
from labeltrust.web.wiring import Lifespan, Socket, Wires


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the web works with.

    Attributes:
        deployment: The installation.
        intake: The way in for deliveries.
        meters: The counters of this process.
        health_checks: Looks at everything that must be well.
        lifespan: Started and stopped with the server.
    """

    deployment: Deployment
    intake: Intake
    meters: Meters
    health_checks: Callable[[], tuple[HealthCheck, ...]]
    lifespan: list[Lifespan] = field(default_factory=list)


def routes() -> list[ControllerRouterHandler]:
    """Return every handler there is."""
    modules = (*_API, *_PAGES)
    return [handler for module in modules for handler in module.HANDLERS]


_API = (
    health, service, webhooks, events, projects, assessments, labelers, identity, flags, freezes,
    snapshots, quarantine, approvals, thresholds, people, keys, appeals, audits, reviewers, damage,
    incidents, incident_files, training, items, sources, suppliers, hooks, alerts, ledger,
    platform_acts, findings, models, slis, drills, game_days,
)  # fmt: skip
_PAGES = (
    assets,
    sign_in,
    oidc,
    project_pages,
    dashboards,
    report_pages,
    labeler_pages,
    item_pages,
    model_pages,
    queue_pages,
    flag_pages,
    appeal_pages,
    notices,
    notifications,
    workload,
    whatif,
    freeze_pages,
    quarantine_pages,
    source_pages,
    supplier_pages,
    platform_act_pages,
    training_pages,
    approval_pages,
    people_pages,
    key_pages,
    setting_pages,
    audit_pages,
    desk,
    snapshot_pages,
    gate_page,
    incident_pages,
    incident_file_pages,
    notebook_pages,
    alert_pages,
    ledger_page,
    drill_pages,
    media,
    live_pages,
)


TABLE = "table"
"""Where an application keeps its table, for another one to use once this one is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """All routes in one application, what is plugged into it, and the innermost handler."""

    app: Litestar
    socket: Socket
    handler: ASGIApp
    max_body_bytes: int


def assemble(parts: Parts, table: Table | None = None) -> Litestar:
    """Return the application.

    Args:
        parts: What it works with.
        table: One that serves nobody any more, of the same limit of bodies; None builds one.
    """
    settings = parts.deployment.settings
    kept = assets.Assets(settings.home)
    environment = _environment(parts.deployment, kept)
    hub = Live(parts.deployment, environment)
    wires = _wires(parts, environment, assets=kept, hub=hub)
    if table is None or table.max_body_bytes != settings.max_body_bytes:
        table = table_of(wires, settings.max_body_bytes)
    table.socket.wires = wires
    table.app.state.update({LIVE: hub, TABLE: table})
    limited = Limits(
        table.handler,
        most=settings.max_requests,
        body_timeout_seconds=settings.body_timeout_seconds,
    )
    logged = AccessLog(EncodedPaths(limited), parts.meters)
    provider = tracer_provider() if settings.tracing else None
    table.app.asgi_handler = logged if provider is None else Tracing(logged, provider)
    return table.app


def table_of(wires: Wires, max_body_bytes: int) -> Table:
    """Build the table of all routes."""
    draw_unchecked()
    socket = Socket(wires)
    app = Litestar(
        route_handlers=routes(),
        dependencies=_dependencies(socket),
        exception_handlers=exception_handlers(),
        lifespan=[socket.lifespan],
        middleware=[
            socket.layer("authentication"),
            DecodedParameters(),
            socket.layer("idempotent_acts"),
            EntityTags(),
        ],
        openapi_config=openapi_config(),
        request_class=StrictRequest,
        request_max_body_size=max_body_bytes,
        type_encoders=_ENCODERS,
        logging_config=None,
    )
    return Table(app=app, socket=socket, handler=app.asgi_handler, max_body_bytes=max_body_bytes)


_ENCODERS: Mapping[Any, Callable[[Any], Any]] = {
    MappingProxyType: dict,
    frozenset: sorted,
}


def _environment(deployment: Deployment, kept: assets.Assets) -> Environment:
    environment = templates(kept.address)
    environment.globals["navigation"] = navigation(routes())
    environment.globals["media_hosts"] = deployment.settings.allowed_media_hosts
    return environment


def _wires(parts: Parts, environment: Environment, *, assets: assets.Assets, hub: Live) -> Wires:
    deployment = parts.deployment
    uses = KeyUses(deployment)
    return Wires(
        given={
            "deployment": deployment,
            "meters": parts.meters,
            "reception": Reception(intake=parts.intake, meters=parts.meters),
            "health_checks": parts.health_checks,
            "templates": environment,
            "attempts": Attempts(),
            "assets": assets,
            "hub": hub,
        },
        layers={
            "authentication": Authentication(deployment, parts.intake.rates, uses),
            "idempotent_acts": IdempotentActs(deployment),
        },
        lifespan=(*parts.lifespan, keeping(uses, parts.intake.troubles)),
        closing=hub.close,
    )


def _dependencies(socket: Socket) -> dict[str, Provide]:
    def caller(request: StrictRequest) -> Caller:
        return Caller(deployment=socket.given("deployment"), principal=request.user)

    def view(request: StrictRequest) -> View:
        return view_of(request, socket.given("deployment"), socket.given("templates"))

    made: dict[str, Callable[..., Any]] = {"caller": caller, "view": view, **socket.dependencies()}
    return {name: Provide(make, sync_to_thread=False) for name, make in made.items()}
