"""Give up on what could not be read; it stays on record as discarded."""

from labeltrust.domain.errors import Conflict
from labeltrust.domain.naming import checked_note
from labeltrust.domain.principals import Principal
from labeltrust.services.deployment import Deployment
from labeltrust.store.history import SYSTEM, About, append
from labeltrust.store.quarantine import HeldRow, close_rows, held_row
from labeltrust.store.session import unit_of_work


def discard_quarantine(
    deployment: Deployment, principal: Principal, number: int, *, reason: str
) -> HeldRow:
    """Close a held row without reading it; the sealed original stays.

    Raises:
        NotAllowed: The role may not mend what could not be read.
        NotFound: There is none of that number in scope.
        Conflict: It is closed already.
        InvalidInput: The reason is empty.
    """
    principal.require("mend")
    note = checked_note(reason, "reason")
    at = deployment.clock()
    with unit_of_work(deployment.engine) as session:
        held, row = held_row(session, number, principal.projects, lock=True)
        if held.status != "open":
            detail = f"number {number} is {held.status} already"
            raise Conflict(detail)
        close_rows([row], status="discarded", actor=principal.name, reason=note, at=at)
        append(
            session,
            chain=SYSTEM,
            type="quarantine.discarded",
            actor=principal.name,
            at=at,
            detail={"quarantine": number, "position": held.position, "reason": note},
            about=About(delivery_id=held.delivery_id),
        )
        session.flush()
        return held_row(session, number, principal.projects)[0]
