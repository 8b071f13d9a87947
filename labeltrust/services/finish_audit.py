"""Close an audit: its agreed verdicts become gold labels, which trust and signals then see."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

import msgspec

from labeltrust.domain.audits import AuditCase
from labeltrust.domain.estimates import Estimate
from labeltrust.domain.events import Event, LabelValue, Parsed
from labeltrust.domain.labels import NUMERIC
from labeltrust.domain.naming import checked_note
from labeltrust.domain.principals import Principal
from labeltrust.services import _audit_acts
from labeltrust.services._acts import begin_act
from labeltrust.services._audit_findings import Found, found_by
from labeltrust.services._audits import audit_cases, seen_audit
from labeltrust.services.ask_gold import ask_gold, left_out
from labeltrust.services.deployment import Deployment
from labeltrust.services.record_events import key_id_of
from labeltrust.store.audits import AuditRow, get_audit
from labeltrust.store.drafts import Submission
from labeltrust.store.gold import items_by_source
from labeltrust.store.projects import project_row
from labeltrust.store.recording import Recorder
from labeltrust.store.session import reading, unit_of_work

PARSER = "audit/1"
_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedAudit:
    """A closed audit.

    Attributes:
        audit: The audit.
        gold: How many gold labels it gave.
        approvals: Requests to change gold that items had before, which takes a second person.
    """

    audit: AuditCase
    gold: int
    approvals: tuple[int, ...] = ()


def finish_audit(
    deployment: Deployment, principal: Principal, audit: int, *, note: str
) -> FinishedAudit:
    """Close an audit and declare what its reviewers agree on as gold.

    The audit is closed first, so that no verdict can change any more. If the declaring is cut
    short, finishing again completes it: each gold label has an id of its own.

    Raises:
        NotAllowed: The role may not declare gold.
        NotFound: There is no such audit in scope.
        Conflict: Nothing was re-labeled yet, or the audit is cancelled.
    """
    reason = checked_note(note, "note")
    with unit_of_work(deployment.engine) as session:
        row = seen_audit(session, principal, audit, "gold")
        project = project_row(session, row.project)
        act = begin_act(session, project, principal.name, deployment.clock())
        row = get_audit(session, audit)
        found = found_by(session, row)
        if row.state.status != "done":
            _audit_acts.change(act, row.state, "finish", reason, **_summary(found))
    gold, approvals = _declare(deployment, principal, row, found)
    return FinishedAudit(audit=_shown(deployment, principal, audit), gold=gold, approvals=approvals)


def cancel_audit(
    deployment: Deployment, principal: Principal, audit: int, *, reason: str
) -> AuditCase:
    """Give an audit up; what was re-labeled stays on record, and `resume_audit` goes on with it.

    Raises:
        NotAllowed: The role may not assess.
        NotFound: There is no such audit in scope.
        Conflict: It is closed.
    """
    return _changed(deployment, principal, audit, "cancel", reason)


def resume_audit(
    deployment: Deployment, principal: Principal, audit: int, *, reason: str
) -> AuditCase:
    """Go on with a cancelled audit.

    Raises:
        NotAllowed: The role may not assess.
        NotFound: There is no such audit in scope.
        Conflict: It is not cancelled.
    """
    return _changed(deployment, principal, audit, "resume", reason)


def _changed(
    deployment: Deployment, principal: Principal, audit: int, kind: str, reason: str
) -> AuditCase:
    said = checked_note(reason, "reason")
    with unit_of_work(deployment.engine) as session:
        row = seen_audit(session, principal, audit, "assess")
        project = project_row(session, row.project)
        act = begin_act(session, project, principal.name, deployment.clock())
        _audit_acts.change(act, get_audit(session, audit).state, kind, said)
    return _shown(deployment, principal, audit)


def _shown(deployment: Deployment, principal: Principal, audit: int) -> AuditCase:
    with reading(deployment.engine) as session:
        return audit_cases(session, principal, [get_audit(session, audit)])[0]


def _summary(found: Found) -> dict[str, object]:
    rate = found.findings.error_rate
    return {
        "audited": found.findings.audited,
        "split": found.findings.split,
        "unclear": found.findings.unclear,
        "error_rate": rate.value if isinstance(rate, Estimate) else None,
        "low": rate.low if isinstance(rate, Estimate) else None,
        "high": rate.high if isinstance(rate, Estimate) else None,
        "proposal": found.findings.proposal.act,
    }


def _declare(
    deployment: Deployment, principal: Principal, row: AuditRow, found: Found
) -> tuple[int, tuple[int, ...]]:
    """Declare the answers as gold, a source at a time; return how many are, and what was asked."""
    truths = {
        item.item_id: truth.label
        for item, truth in zip(found.sample, found.truths, strict=True)
        if truth.label is not None
    }
    with reading(deployment.engine) as session:
        named = items_by_source(session, row.project_id, list(truths))
    n_gold, asked = 0, list[int]()
    for source, items in named.items():
        events = _events(row, found, items, truths)
        while some := tuple(islice(events, _AT_ONCE)):
            left = _recorded(deployment, principal, source, some)
            reason = f"audit {row.state.id}"
            asked += ask_gold(deployment, principal, source, left, reason=reason)
            n_gold += len(some) - len(left)
    return n_gold, tuple(asked)


def _recorded(
    deployment: Deployment, principal: Principal, source: str, events: tuple[Event, ...]
) -> list[Event]:
    """Record gold events, and return those that would change gold."""
    parsed = Parsed(events=events, positions=tuple(range(len(events))))
    submission = Submission(
        source=source,
        body=msgspec.json.encode(events, enc_hook=dict),
        parsed=parsed,
        received_at=deployment.clock(),
        parser=PARSER,
        key_id=key_id_of(principal),
        actor=principal.name,
        may_change_gold=False,
    )
    [outcome] = Recorder(deployment.engine, deployment.vault).record([submission])
    return left_out(parsed, outcome)


def _events(
    row: AuditRow, found: Found, items: Mapping[int, str], truths: Mapping[int, str | None]
) -> Iterator[Event]:
    for item_id, name in items.items():
        yield Event(
            type="gold.declared",
            project=row.project,
            event_id=f"audit-{row.state.id}-{item_id}",
            item=name,
            question=found.question.name,
            label=label_value(truths[item_id] or "", found.question.scale),
            detail={"note": f"audit {row.state.id}", "audit": row.state.id},
        )


def label_value(canonical: str, scale: str) -> LabelValue:
    """Return a canonical label as events carry it.

    >>> label_value('["a","b"]', "set"), label_value("1.5", "ratio"), label_value("1", "nominal")
    (['a', 'b'], 1.5, '1')
    """
    if scale in NUMERIC:
        return float(canonical)
    if scale in {"set", "spans", "boxes"}:
        found: LabelValue = json.loads(canonical)
        return found
    return canonical
