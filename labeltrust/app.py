"""The only place where parts are wired together: settings in, an installation or a server out.

Importing this module is cheap, since every command does; the web comes in with `create_app`.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from labeltrust.domain.clock import Clock
from labeltrust.services.deployment import Deployment
from labeltrust.settings import Settings
from labeltrust.store.session import open_engine
from labeltrust.store.vault import open_vault

if TYPE_CHECKING:
    from litestar import Litestar


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


def application(deployment: Deployment) -> "Litestar":
    """Return the web application around an installation that is open already."""
    from labeltrust.services.check_health import check_health  # noqa: PLC0415 - see the top
    from labeltrust.web.assembly import Parts, assemble  # noqa: PLC0415
    from labeltrust.web.monitoring import new_meters  # noqa: PLC0415

    parts = Parts(
        deployment=deployment,
        meters=new_meters(),
        health_checks=lambda: check_health(deployment),
    )
    return assemble(parts)
