"""The manifest of a snapshot: what is inside, by which query, what is not and why."""

from collections.abc import Mapping, Sequence
from typing import Any

from labeltrust.services._held import Hold
from labeltrust.services._left_out import LEFT_OUT, stated
from labeltrust.services._snapshot_facts import SnapshotFacts, SnapshotOrder
from labeltrust.services._snapshot_files import Tables

FORMAT = 2
"""Since 2: signed; with the gate's answer, what was left out by wish, and reasons in words."""
_WHY: Mapping[str, str] = {
    "confirmed": "the case against the labeler was confirmed",
    "contested": "peers and gold contradict each other about the labeler",
    "probation": "the source is not vetted",
    "fresh": "received too lately to have been suspected",
}


def manifest_of(
    order: SnapshotOrder,
    facts: SnapshotFacts,
    tables: Sequence[Tables],
    labels: Sequence[int],
) -> dict[str, Any]:
    """Return a manifest without number, time, maker, and its files.

    Args:
        order: What was asked for.
        facts: What was read.
        tables: One a question, in the order of `facts.questions`.
        labels: How many labels each of `facts.held` keeps out.
    """
    return {
        "format": FORMAT,
        "project": order.project,
        "parent": order.parent,
        "position": facts.end.position,
        "ledger": {
            "chain": facts.end.name,
            "position": facts.end.position,
            "head": facts.end.head.hex(),
        },
        "policy_version": facts.policy_version,
        "assessed_through": facts.assessed_through,
        "gate": {
            "open": facts.gate.open,
            "reasons": [{"code": one.code, "detail": one.detail} for one in facts.gate.reasons],
            "policy_version": facts.gate.policy_version,
        },
        "query": {
            "questions": list(facts.questions),
            "guideline_version": facts.guideline,
            "through": facts.end.position,
            "without": stated(facts.left_out),
        },
        "consensus": {
            question: {"method": one.method, "ties": one.ties, "inferred": one.inferred}
            for question, one in zip(facts.questions, tables, strict=True)
        },
        "hold_back": facts.hold_back,
        "excluded": [
            _excluded(order, facts, hold, n) for hold, n in zip(facts.held, labels, strict=True)
        ],
    }


def _excluded(order: SnapshotOrder, facts: SnapshotFacts, hold: Hold, n: int) -> dict[str, Any]:
    return {
        "code": hold.code,
        "reason": _reason(order, facts, hold),
        "labels": n,
        "labeler": None if hold.labeler_id is None else facts.names[hold.labeler_id],
        "source": None if hold.source_id is None else facts.sources[hold.source_id],
        "import": hold.import_id,
        "since": None if hold.since is None else hold.since.isoformat(),
        "until": None if hold.until is None else hold.until.isoformat(),
        "clock": hold.clock,
        "freeze": hold.freeze,
        "flag": hold.flag,
    }


def _reason(order: SnapshotOrder, facts: SnapshotFacts, hold: Hold) -> str:
    if hold.freeze is not None:
        return facts.freeze_reasons[hold.freeze]
    if hold.code == LEFT_OUT:
        return order.without.reason or "left out on the wish of who made the snapshot"
    return _WHY[hold.code]
