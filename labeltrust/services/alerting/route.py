"""Route causes out of the outbox: a job that follows from what the outbox holds."""

from datetime import datetime, timedelta

from labeltrust.services.alerting._routing import Routing
from labeltrust.services.deployment import Deployment
from labeltrust.store.alert_causes import (
    causes_wait,
    forget_causes,
    note_routed,
    waiting_causes,
)
from labeltrust.store.alert_channels import channels
from labeltrust.store.alert_messages import forget_messages
from labeltrust.store.alerts import closing_is_due
from labeltrust.store.jobs import Lease, require_lease
from labeltrust.store.session import reading, unit_of_work

ROUTE = "alert-route"
_AT_ONCE = 500
_KEPT = timedelta(days=30)


def routing_is_due(deployment: Deployment, now: datetime) -> bool:
    """Say whether the router has something to do."""
    with reading(deployment.engine) as session:
        return causes_wait(session) or closing_is_due(session, now)


def route_for_job(deployment: Deployment, lease: Lease) -> None:
    """Route all that waits, some at a time; each batch is one transaction under the lease."""
    while _routed(deployment, lease) == _AT_ONCE:
        pass


def _routed(deployment: Deployment, lease: Lease) -> int:
    now = deployment.clock()
    with unit_of_work(deployment.engine) as session:
        require_lease(session, lease)
        routing = Routing(session=session, now=now, channels=channels(session, now, told=True))
        causes = waiting_causes(session, _AT_ONCE)
        for cause in causes:
            routing.take(cause)
        routing.settle()
        note_routed(session, routing.words, now)
    return len(causes)


def look_again(deployment: Deployment, lease: Lease) -> None:
    """Look at every alert for what holds it back: a freeze or an incident began, or is over."""
    now = deployment.clock()
    with unit_of_work(deployment.engine) as session:
        require_lease(session, lease)
        told = channels(session, now, told=True)
        Routing(session=session, now=now, channels=told, everything=True).settle()


def forget_old(deployment: Deployment) -> None:
    """Delete what was told a month ago; dead letters stay until somebody looks at them."""
    before = deployment.clock() - _KEPT
    with unit_of_work(deployment.engine) as session:
        forget_messages(session, before)
        forget_causes(session, before)
