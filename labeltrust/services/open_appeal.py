"""Record that somebody appeals against a freeze of a labeler's labels."""

from sqlmodel import Session

from labeltrust.domain.appeals import Appeal, due_at
from labeltrust.domain.errors import Conflict, InvalidInput, NotFound
from labeltrust.domain.naming import checked_note
from labeltrust.domain.principals import Principal
from labeltrust.services._acts import begin_act, note
from labeltrust.services._appeal_cases import appeal_cases
from labeltrust.services._words import bound
from labeltrust.services.deployment import Deployment
from labeltrust.store.appeals import NewAppeal, add_appeal, get_appeal, list_appeals
from labeltrust.store.freezes import FreezeRow, get_freeze
from labeltrust.store.history import About
from labeltrust.store.projects import project_row
from labeltrust.store.session import unit_of_work


def open_appeal(
    deployment: Deployment, principal: Principal, freeze_id: int, *, reason: str
) -> Appeal:
    """Put an appeal on record; somebody else decides it within two working days.

    Args:
        deployment: The installation.
        principal: Who records it, on behalf of the labeler.
        freeze_id: Number of the freeze.
        reason: What speaks against it, in the words of who appeals.

    Raises:
        NotAllowed: The role may not review.
        NotFound: There is no such freeze in scope.
        InvalidInput: The reason is empty, or the freeze is of no labeler.
        Conflict: The freeze is lifted, or an appeal against it waits already.
    """
    words = bound(checked_note(reason, "reason"))
    with unit_of_work(deployment.engine) as session:
        seen = seen_freeze(session, principal, freeze_id, "review")
        project = project_row(session, seen.project)
        act = begin_act(session, project, principal.name, deployment.clock())
        freeze = get_freeze(session, freeze_id)  # again, now that nobody else can act
        require_standing(freeze)
        waiting = list_appeals(session, freezes=[freeze_id])
        if any(appeal.outcome is None for appeal in waiting):
            detail = f"an appeal against freeze {freeze_id} waits already"
            raise Conflict(detail)
        new = NewAppeal(
            project_id=act.project_id,
            freeze_id=freeze_id,
            reason=words.text,
            salt=words.salt,
            opened_at=act.at,
            opened_by=act.actor,
            due_at=due_at(act.at),
        )
        number = add_appeal(session, new)
        said = {"appeal": number, "freeze": freeze_id, "sha256": words.digest}
        note(act, "appeal.opened", said, About(labeler_alias_id=freeze.state.labeler_id))
        return appeal_cases(session, [get_appeal(session, number)])[0]


def seen_freeze(session: Session, principal: Principal, freeze_id: int, right: str) -> FreezeRow:
    """Return a freeze that a principal may act on; one out of scope is answered like a missing one.

    Raises:
        NotAllowed: The role lacks the right.
        NotFound: There is no such freeze in scope.
    """
    principal.require(right)
    row = get_freeze(session, freeze_id)
    if not principal.sees(row.project):
        detail = f"no freeze {freeze_id}"
        raise NotFound(detail)
    return row


def require_standing(freeze: FreezeRow) -> None:
    """Refuse what is about a labeler whose labels are held where it is not so.

    Raises:
        InvalidInput: The freeze is of no labeler.
        Conflict: It is lifted.
    """
    if freeze.state.labeler_id is None:
        detail = f"freeze {freeze.state.id} is of no labeler, so nobody appeals"
        raise InvalidInput(detail, code="freeze_scope")
    if freeze.state.lifted_at is not None:
        detail = f"freeze {freeze.state.id} is lifted already"
        raise Conflict(detail)
