"""Keep the digest of a delivery that was too large to be kept itself."""

from labeltrust.domain.events import Receipt
from labeltrust.services.deployment import Deployment
from labeltrust.store.history import SYSTEM, append
from labeltrust.store.session import unit_of_work
from labeltrust.store.tallies import add_trouble


def note_oversized(
    deployment: Deployment, *, actor: str, source: str, size: int, digest: str, complete: bool
) -> Receipt:
    """Append that a delivery over the cap was refused, so that its sender can prove what it sent.

    Args:
        deployment: The installation.
        actor: The key that sent it, or the source in whose name it came.
        source: Name of the source.
        size: Bytes seen.
        digest: SHA-256 of them, in hex.
        complete: Whether that is the whole body.
    """
    at = deployment.clock()
    with unit_of_work(deployment.engine) as session:
        add_trouble(session, source, at, refused=1)
        return append(
            session,
            chain=SYSTEM,
            type="delivery.refused",
            actor=actor,
            at=at,
            detail={
                "reason": "too_large",
                "source": source,
                "bytes": size,
                "sha256": digest,
                "complete": complete,
            },
        )
