"""Read again everything of one source that is held, some at a time."""

from dataclasses import dataclass

from labeltrust.domain.errors import Conflict, Misconfigured, Tampered
from labeltrust.domain.naming import checked_note
from labeltrust.domain.principals import Principal
from labeltrust.services.deployment import Deployment
from labeltrust.services.manageable import seen_source
from labeltrust.services.retry_quarantine import retry_quarantine
from labeltrust.store.quarantine import HeldOf, HeldRow, held_rows
from labeltrust.store.session import reading

MOST_AT_ONCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class RetriedSource:
    """What became of the held rows of a source.

    Attributes:
        read: Rows that could be read now.
        held: Rows that still cannot.
        after: Number of the last row tried, where more wait behind it; None at the end.
    """

    read: int
    held: int
    after: int | None


def retry_source(
    deployment: Deployment, principal: Principal, source: str, *, reason: str, after: int = 0
) -> RetriedSource:
    """Read the held rows of a source again, oldest first, at most `MOST_AT_ONCE` of them.

    Each row is an act of its own, so that one which fails undoes no other.

    Raises:
        NotAllowed: The role may not mend what could not be read.
        NotFound: There is no such source in scope.
        InvalidInput: The reason is empty.
    """
    principal.require("mend")
    note = checked_note(reason, "reason")
    with reading(deployment.engine) as session:
        seen_source(session, principal, source)
        rows = held_rows(
            session,
            status="open",
            projects=principal.projects,
            only=HeldOf(source=source),
            after=after,
            limit=MOST_AT_ONCE + 1,
        )
    tried = rows[:MOST_AT_ONCE]
    read = sum(_is_read(deployment, principal, row, note) for row in tried)
    more = tried[-1].id if len(rows) > MOST_AT_ONCE else None
    return RetriedSource(read=read, held=len(tried) - read, after=more)


def _is_read(deployment: Deployment, principal: Principal, row: HeldRow, note: str) -> bool:
    try:
        retried = retry_quarantine(deployment, principal, row.id, reason=note)
    except (Conflict, Misconfigured, Tampered):
        return False  # closed meanwhile, destroyed, changed, or no reader: its own page says which
    return retried.held.status != "open"
