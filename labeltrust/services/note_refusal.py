"""Keep that somebody known tried what their role or scope does not let them."""

from labeltrust.domain.principals import Principal
from labeltrust.services.deployment import Deployment
from labeltrust.store.history import SYSTEM, append
from labeltrust.store.session import unit_of_work


def note_refusal(deployment: Deployment, principal: Principal, route: str) -> None:
    """Append that a principal was refused at a route; never what they sent.

    Args:
        deployment: The installation.
        principal: Who was refused.
        route: Method and template of the address, which holds no names.

    Raises:
        Busy: The database is.
    """
    with unit_of_work(deployment.engine) as session:
        append(
            session,
            chain=SYSTEM,
            type="access.refused",
            actor=principal.name,
            at=deployment.clock(),
            detail={"route": route, "role": principal.role},
        )
