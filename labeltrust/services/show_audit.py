"""Audits as they stand: the list, one of them, and what it found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from labeltrust.domain.audits import STATUSES, AuditCase, AuditPlan
from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.estimates import Measured
from labeltrust.domain.listings import Listed, Listing
from labeltrust.domain.principals import Principal
from labeltrust.policy.audit_result import Proposal
from labeltrust.policy.audit_table import Part
from labeltrust.services._audit_findings import Found, found_by
from labeltrust.services._audits import audit_cases, reviewer_name, seen_audit
from labeltrust.services.deployment import Deployment
from labeltrust.store import audits
from labeltrust.store.audit_lists import AuditReader, find_audits
from labeltrust.store.audit_work import Turn
from labeltrust.store.inserting import known_id
from labeltrust.store.labelers import labeler_names
from labeltrust.store.projects import project_row, project_rows
from labeltrust.store.session import reading

MOST_OF_FLAG = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class AccuserCase:
    """Somebody who disagreed with the suspect, and who of the two was right how often."""

    labeler: str
    disputes: int
    right: int
    suspect_right: int
    standing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewerShare:
    """How much of the work a reviewer did."""

    reviewer: str
    answered: int
    assigned: int
    cannot_tell: int
    median_seconds: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditResult:
    """What an audit found so far, in words and numbers.

    Attributes:
        audit: The audit.
        error_rate: Share of wrong labels among all items of the audit's scope, not of its sample.
        standard_error: Of that estimate.
        disputed: The same among the disputed items alone.
        by_kind: By what others said.
        by_class: By the class given.
        by_time: By when it was given.
        by_signal: By what rests on the items.
        accusers: Those who disagreed.
        reviewer_kappa: Agreement of two reviewers beyond chance; n counts items with both.
        agreed: Items that two reviewers answered alike, of so many with both.
        audited: Items with one answer.
        split: Items whose two reviewers differ.
        unclear: Items of which nobody could tell.
        proposal: What follows, for a person to decide.
        plan: How the sample was drawn; repeatable by its seed.
    """

    audit: AuditCase
    error_rate: Measured
    standard_error: float | None
    disputed: Measured
    by_kind: tuple[Part, ...]
    by_class: tuple[Part, ...]
    by_time: tuple[Part, ...]
    by_signal: tuple[Part, ...]
    accusers: tuple[AccuserCase, ...]
    reviewer_kappa: Measured
    agreed: tuple[int, int]
    reviewers: tuple[ReviewerShare, ...]
    audited: int
    split: int
    unclear: int
    proposal: Proposal
    plan: AuditPlan


def list_audits(
    deployment: Deployment,
    principal: Principal,
    project: str | None = None,
    *,
    status: str | None = None,
    before: int | None = None,
    limit: int | None = None,
) -> list[AuditCase]:
    """Return audits in scope, newest first.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such project in scope.
        InvalidInput: There is no such status.
    """
    principal.require("read", project)
    if status is not None and status not in STATUSES:
        detail = f"status is {status[:80]!r}, must be one of {', '.join(STATUSES)}"
        raise InvalidInput(detail, place="status", code="unknown_status")
    with reading(deployment.engine) as session:
        ids = None
        if project is not None:
            ids = [known_id(project_row(session, project).id)]
        elif principal.projects is not None:
            ids = [known_id(p.id) for p in project_rows(session) if principal.sees(p.name)]
        rows = audits.list_audits(
            session,
            project_ids=ids,
            statuses=None if status is None else [status],
            before=before,
            limit=limit,
        )
        return audit_cases(session, principal, rows)


def search_audits(
    deployment: Deployment, principal: Principal, wanted: Listing
) -> Listed[AuditCase]:
    """Return audits in scope as a table asks for them.

    Args:
        deployment: The installation.
        principal: Who reads; an audit that they re-label blind is not found by its labeler.
        wanted: Filters `status` and `project`; sorted by `id`, `project`, `labeler`, `status`,
            `answered`, `items` or `drawn_at`.

    Raises:
        NotAllowed: The role may not read.
    """
    principal.require("read")
    reader = AuditReader(name=reviewer_name(principal), assesses=principal.may("assess"))
    with reading(deployment.engine) as session:
        found = find_audits(session, principal.projects, wanted, reader)
        return found.of(audit_cases(session, principal, found.rows))


def show_audit(deployment: Deployment, principal: Principal, audit: int) -> AuditCase:
    """Return one audit.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such audit in scope.
    """
    with reading(deployment.engine) as session:
        row = seen_audit(session, principal, audit, "read")
        return audit_cases(session, principal, [row])[0]


def audits_of_flag(deployment: Deployment, principal: Principal, flag: int) -> list[AuditResult]:
    """Return the newest audits that were asked for a flag, each with what it found so far.

    One that the caller re-labels in is not told: it would no longer be blind.

    Raises:
        NotAllowed: The role may not read.
    """
    principal.require("read")
    with reading(deployment.engine) as session:
        rows = audits.list_audits(session, flag_id=flag, limit=MOST_OF_FLAG)
        rows = [row for row in rows if principal.sees(row.project)]
        cases = audit_cases(session, principal, rows)
        seen = [(case, row) for case, row in zip(cases, rows, strict=True) if not case.blind]
        found = [found_by(session, row) for _, row in seen]
        whose = {a.labeler_id for one in found for a in one.findings.accusers}
        names = labeler_names(session, whose)
    return [
        _result(case, row.state.plan, one, names)
        for (case, row), one in zip(seen, found, strict=True)
    ]


def audit_result(
    deployment: Deployment, principal: Principal, audit: int
) -> AuditResult | AuditCase:
    """Return what an audit found so far; who is to re-label blind gets the bare audit.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such audit in scope.
    """
    with reading(deployment.engine) as session:
        row = seen_audit(session, principal, audit, "read")
        (case,) = audit_cases(session, principal, [row])
        if case.blind:
            return case
        found = found_by(session, row)
        names = labeler_names(session, (a.labeler_id for a in found.findings.accusers))
    return _result(case, row.state.plan, found, names)


def _result(
    case: AuditCase, plan: AuditPlan, found: Found, names: Mapping[int, str]
) -> AuditResult:
    numbers = found.findings
    accusers = tuple(
        AccuserCase(
            labeler=names[a.labeler_id],
            disputes=a.disputes,
            right=a.right,
            suspect_right=a.suspect_right,
            standing=a.standing,
        )
        for a in numbers.accusers
    )
    return AuditResult(
        audit=case,
        error_rate=numbers.error_rate,
        standard_error=numbers.standard_error,
        disputed=numbers.disputed,
        by_kind=numbers.kinds,
        by_class=numbers.classes,
        by_time=numbers.windows,
        by_signal=numbers.signals,
        accusers=accusers,
        reviewer_kappa=found.reviewer_kappa,
        agreed=(found.both[1], found.both[0]),
        reviewers=_reviewers(found.turns),
        audited=numbers.audited,
        split=numbers.split,
        unclear=numbers.unclear,
        proposal=numbers.proposal,
        plan=plan,
    )


def _reviewers(turns: Sequence[Turn]) -> tuple[ReviewerShare, ...]:
    names = sorted({turn.reviewer for turn in turns if turn.reviewer is not None})
    return tuple(_share(name, [t for t in turns if t.reviewer == name]) for name in names)


def _share(name: str, turns: Sequence[Turn]) -> ReviewerShare:
    answered = [turn for turn in turns if turn.answered_at is not None]
    seconds = sorted(turn.seconds for turn in answered if turn.seconds is not None)
    return ReviewerShare(
        reviewer=name,
        answered=len(answered),
        assigned=len(turns),
        cannot_tell=sum(turn.label is None for turn in answered),
        median_seconds=seconds[len(seconds) // 2] if seconds else None,
    )
