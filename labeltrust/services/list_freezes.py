"""Freezes of all projects: what stands, what waits for a second person, what was lifted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from labeltrust.domain.cases import FreezeCase
from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.freezes import undo_ends
from labeltrust.domain.listings import Listing
from labeltrust.domain.principals import Principal
from labeltrust.services._cases import freeze_cases
from labeltrust.services.deployment import Deployment
from labeltrust.store.freeze_lists import find_freezes, freeze_counts
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
    """Some freezes, and how many there are of each kind.

    Attributes:
        lines: Those of the page.
        n_found: How many match.
        n_all: How many there are in scope.
        counts: How many are `active`, `waiting` and `lifted`.
    """

    lines: tuple[FreezeLine, ...]
    n_found: int
    n_all: int
    counts: Mapping[str, int]


def list_freezes(deployment: Deployment, principal: Principal, wanted: Listing) -> FreezePage:
    """Return a page of freezes of the projects in scope.

    Args:
        deployment: The installation.
        principal: Who reads.
        wanted: Filters `shown` (one of `SHOWN`) and `project`; sorted by `id`, `project`,
            `labeler`, `since`, `placed_at` or `lifted_at`.

    Raises:
        NotAllowed: The role may not read.
        InvalidInput: There is no such choice.
    """
    principal.require("read")
    shown = wanted.chosen.get("shown", "all")
    if shown not in SHOWN:
        detail = f"shown is {shown[:80]!r}, must be one of {', '.join(SHOWN)}"
        raise InvalidInput(detail, place="shown")
    with reading(deployment.engine) as session:
        found = find_freezes(session, principal.projects, wanted)
        active, waiting, lifted = freeze_counts(session, principal.projects)
        return FreezePage(
            lines=tuple(freeze_lines(session, found.rows, deployment.clock())),
            n_found=found.n_found,
            n_all=found.n_all,
            counts={"active": active, "waiting": waiting, "lifted": lifted},
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
