"""Freezes of all projects: what stands, what waits for a second person, what was lifted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from labeltrust.domain.cases import FreezeCase
from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.freezes import undo_ends
from labeltrust.domain.principals import Principal
from labeltrust.services._cases import freeze_cases
from labeltrust.services.deployment import Deployment
from labeltrust.store.freeze_lists import freeze_counts, freezes_of_all
from labeltrust.store.freezes import FreezeRow
from labeltrust.store.session import reading

SHOWN = ("active", "waiting", "lifted", "all")


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeLine:
    """A freeze with what can be done about it now.

    Attributes:
        freeze: The freeze.
        waits: A provisional hold that a second person is to confirm or lift.
        ended: A machine-made hold on a person that ran out by itself.
        undo_until: Until when its lift can be undone, or None.
    """

    freeze: FreezeCase
    waits: bool
    ended: bool
    undo_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezePage:
    """Some freezes, newest first, and how many there are of each kind."""

    lines: tuple[FreezeLine, ...]
    before: int | None
    active: int
    waiting: int
    lifted: int


def list_freezes(
    deployment: Deployment,
    principal: Principal,
    *,
    shown: str = "active",
    before: int | None = None,
    limit: int = 100,
) -> FreezePage:
    """Return a page of freezes of the projects in scope.

    Args:
        deployment: The installation.
        principal: Who reads.
        shown: One of `SHOWN`.
        before: Only freezes with a smaller number.
        limit: At most so many.

    Raises:
        NotAllowed: The role may not read.
        InvalidInput: There is no such choice.
    """
    principal.require("read")
    if shown not in SHOWN:
        detail = f"shown is {shown[:80]!r}, must be one of {', '.join(SHOWN)}"
        raise InvalidInput(detail, place="shown")
    with reading(deployment.engine) as session:
        scope = principal.projects
        rows = freezes_of_all(session, scope, shown=shown, before=before, limit=limit + 1)
        active, waiting, lifted = freeze_counts(session, scope)
        return FreezePage(
            lines=tuple(freeze_lines(session, rows[:limit], deployment.clock())),
            before=rows[limit - 1].state.id if len(rows) > limit else None,
            active=active,
            waiting=waiting,
            lifted=lifted,
        )


def freeze_lines(session: Session, rows: Sequence[FreezeRow], now: datetime) -> list[FreezeLine]:
    """Return freezes with what can be done about each at a moment."""
    cases = freeze_cases(session, rows)
    return [_line(case, row, now) for case, row in zip(cases, rows, strict=True)]


def _line(case: FreezeCase, row: FreezeRow, now: datetime) -> FreezeLine:
    state = row.state
    end = undo_ends(state)
    return FreezeLine(
        freeze=case,
        waits=state.kind == "provisional" and state.lifted_at is None,
        ended=state.lifted_at is None and state.ended(now),
        undo_until=end if end is not None and now <= end else None,
    )
