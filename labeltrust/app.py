"""The only place where parts are wired together: settings in, an installation or a server out.

Importing this module is cheap, since every command does; the web comes in with `create_app`.
"""

import asyncio
import gc
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from labeltrust.domain.clock import Clock
from labeltrust.services.deployment import Deployment
from labeltrust.settings import Settings
from labeltrust.store.session import open_engine
from labeltrust.store.vault import open_vault

if TYPE_CHECKING:
    from litestar import Litestar

    from labeltrust.web.assembly import Table

# Below the database's connections, so that a thread with a turn never waits for one.
_THREADS = 24


def wall_clock() -> datetime:
    """Return the present moment: the one place that reads the clock of the machine."""
    return datetime.now(UTC)


def build_deployment(settings: Settings, clock: Clock = wall_clock) -> Deployment:
    """Open database and vault; the schema is left as it is.

    Raises:
        Misconfigured: Database or key file cannot be used; the message says what to mend.
    """
    return Deployment(
        settings=settings, engine=open_engine(settings), vault=open_vault(settings), clock=clock
    )


def create_app(settings: Settings) -> "Litestar":
    """Return the web application of an installation.

    Raises:
        Misconfigured: Database or key file cannot be used; the message says what to mend.
    """
    return application(build_deployment(settings))


def application(deployment: Deployment, table: "Table | None" = None) -> "Litestar":
    """Return the web application around an installation that is open already.

    Args:
        deployment: The installation.
        table: A table of routes that serves nobody any more; None builds one.
    """
    from labeltrust.services.check_health import check_health, check_writer  # noqa: PLC0415 - top
    from labeltrust.services.intake import Intake  # noqa: PLC0415
    from labeltrust.web.assembly import Parts, assemble  # noqa: PLC0415
    from labeltrust.web.monitoring import new_meters  # noqa: PLC0415

    intake = Intake(deployment)

    @asynccontextmanager
    async def lifespan(_: "Litestar") -> AsyncIterator[None]:
        # Quick services run in these threads; heavy ones have a process of their own.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_THREADS, "service"))
        if deployment.apart is not None:
            _collect_seldom()
        with intake:
            yield

    parts = Parts(
        deployment=deployment,
        intake=intake,
        meters=new_meters(),
        health_checks=lambda: (*check_health(deployment), check_writer(intake)),
        lifespan=[lifespan],
    )
    return assemble(parts, table)


def _collect_seldom() -> None:
    """Keep the collector of cycles away from what is there for good.

    It would look through all of it about once a second under load, and every request would wait
    the 150 ms that this takes (measured: p99 of a single event 160 ms with it, 30 ms without).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
