"""Messages that were told or given up: listed, tried again, discarded."""

from collections.abc import Sequence

from sqlmodel import Session

from labeltrust.domain.alerts import Message
from labeltrust.domain.errors import Conflict, InvalidInput, NotFound
from labeltrust.domain.naming import checked_note
from labeltrust.domain.principals import Principal
from labeltrust.services.alerting.list_channels import is_seen
from labeltrust.services.deployment import Deployment
from labeltrust.store import alert_channels, alert_messages
from labeltrust.store.history import SYSTEM, append
from labeltrust.store.session import reading, unit_of_work
from labeltrust.store.tables import AlertMessage

MOST = 1_000


def list_messages(
    deployment: Deployment,
    principal: Principal,
    *,
    state: str = "dead",
    before: int | None = None,
    limit: int = 100,
) -> list[Message]:
    """Return messages to channels in scope, newest first.

    Args:
        deployment: The installation.
        principal: Who asks.
        state: `waiting`, `sent`, `dead`, `discarded`, `dropped`, or `all`.
        before: Numbers below this, for the next page.
        limit: At most so many, 1 to 1000.

    Raises:
        NotAllowed: The role may not mend.
        InvalidInput: There is no such state, or the limit is out of range.
    """
    principal.require("mend")
    states = _states(state)
    if not 1 <= limit <= MOST:
        detail = f"limit is {limit}, must be 1 to {MOST}"
        raise InvalidInput(detail, place="limit")
    with reading(deployment.engine) as session:
        seen = _seen(deployment, session, principal)
        return alert_messages.list_messages(session, states, seen, before=before, most=limit)


def retry_message(
    deployment: Deployment, principal: Principal, number: int, *, reason: str
) -> Message:
    """Try a message again that was given up, for another day.

    Raises:
        NotAllowed: The role may not mend.
        NotFound: There is no such message in scope.
        Conflict: It was not given up, or its channel is off.
        InvalidInput: The reason is empty.
    """
    at = deployment.clock()
    with unit_of_work(deployment.engine) as session:
        row = _dead(deployment, session, principal, number)
        channel = alert_channels.channel_row(session, row.channel_id, lock=True)
        if channel.off_at is not None:
            detail = f"channel {channel.name!r} is off; switch it on first"
            raise Conflict(detail)
        row.state, row.made_at, row.due_at, row.done_at = "waiting", at, at, None
        row.tries = min(row.tries, 1)  # what it speaks of stays fixed once it was tried
        channel.retry_at = None
        session.add(channel)
        return _noted(deployment, session, principal, row, ("alert.retried", reason))


def discard_message(
    deployment: Deployment, principal: Principal, number: int, *, reason: str
) -> Message:
    """Put a message aside that was given up; it stays on the list of those.

    Raises:
        NotAllowed: The role may not mend.
        NotFound: There is no such message in scope.
        Conflict: It was not given up.
        InvalidInput: The reason is empty.
    """
    with unit_of_work(deployment.engine) as session:
        row = _dead(deployment, session, principal, number)
        row.state, row.done_at = "discarded", deployment.clock()
        return _noted(deployment, session, principal, row, ("alert.discarded", reason))


def _dead(
    deployment: Deployment, session: Session, principal: Principal, number: int
) -> AlertMessage:
    principal.require("mend")
    row = alert_messages.get_message(session, number, lock=True)
    if row.channel_id not in _seen(deployment, session, principal):
        detail = f"no message {number}"
        raise NotFound(detail)
    if row.state != "dead":
        detail = f"message {number} is {row.state}; only one that was given up can be taken up"
        raise Conflict(detail)
    return row


def _noted(
    deployment: Deployment,
    session: Session,
    principal: Principal,
    row: AlertMessage,
    act: tuple[str, str],
) -> Message:
    kind, reason = act
    note = checked_note(reason, "reason")
    row.done_by = principal.name
    session.add(row)
    session.flush()
    said = {"message": row.id, "channel": row.channel_id, "reason": note}
    at, actor = deployment.clock(), principal.name
    append(session, chain=SYSTEM, type=kind, actor=actor, at=at, detail=said)
    every = alert_messages.STATES
    found = alert_messages.list_messages(
        session, every, [row.channel_id], before=(row.id or 0) + 1, most=1
    )
    return found[0]


def _seen(deployment: Deployment, session: Session, principal: Principal) -> list[int]:
    known = alert_channels.channels(session, deployment.clock())
    return [channel.id for channel in known if is_seen(principal, channel)]


def _states(state: str) -> Sequence[str]:
    if state == "all":
        return alert_messages.STATES
    if state not in alert_messages.STATES:
        detail = f"state is {state[:80]!r}, must be one of all, {', '.join(alert_messages.STATES)}"
        raise InvalidInput(detail, place="state", code="unknown_state")
    return (state,)
