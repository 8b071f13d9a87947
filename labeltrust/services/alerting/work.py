"""The workers that route and send alerts: what is due follows from the rows alone."""

from datetime import timedelta
from functools import partial

from labeltrust.jobs._base import Handler
from labeltrust.jobs.table_queue import TableQueue
from labeltrust.jobs.worker import Worker, holder_name
from labeltrust.services.alerting.route import ROUTE, route_for_job, routing_is_due
from labeltrust.services.alerting.send import SEND, send_for_job, sending_is_due
from labeltrust.services.alerting.watch import WATCH, watch_for_job
from labeltrust.services.deployment import Deployment

_WATCH_EVERY_SECONDS = 60.0


def alert_worker_of(deployment: Deployment) -> Worker:
    """Return a worker for alerts; several may run, in one process or in many."""
    handlers: dict[str, Handler] = {
        ROUTE: partial(route_for_job, deployment),
        SEND: partial(send_for_job, deployment),
        WATCH: partial(watch_for_job, deployment),
    }
    queue = TableQueue(engine=deployment.engine, kinds=frozenset(handlers))

    def schedule() -> None:
        now = deployment.clock()
        queue.enqueue_once(WATCH, "all", now + timedelta(seconds=_WATCH_EVERY_SECONDS))
        if routing_is_due(deployment, now):
            queue.enqueue_once(ROUTE, "all", now)
        for channel in sending_is_due(deployment, now):
            queue.enqueue_once(SEND, str(channel), now)

    return Worker(
        queue=queue,
        handlers=handlers,
        schedule=schedule,
        clock=deployment.clock,
        holder=holder_name(),
        lease=timedelta(seconds=deployment.settings.lease_seconds),
    )
