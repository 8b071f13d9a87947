"""Whose labels are under suspicion, since when, and what audits of them found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlmodel import Session

from labeltrust.domain.audits import STRATIFIED
from labeltrust.domain.flags import FlagState
from labeltrust.domain.principals import Principal
from labeltrust.policy.audited_labels import AuditOfSuspect
from labeltrust.services._audit_findings import found_by
from labeltrust.services._audits import reviewer_name, sees_all
from labeltrust.services._held import Hold
from labeltrust.store.audit_work import answered_by
from labeltrust.store.audits import AuditRow, list_audits

_TELLING = ("done", "under_way")
_NO_VERDICT = "no audit of these labels has a verdict yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspected:
    """One suspect.

    Attributes:
        labeler_id: Opaque id.
        since: From when on his labels are under suspicion; None for all. That of the audit where
            there is one, else the onset of his flag.
        clock: Which time of a label is compared with it.
        audit: Number of the newest audit with a verdict, or None.
        found: What it found.
        why_not: Why no audit tells anything, in words.
    """

    labeler_id: int
    since: datetime | None = None
    clock: str = "received"
    audit: int | None = None
    found: AuditOfSuspect | None = None
    why_not: str | None = None

    @property
    def hold(self) -> Hold:
        """What keeps his labels out."""
        return Hold(
            code="suspected", labeler_id=self.labeler_id, since=self.since, clock=self.clock
        )


def suspected(
    session: Session,
    principal: Principal,
    labeler_ids: Sequence[int],
    flags: Sequence[FlagState],
    question: str,
) -> list[Suspected]:
    """Return what is known of suspects, in the order given."""
    return [_suspected(session, principal, who, flags, question) for who in labeler_ids]


def _suspected(
    session: Session, principal: Principal, who: int, flags: Sequence[FlagState], question: str
) -> Suspected:
    rows = list_audits(session, statuses=_TELLING, labeler_id=who)
    asked = [row for row in rows if row.state.question == question]
    mine = [row for row in asked if row.state.plan.sampling == STRATIFIED]
    given = answered_by(session, [row.state.id for row in mine], reviewer_name(principal))
    seen = [row for row in mine if sees_all(principal, row, given.get(row.state.id, 0))]
    for row in seen:
        found = _found(session, row)
        if found.item.size:
            plan = row.state.plan
            return Suspected(
                labeler_id=who, since=plan.since, clock=plan.clock, audit=row.state.id, found=found
            )
    flag = next((flag for flag in flags if flag.labeler_id == who), None)
    hidden = (
        "the audit under way is hidden from those who re-label" if len(seen) < len(mine) else None
    )
    unequal = "its audit drew labels with unequal chances, which damage is not weighed up from"
    return Suspected(
        labeler_id=who,
        since=None if flag is None else flag.since,
        clock="received" if flag is None else flag.clock,
        why_not=hidden or (unequal if len(mine) < len(asked) else _NO_VERDICT),
    )


def _found(session: Session, row: AuditRow) -> AuditOfSuspect:
    told = found_by(session, row)
    sure = [
        (item, truth.label)
        for item, truth in zip(told.sample, told.truths, strict=True)
        if truth.label is not None
    ]
    return AuditOfSuspect(
        labeler=row.state.labeler_id or 0,
        population=np.array([part.population for part in row.state.strata], dtype=np.int64),
        stratum=np.array([item.stratum for item, _ in sure], dtype=np.int64),
        item=np.array([item.item_id for item, _ in sure], dtype=np.int64),
        given=[item.label for item, _ in sure],
        found=[label for _, label in sure],
        looked_on=row.state.plan.stops_early,
    )
