"""Acts on the whole installation, noted in its own chain in the transaction of the act."""

from collections.abc import Mapping

from sqlmodel import Session

from labeltrust.domain.principals import Principal
from labeltrust.services.deployment import Deployment
from labeltrust.store.history import SYSTEM, append


def note_system(
    deployment: Deployment,
    session: Session,
    principal: Principal,
    kind: str,
    detail: Mapping[str, object],
) -> None:
    """Append what was done, past tense, by whom and now, to the chain `system`.

    Args:
        deployment: The installation.
        session: The unit of work in which the act takes effect.
        principal: Who acts.
        kind: Such as `key.rotated`.
        detail: Plain JSON values without names of labelers or items.
    """
    append(
        session,
        chain=SYSTEM,
        type=kind,
        actor=principal.name,
        at=deployment.clock(),
        detail=detail,
    )
