"""May training proceed? A table of states, each with who reopens the gate and how.

The gate fails closed on tampering and missing provenance, and stays open with exclusions on mere
disputes, so that noise cannot stop training for ever.

    code                  closes while                                        reopened by
    tampering             the history does not verify                         investigator
    provenance_missing    label events lack source, checksum or chain place   admin
    breaker_tripped       a provisional hold waits for a second person        QA lead
    strong_flag_open      a strong flag is neither reviewed nor frozen        reviewer
    assessment_stale      events wait longer than the project allows          on-call
    source_on_probation   a source that is not vetted feeds the project       admin
    nothing_assessed      the project was never assessed                      ML engineer

Two persons may open it for a while although it is closed (code `overridden`), never over tampering,
and only over what they saw: whatever comes later closes it again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

from labeltrust.domain.overrides import Override

POLICY_VERSION: Final = "1"

REOPENED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "tampering": "an investigator: run `labeltrust ledger verify`, restore the history from a "
        "verified backup",
        "provenance_missing": "an admin: mend or discard the source's events, then assess again",
        "breaker_tripped": "a second person: confirm the case with `labeltrust decide FLAG "
        "confirm`, or end the hold with `labeltrust lift`",
        "strong_flag_open": "a reviewer: `labeltrust decide FLAG confirm|dismiss --note …`",
        "assessment_stale": "on-call: `labeltrust assess`; see `labeltrust doctor` if it persists",
        "source_on_probation": "an admin: vet the source, then `labeltrust source set --status "
        "trusted`",
        "nothing_assessed": "an ML engineer: `labeltrust assess`",
        "overridden": "nobody: it ends by itself, or by `labeltrust approval end-override`",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why the gate is closed.

    Attributes:
        code: One of the codes above.
        detail: In words, with numbers.
        since: Since when it holds, or None where unknown.
        reopens: Who reopens the gate, and how.
        waits: Numbers of the holds or flags that wait for somebody, where it is about those.
    """

    code: str
    detail: str
    since: datetime | None
    reopens: str
    waits: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Something that waits for a person: the numbers of flags or holds, and since when."""

    ids: tuple[int, ...] = ()
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GateFacts:
    """What the gate looks at, as the store has it.

    Attributes:
        assessed_at: When the newest assessment was made, None if never.
        unread_since: Received time of the oldest event that no assessment has read, if any.
        stale_after_seconds: How long such an event may wait.
        broken: The first record that does not verify, in words; empty where all do.
        without_provenance: Label events that lack a hard provenance field.
        provisional: Provisional holds that nobody confirmed or lifted.
        strong_flags: Strong, undisputed flags that are open and whose labels are not frozen.
        probation: Names of sources on probation that feed the project.
        exclusions: What stays out of training sets: `{"code", "labeler", "labels", …}`.
        position: Last sequence of the project's chain.
        override: The newest override, standing or not.
    """

    assessed_at: datetime | None
    unread_since: datetime | None = None
    stale_after_seconds: float = 3600.0
    broken: str = ""
    without_provenance: int = 0
    provisional: Waiting = field(default_factory=Waiting)
    strong_flags: Waiting = field(default_factory=Waiting)
    probation: Sequence[str] = ()
    exclusions: tuple[Mapping[str, object], ...] = ()
    position: int = 0
    override: Override | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """The answer: open or closed with reasons, and what stays out either way.

    Attributes:
        open: Whether training may proceed.
        reasons: Why not; of a gate that two persons opened, the one reason `overridden`.
        exclusions: What stays out of training sets.
        policy_version: By which rules.
        position: Last sequence of the project's chain.
        override: What two persons decided, while it opens the gate.
        overridden: The reasons that stand all the same.
    """

    open: bool
    reasons: tuple[Reason, ...]
    exclusions: tuple[Mapping[str, object], ...]
    policy_version: str
    position: int
    override: Override | None = None
    overridden: tuple[Reason, ...] = ()


def gate(facts: GateFacts, now: datetime) -> Gate:
    """Decide whether training may proceed.

    Args:
        facts: As the store has them.
        now: The present moment, aware.

    >>> from datetime import UTC
    >>> gate(GateFacts(assessed_at=None), datetime(2026, 1, 1, tzinfo=UTC)).reasons[0].code
    'nothing_assessed'
    """
    reasons = reasons_of(facts, now)
    found = Gate(
        open=not reasons,
        reasons=reasons,
        exclusions=facts.exclusions,
        policy_version=POLICY_VERSION,
        position=facts.position,
    )
    override = facts.override
    if override is None or not reasons or not override.stands(now):
        return found
    if not all(override.covers_reason(reason.code, reason.waits) for reason in reasons):
        return found
    said = (_overridden(override, reasons),)
    return replace(found, open=True, reasons=said, override=override, overridden=reasons)


def reasons_of(facts: GateFacts, now: datetime) -> tuple[Reason, ...]:
    """Return what closes the gate, overridden or not."""
    return (*_of_the_record(facts), *_of_people(facts), *_of_freshness(facts, now))


def _overridden(override: Override, reasons: tuple[Reason, ...]) -> Reason:
    codes = ", ".join(reason.code for reason in reasons)
    detail = (
        f"open until {override.until:%Y-%m-%d %H:%M} UTC although {codes}: asked by "
        f"{override.asked_by}, approved by {override.approved_by}"
    )
    return _reason("overridden", detail, override.placed_at)


def _of_the_record(facts: GateFacts) -> list[Reason]:
    reasons = []
    if facts.broken:
        reasons.append(_reason("tampering", facts.broken, None))
    if facts.without_provenance:
        detail = f"{facts.without_provenance} label event(s) without full provenance"
        reasons.append(_reason("provenance_missing", detail, None))
    if facts.probation:
        detail = f"fed by unvetted source(s): {', '.join(sorted(facts.probation))}"
        reasons.append(_reason("source_on_probation", detail, None))
    return reasons


def _of_people(facts: GateFacts) -> list[Reason]:
    reasons = []
    if facts.provisional.ids:
        detail = f"provisional hold(s) {_listed(facts.provisional)} wait for a second person"
        reasons.append(_waiting("breaker_tripped", detail, facts.provisional))
    if facts.strong_flags.ids:
        detail = f"strong flag(s) {_listed(facts.strong_flags)} neither reviewed nor frozen"
        reasons.append(_waiting("strong_flag_open", detail, facts.strong_flags))
    return reasons


def _of_freshness(facts: GateFacts, now: datetime) -> list[Reason]:
    if facts.assessed_at is None:
        return [_reason("nothing_assessed", "the project was never assessed", None)]
    if facts.unread_since is None:
        return []
    waited = (now - facts.unread_since).total_seconds()
    if waited <= facts.stale_after_seconds:
        return []
    detail = f"events wait for an assessment since {waited / 60:.0f} minutes"
    return [_reason("assessment_stale", detail, facts.unread_since)]


def _reason(code: str, detail: str, since: datetime | None) -> Reason:
    return Reason(code=code, detail=detail, since=since, reopens=REOPENED[code])


def _waiting(code: str, detail: str, found: Waiting) -> Reason:
    return replace(_reason(code, detail, found.since), waits=found.ids)


def _listed(waiting: Waiting) -> str:
    shown = ", ".join(str(i) for i in waiting.ids[:10])
    more = len(waiting.ids) - 10
    return f"{shown} and {more} more" if more > 0 else shown
