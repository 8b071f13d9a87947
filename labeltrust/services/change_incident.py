"""Move an incident on, say more about it, and tick what was done."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from labeltrust.domain.errors import Conflict
from labeltrust.domain.incidents import (
    EVENT_OF,
    IncidentState,
    checked_severity,
    checked_step,
    next_status,
)
from labeltrust.domain.naming import checked_note
from labeltrust.domain.principals import Principal
from labeltrust.services._incidents import acting_on, checked_text, checked_title, note
from labeltrust.services.deployment import Deployment
from labeltrust.store.incidents import save_incident


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentChange:
    """What is to be different; None leaves a part as it is."""

    title: str | None = None
    severity: str | None = None
    owner: str | None = None
    summary: str | None = None
    lessons: str | None = None

    def checked(self) -> dict[str, str]:
        """Return what changes, as it is to be stored.

        Raises:
            InvalidInput: A part cannot be.
        """
        found: dict[str, str] = {}
        if self.title is not None:
            found["title"] = checked_title(self.title)
        if self.severity is not None:
            found["severity"] = checked_severity(self.severity)
        if self.owner is not None:
            found["owner"] = checked_text(self.owner, "owner", 200)
        if self.summary is not None:
            found["summary"] = checked_text(self.summary, "summary")
        if self.lessons is not None:
            found["lessons"] = checked_text(self.lessons, "lessons")
        return found


def change_incident(
    deployment: Deployment, principal: Principal, number: int, change: IncidentChange
) -> None:
    """Change what an incident says; what was before stays in history.

    Raises:
        NotAllowed: The role may not respond to incidents.
        NotFound: There is no such incident in scope.
        Conflict: It is closed.
        InvalidInput: A part cannot be.
    """
    wanted = change.checked()
    with acting_on(deployment, principal, number) as found:
        before = {name: getattr(found.state, name) for name in wanted}
        if before == wanted:
            return
        parts: dict[str, Any] = dict(wanted)
        save_incident(found.act.session, replace(found.state, **parts))
        note(found.act, "incident.updated", number, {"before": before, "after": wanted})


def move_incident(
    deployment: Deployment, principal: Principal, number: int, act: str, *, reason: str
) -> None:
    """Contain, resolve, close or reopen an incident; reopening is the undo of each.

    Raises:
        NotAllowed: The role may not respond to incidents.
        NotFound: There is no such incident in scope.
        Conflict: It cannot take this act now, or is to be closed without lessons.
        InvalidInput: The act is unknown or the reason empty.
    """
    said = checked_note(reason, "reason")
    with acting_on(deployment, principal, number, closed=True) as found:
        status = next_status(found.state.status, act)
        if act == "close" and not found.state.lessons:
            raise Conflict("write down the lessons before you close it")
        save_incident(found.act.session, _moved(found.state, status, found.act.at))
        detail = {"before": found.state.status, "after": status, "reason": said}
        note(found.act, EVENT_OF[act], number, detail)


def _moved(state: IncidentState, status: str, at: datetime) -> IncidentState:
    """Return an incident in its next status; a reopened one forgets when it ended."""
    if status == "open":
        return replace(state, status=status, contained_at=None, resolved_at=None, closed_at=None)
    times: dict[str, Any] = {f"{status}_at": at}
    return replace(state, status=status, **times)


def tick_step(
    deployment: Deployment, principal: Principal, number: int, step: str, *, done: bool
) -> None:
    """Tick a step of the checklist, or take the tick away.

    Raises:
        NotAllowed: The role may not respond to incidents.
        NotFound: There is no such incident in scope.
        Conflict: It is closed.
        InvalidInput: There is no such step.
    """
    checked_step(step)
    with acting_on(deployment, principal, number) as found:
        ticked = dict(found.state.checklist)
        if done == (step in ticked):
            return
        if done:
            ticked[step] = (found.act.actor, found.act.at)
        else:
            del ticked[step]
        save_incident(found.act.session, replace(found.state, checklist=ticked))
        kind = "incident.step_done" if done else "incident.step_undone"
        note(found.act, kind, number, {"step": step})
