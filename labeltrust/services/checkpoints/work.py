"""The worker that signs checkpoints and takes them outside: nothing else holds it up."""

from datetime import timedelta
from functools import partial

from labeltrust.jobs._base import Handler
from labeltrust.jobs.table_queue import TableQueue
from labeltrust.jobs.worker import Worker, holder_name
from labeltrust.services.checkpoints.compare import COMPARE, compare_for_job
from labeltrust.services.checkpoints.deliver import DELIVER, deliver_for_job
from labeltrust.services.checkpoints.sign import SIGN, sign_for_job, signing_is_due
from labeltrust.services.deployment import Deployment
from labeltrust.store.checkpoint_places import places_due
from labeltrust.store.session import reading

_IDLE_SECONDS = 5.0
_COMPARE_EVERY_SECONDS = 60.0


def checkpoint_worker_of(deployment: Deployment) -> Worker:
    """Return a worker for checkpoints; of several, one signs at a time."""
    handlers: dict[str, Handler] = {
        SIGN: partial(sign_for_job, deployment),
        COMPARE: partial(compare_for_job, deployment),
        DELIVER: partial(deliver_for_job, deployment),
    }
    queue = TableQueue(engine=deployment.engine, kinds=frozenset(handlers))

    def schedule() -> None:
        now = deployment.clock()
        queue.enqueue_once(COMPARE, "all", now + timedelta(seconds=_COMPARE_EVERY_SECONDS))
        if signing_is_due(deployment, now):
            queue.enqueue_once(SIGN, "ledger", now)
        with reading(deployment.engine) as session:
            due = places_due(session, now)
        for place in due:
            queue.enqueue_once(DELIVER, str(place), now)

    return Worker(
        queue=queue,
        handlers=handlers,
        schedule=schedule,
        clock=deployment.clock,
        holder=holder_name(),
        lease=timedelta(seconds=deployment.settings.lease_seconds),
        idle_seconds=_IDLE_SECONDS,
    )
