"""Comparisons with platforms in the background: who is due, and one of them as a job.

Where a platform only says that something changed, its source is compared soon after, at most once
in `SOON`: an object that is saved again and again asks for one comparison.
"""

from datetime import timedelta

import structlog

from labeltrust.domain.errors import Conflict, InvalidInput, NoAnswer, NotFound
from labeltrust.jobs.table_queue import TableQueue
from labeltrust.services._gold_pulled import MACHINE
from labeltrust.services.abandon_pulls import abandon_pulls
from labeltrust.services.deployment import Deployment
from labeltrust.services.reconcile_source import RECONCILE, reconcile_source
from labeltrust.store.jobs import Lease
from labeltrust.store.pulls import pull_counts
from labeltrust.store.session import reading
from labeltrust.store.source_pulls import accesses, last_begun
from labeltrust.store.sources import source_rows

SOON = timedelta(minutes=2)
_LOG = structlog.get_logger("labeltrust.reconcile")


def schedule_pulls(deployment: Deployment, queue: TableQueue) -> None:
    """Ask for a comparison of every source that was not compared for as long as it says."""
    now = deployment.clock()
    with reading(deployment.engine) as session:
        known, begun = accesses(session), last_begun(session)
        names = {row.id: row.name for row in source_rows(session)} if known else {}
        told = pull_counts(session)
    for number, access in known.items():
        every = timedelta(minutes=access.info.every_minutes)
        last = begun.get(number)
        asked = number in told and (last is None or now - last >= SOON)
        if asked or (every and (last is None or now - last >= every)):
            queue.enqueue_once(RECONCILE, names[number], now)


def reconcile_for_job(deployment: Deployment, lease: Lease) -> None:
    """Compare one source; a platform that does not answer is asked again when it is due again.

    A job that was claimed before was in the hands of a worker that died: its pull ends no more.
    Where that worker only slept, both record the same events, and those count once.
    """
    try:
        if lease.attempts > 1:
            abandon_pulls(deployment, lease.key, MACHINE.name)
        reconcile_source(deployment, MACHINE, lease.key)
    except (Conflict, InvalidInput, NoAnswer, NotFound) as error:
        _LOG.warning("source not compared", source=lease.key, detail=str(error))
