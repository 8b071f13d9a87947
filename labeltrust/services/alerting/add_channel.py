"""Add a channel of alerts, change its keys, switch it on again, remove it."""

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from sqlmodel import Session

from labeltrust.domain.alert_codes import CODES
from labeltrust.domain.alerts import LOUDNESS, Channel
from labeltrust.domain.errors import Conflict, InvalidInput
from labeltrust.domain.naming import checked_name, checked_note
from labeltrust.domain.principals import Principal
from labeltrust.outgoing.shapes import shape_of
from labeltrust.services._system_acts import note_system
from labeltrust.services.alerting._reaching import reach_of
from labeltrust.services.alerting.list_channels import require_seen
from labeltrust.services.deployment import Deployment
from labeltrust.services.granting import check_grant
from labeltrust.store import alert_channels
from labeltrust.store.scopes import scope_text
from labeltrust.store.session import unit_of_work
from labeltrust.store.tables import AlertChannel

MOST = 50
WINDOW_SECONDS = 30.0
OVERLAP_HOURS = 24.0
_MOST_OVERLAP_HOURS = 24.0 * 90
_MOST_WINDOW_SECONDS = 3_600.0
_MOST_OPTION_CHARACTERS = 2_000
_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelDraft:
    """A channel to be added.

    Attributes:
        name: What people call it.
        shape: One of `outgoing.shapes`.
        options: What the shape needs; kept sealed, never shown again.
        codes: What it is told; None for everything but `snapshot_made`.
        projects: Of which projects; None for all, and for what belongs to none.
        floor: Told from this loudness on.
        window_seconds: How long a burst is gathered.
    """

    name: str
    shape: str
    options: Mapping[str, str] = field(repr=False)
    codes: tuple[str, ...] | None = None
    projects: tuple[str, ...] | None = None
    floor: str = "ticket"
    window_seconds: float = WINDOW_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class NewChannel:
    """A channel, and the secret that its messages are signed by, which is shown this once.

    `secret` is empty where the shape does not sign, or nothing was made.
    """

    channel: Channel
    secret: str = field(repr=False)


def add_channel(deployment: Deployment, principal: Principal, draft: ChannelDraft) -> NewChannel:
    """Add a channel; its undo is to remove it.

    Raises:
        NotAllowed: The role may not manage, or grants more than it has.
        NotFound: A project is not there, or out of scope.
        InvalidInput: Name, shape, options, codes, floor or window cannot be.
        Conflict: The name is taken, or too many channels are there.
    """
    principal.require("manage")
    shape = shape_of(draft.shape)
    _check(draft)
    host = shape.checked(draft.options, reach_of(deployment))
    at = deployment.clock()
    with unit_of_work(deployment.engine) as session:
        check_grant(session, principal, draft.projects)
        if len(alert_channels.channels(session, at)) >= MOST:
            detail = f"{MOST} channels are there; remove one first"
            raise Conflict(detail)
        number = alert_channels.add_channel(session, _row(deployment, principal, draft, host))
        secret = _new_key(deployment, session, number) if shape.signs else ""
        made = alert_channels.get_channel(session, number, at).channel
        note_system(deployment, session, principal, "alert_channel.added", _said(made))
        return NewChannel(channel=made, secret=secret)


def rotate_key(
    deployment: Deployment,
    principal: Principal,
    number: int,
    *,
    overlap_hours: float = OVERLAP_HOURS,
) -> NewChannel:
    """Sign by a new key from now on, and by the older ones as well until the overlap ends.

    Raises:
        NotAllowed: The role may not manage.
        NotFound: There is no such channel in scope.
        InvalidInput: Messages of its shape are not signed, or the overlap is out of range.
    """
    principal.require("manage")
    if not 0.0 <= overlap_hours <= _MOST_OVERLAP_HOURS:
        detail = f"overlap is {overlap_hours!r} hours, must be 0 to {_MOST_OVERLAP_HOURS:g}"
        raise InvalidInput(detail, place="overlap_hours")
    at = deployment.clock()
    with unit_of_work(deployment.engine) as session:
        alert_channels.channel_row(session, number, lock=True)
        before = require_seen(session, principal, number, at)
        if not shape_of(before.shape).signs:
            detail = f"messages of shape {before.shape!r} are not signed"
            raise InvalidInput(detail, place="channel", code="unsigned")
        ends = at + timedelta(hours=overlap_hours)
        older = alert_channels.end_keys(session, number, at, ends)
        secret = _new_key(deployment, session, number)
        made = alert_channels.get_channel(session, number, at).channel
        said = {"channel": number, "key_id": made.keys[0], "older": older}
        said |= {"overlap_hours": overlap_hours}
        note_system(deployment, session, principal, "alert_channel.rotated", said)
        return NewChannel(channel=made, secret=secret)


def switch_on(deployment: Deployment, principal: Principal, number: int, *, reason: str) -> Channel:
    """Tell a channel again that was switched off.

    Raises:
        NotAllowed: The role may not mend.
        NotFound: There is no such channel in scope.
        InvalidInput: The reason is empty.
    """
    principal.require("mend")
    note = checked_note(reason, "reason")
    at = deployment.clock()
    with unit_of_work(deployment.engine) as session:
        row = alert_channels.channel_row(session, number, lock=True)
        require_seen(session, principal, number, at)
        row.off_at = row.off_why = row.retry_at = row.trouble = None
        row.failures = 0
        session.add(row)
        said = {"channel": number, "reason": note}
        note_system(deployment, session, principal, "alert_channel.switched_on", said)
        session.flush()
        return alert_channels.get_channel(session, number, at).channel


def remove_channel(deployment: Deployment, principal: Principal, number: int) -> Channel:
    """Tell a channel nothing any more; its address and secrets are forgotten.

    Raises:
        NotAllowed: The role may not manage.
        NotFound: There is no such channel in scope.
    """
    principal.require("manage")
    at = deployment.clock()
    with unit_of_work(deployment.engine) as session:
        gone = require_seen(session, principal, number, at)
        alert_channels.remove_channel(session, number, at)
        note_system(deployment, session, principal, "alert_channel.removed", {"channel": number})
        return gone


def _check(draft: ChannelDraft) -> None:
    checked_name(draft.name, "channel")
    for code in draft.codes or ():
        if code not in CODES:
            detail = f"code is {code[:80]!r}, must be one of {', '.join(CODES)}"
            raise InvalidInput(detail, place="codes", code="unknown_code")
    if draft.codes == () or draft.projects == ():
        detail = "it would be told nothing; name codes and projects, or leave them out for all"
        raise InvalidInput(detail, place="codes")
    if draft.floor not in LOUDNESS[1:]:
        detail = f"floor is {draft.floor[:80]!r}, must be ticket or page"
        raise InvalidInput(detail, place="floor")
    if not 0.0 <= draft.window_seconds <= _MOST_WINDOW_SECONDS:
        detail = f"window is {draft.window_seconds!r} seconds, must be 0 to 3600"
        raise InvalidInput(detail, place="window_seconds")
    for name, value in draft.options.items():
        if len(value) > _MOST_OPTION_CHARACTERS or not value.isprintable():
            detail = f"must be printable text of at most {_MOST_OPTION_CHARACTERS} characters"
            raise InvalidInput(detail, place=f"options.{name[:80]}", code="bad_option")


def _row(
    deployment: Deployment, principal: Principal, draft: ChannelDraft, host: str
) -> AlertChannel:
    return AlertChannel(
        name=draft.name,
        shape=draft.shape,
        sealed=deployment.vault.seal_secret(json.dumps(dict(draft.options))),
        host=host,
        codes=scope_text(draft.codes),
        projects=scope_text(draft.projects),
        floor=draft.floor,
        window_seconds=draft.window_seconds,
        added_at=deployment.clock(),
        added_by=principal.name,
    )


def _new_key(deployment: Deployment, session: Session, number: int) -> str:
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()
    sealed = deployment.vault.seal_secret(secret)
    key_id = f"ask_{secrets.token_hex(6)}"
    alert_channels.add_key(session, number, key_id, sealed, deployment.clock())
    return secret


def _said(channel: Channel) -> dict[str, object]:
    """Return what the history says: the address may hold a token, so its host alone."""
    return {
        "channel": channel.id,
        "name": channel.name,
        "shape": channel.shape,
        "host": channel.host,
        "codes": channel.codes,
        "projects": channel.projects,
        "floor": channel.floor,
    }
