"""A snapshot in the scope of whoever asks."""

from sqlmodel import Session

from labeltrust.domain.errors import NotFound
from labeltrust.domain.principals import Principal
from labeltrust.store.snapshots import SnapshotRow, get_snapshot


def seen_snapshot(
    session: Session, principal: Principal, number: int, right: str = "read"
) -> SnapshotRow:
    """Return a snapshot; one of a project out of scope is answered like one that is not there.

    Raises:
        NotAllowed: The role lacks the right.
        NotFound: There is no such snapshot in scope.
    """
    principal.require(right)
    row = get_snapshot(session, number)
    if not principal.sees(row.project):
        detail = f"no snapshot {number}"
        raise NotFound(detail)
    return row
