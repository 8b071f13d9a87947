"""Run a service's heavy part here, or in the deployment's process of its own."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, TypeVar

from labeltrust.failpoints import work_in_hand, working_on
from labeltrust.services.deployment import Deployment
from labeltrust.settings import Settings
from labeltrust.store.session import open_engine
from labeltrust.store.vault import open_vault

P = ParamSpec("P")
T = TypeVar("T")


def heavily(
    deployment: Deployment,
    work: Callable[Concatenate[Deployment, P], T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Run a module-level function on an installation, apart from the server's threads if there are.

    The child opens the same database by its own connection, and its clock stands at the moment of
    the call: what one act writes carries one time.
    """
    if deployment.apart is None:
        return work(deployment, *args, **kwargs)
    settings, at = deployment.settings, deployment.clock()
    run: Callable[..., T] = deployment.apart.run
    return run(_in_child, settings, (at, work_in_hand()), work, *args, **kwargs)


def _in_child(
    settings: Settings,
    of: tuple[datetime, tuple[str, str]],
    work: Callable[..., T],
    *args: Any,  # noqa: ANN401 - what `heavily` checked
    **kwargs: Any,  # noqa: ANN401 - likewise
) -> T:
    at, in_hand = of
    engine = open_engine(settings)
    vault = open_vault(settings)
    deployment = Deployment(settings=settings, engine=engine, vault=vault, clock=lambda: at)
    try:
        with working_on(*in_hand):
            return work(deployment, *args, **kwargs)
    finally:
        engine.dispose()
