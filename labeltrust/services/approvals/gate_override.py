"""Open a closed gate for a while: what closed it stays, and both persons answer for it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session

from labeltrust.domain.clock import microseconds
from labeltrust.domain.errors import Conflict, InvalidInput
from labeltrust.domain.overrides import NEVER, Override, checked_until
from labeltrust.policy.gate import GateFacts, gate, reasons_of
from labeltrust.services._acts import note
from labeltrust.services.approvals._base import ApprovalKind, Change, Doing, Lines
from labeltrust.services.check_gate import gate_facts
from labeltrust.store.overrides import add_override


def proposed(facts: GateFacts, now: datetime, until: datetime) -> dict[str, Any]:
    """Return the change that opens a gate as it is closed now, until a moment."""
    covers = {reason.code: list(reason.waits) for reason in reasons_of(facts, now)}
    return {"until": until.isoformat(), "covers": covers}


def _until(change: Change) -> datetime:
    try:
        return datetime.fromisoformat(change["until"])
    except (KeyError, TypeError, ValueError):
        raise InvalidInput("name the moment when it ends", place="until") from None


def _check(doing: Doing, change: Change) -> None:
    """Refuse what is open anyway, what nobody may override, and what is not as both saw it."""
    act = doing.act
    checked_until(_until(change), act.at)
    facts = gate_facts(doing.deployment, act.session, act.project, act.at)
    if gate(facts, act.at).open:
        raise Conflict("the gate is open; there is nothing to override")
    standing = {reason.code: reason.waits for reason in reasons_of(facts, act.at)}
    if never := sorted(NEVER & standing.keys()):
        detail = f"nobody overrides {', '.join(never)}"
        raise Conflict(detail)
    covers = change.get("covers", {})
    if any(not set(waits) <= set(covers.get(code, ())) for code, waits in standing.items()):
        raise Conflict("more keeps the gate closed than was asked about; look and ask again")
    if standing.keys() - covers.keys():
        raise Conflict("other reasons keep the gate closed by now; look and ask again")


def _carry_out(doing: Doing, change: Change) -> None:
    act = doing.act
    override = Override(
        id=0,
        covers={code: tuple(waits) for code, waits in change["covers"].items()},
        reason=doing.reason,
        placed_at=act.at,
        until=_until(change),
        asked_by=doing.asked_by,
        approved_by=act.actor,
    )
    number = add_override(act.session, act.project_id, override)
    said = {
        "override": number,
        "covers": change["covers"],
        "until_us": microseconds(override.until),
        "asked_by": override.asked_by,
        "reason": override.reason,
    }
    note(act, "gate.overridden", said)


def _said(_: Session, changes: Sequence[Change]) -> list[Lines]:
    return [_lines(change) for change in changes]


def _lines(change: Change) -> Lines:
    found = [("The gate is open", f"until {change['until']}, although")]
    for code, waits in change["covers"].items():
        shown = ", ".join(map(str, waits[:10])) + (" …" if len(waits) > 10 else "")  # noqa: PLR2004
        found.append((code, f"stands, about {shown}" if waits else "stands"))
    return tuple(found)


def _told(change: Change) -> dict[str, Any]:
    return dict(change)


KIND = ApprovalKind(
    title="Open the gate although it is closed",
    right="freeze",
    check=_check,
    carry_out=_carry_out,
    said=_said,
    told=_told,
)
