"""Erase a labeler's name everywhere, as the law may ask; the labels stay, nameless."""

from dataclasses import dataclass

from labeltrust.domain.errors import NotFound
from labeltrust.domain.naming import checked_note
from labeltrust.domain.principals import Principal
from labeltrust.services.deployment import Deployment
from labeltrust.store.assessed import rename_labelers
from labeltrust.store.erasure import aliases_of, deliveries_about, erase_names
from labeltrust.store.history import SYSTEM, append
from labeltrust.store.retention import destroy, overwrite_destroyed
from labeltrust.store.session import reading, unit_of_work


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """How many names of one labeler and how many raw deliveries were destroyed."""

    labeler_id: int
    names: int
    deliveries: int


def erase_labeler(
    deployment: Deployment, principal: Principal, labeler_id: int, *, reason: str
) -> Erased:
    """Destroy all names of a labeler and the keys of the raw deliveries that hold them.

    A delivery may hold what others said, too; their events stay, only its raw text goes. The
    history verifies as before. There is no undo: that is the point.

    Args:
        deployment: The installation.
        principal: Who erases.
        labeler_id: The opaque id, as in assessments.
        reason: On whose request.

    Raises:
        NotAllowed: The role may not manage, or sees only some projects.
        NotFound: There is no such labeler.
        InvalidInput: The reason is empty.
    """
    principal.require("manage")
    note = checked_note(reason, "reason")
    with reading(deployment.engine) as session:
        aliases = aliases_of(session, labeler_id)
    if not aliases or principal.projects is not None:
        detail = f"no labeler {labeler_id} in scope"
        raise NotFound(detail)
    at = deployment.clock()
    with unit_of_work(deployment.engine) as session:
        erase_names(session, aliases)
        rename_labelers(session, aliases)
        append(
            session,
            chain=SYSTEM,
            type="labeler.erased",
            actor=principal.name,
            at=at,
            detail={"labeler": labeler_id, "names": len(aliases), "reason": note},
        )
    n_deliveries = _destroy_originals(deployment, aliases)
    overwrite_destroyed(deployment.engine)
    return Erased(labeler_id=labeler_id, names=len(aliases), deliveries=n_deliveries)


def _destroy_originals(deployment: Deployment, aliases: list[int]) -> int:
    """Go through the history in slices; run again it goes on where it was cut short."""
    n = 0
    for found in deliveries_about(deployment.engine, aliases):
        with unit_of_work(deployment.engine) as session:
            destroy(session, sorted(found), deployment.clock())
        n += len(found)
    return n
