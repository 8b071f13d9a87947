"""Keep that deliveries came in a source's name without proof: how many, and nothing of them."""

from labeltrust.services.deployment import Deployment
from labeltrust.store.history import SYSTEM, append
from labeltrust.store.session import unit_of_work
from labeltrust.store.tallies import add_forged


def note_forgeries(deployment: Deployment, source: str, n: int) -> None:
    """Append how many deliveries of a known source were refused since it was told last.

    Raises:
        Busy: The database is.
    """
    at = deployment.clock()
    with unit_of_work(deployment.engine) as session:
        add_forged(session, source, at, n)
        append(
            session,
            chain=SYSTEM,
            type="delivery.forged",
            actor="labeltrust",
            at=at,
            detail={"source": source, "n": n},
        )
