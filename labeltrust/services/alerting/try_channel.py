"""Send a test to a channel, now, and say how it was taken."""

from dataclasses import dataclass

from labeltrust.domain.principals import Principal
from labeltrust.services.alerting._composing import test_telling
from labeltrust.services.alerting.list_channels import require_seen
from labeltrust.services.alerting.send import tell
from labeltrust.services.deployment import Deployment
from labeltrust.store import alert_channels
from labeltrust.store.alert_messages import new_uid
from labeltrust.store.history import SYSTEM, append
from labeltrust.store.session import reading, unit_of_work


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """How a test was taken."""

    channel: str
    taken: bool
    detail: str


def try_channel(deployment: Deployment, principal: Principal, number: int) -> Tried:
    """Send a test at once, also to a channel that is off; no try of an alert counts it.

    Raises:
        NotAllowed: The role may not mend.
        NotFound: There is no such channel in scope.
    """
    principal.require("mend")
    at = deployment.clock()
    with reading(deployment.engine) as session:
        require_seen(session, principal, number, at)
        found = alert_channels.get_channel(session, number, at)
    taken = tell(deployment, found, test_telling(deployment, new_uid(), at))
    ok = taken.outcome == "taken"
    with unit_of_work(deployment.engine) as session:
        row = alert_channels.channel_row(session, number, lock=True)
        row.trouble = None if ok else taken.detail
        row.retry_at = None if ok else row.retry_at
        session.add(row)
        said = {"channel": number, "taken": ok}
        append(
            session,
            chain=SYSTEM,
            type="alert_channel.tried",
            actor=principal.name,
            at=at,
            detail=said,
        )
    return Tried(channel=found.channel.name, taken=ok, detail=taken.detail)
