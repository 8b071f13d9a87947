"""The channels of alerts that somebody may see, and how each stands."""

from datetime import datetime

from sqlmodel import Session

from labeltrust.domain.alerts import Channel
from labeltrust.domain.errors import NotFound
from labeltrust.domain.principals import Principal
from labeltrust.services.deployment import Deployment
from labeltrust.store import alert_channels
from labeltrust.store.session import reading


def list_channels(deployment: Deployment, principal: Principal) -> list[Channel]:
    """Return the channels in scope, oldest first, without addresses and secrets.

    Raises:
        NotAllowed: The role may not mend.
    """
    principal.require("mend")
    with reading(deployment.engine) as session:
        found = alert_channels.channels(session, deployment.clock())
    return [channel for channel in found if is_seen(principal, channel)]


def channel_named(deployment: Deployment, principal: Principal, name: str) -> Channel:
    """Return a channel by its name.

    Raises:
        NotAllowed: The role may not mend.
        NotFound: There is none of this name in scope.
    """
    found = [c for c in list_channels(deployment, principal) if c.name == name]
    if not found:
        detail = f"no alert channel {name[:200]!r}"
        raise NotFound(detail)
    return found[0]


def is_seen(principal: Principal, channel: Channel) -> bool:
    """Say whether a channel is in somebody's scope: all that it tells must be."""
    if principal.projects is None:
        return True
    return channel.projects is not None and set(channel.projects) <= principal.projects


def require_seen(session: Session, principal: Principal, number: int, now: datetime) -> Channel:
    """Return a channel in scope.

    Raises:
        NotFound: There is none of this number in scope.
    """
    found = alert_channels.get_channel(session, number, now).channel
    if not is_seen(principal, found):
        detail = f"no alert channel {number}"
        raise NotFound(detail)
    return found
