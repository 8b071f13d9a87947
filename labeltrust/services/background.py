"""Background work of an installation: which jobs there are, and the worker that does them."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import partial

import structlog

from labeltrust.domain.clock import moment
from labeltrust.domain.principals import Principal
from labeltrust.jobs._base import Handler
from labeltrust.jobs.table_queue import TableQueue
from labeltrust.jobs.worker import Worker, holder_name
from labeltrust.services.acting.work import acting_worker_of
from labeltrust.services.alerting.route import forget_old
from labeltrust.services.alerting.work import alert_worker_of
from labeltrust.services.assess_project import assess_for_job
from labeltrust.services.checkpoints.work import checkpoint_worker_of
from labeltrust.services.deployment import Deployment
from labeltrust.services.drills.game_days import GAME_DAY, game_day_for_job, schedule_game_days
from labeltrust.services.drills.order_drill import DRILL
from labeltrust.services.drills.work import drill_for_job, give_up_drills, schedule_drills
from labeltrust.services.measure_drift import watch_drift
from labeltrust.services.note_gate import watch_gates
from labeltrust.services.order_pull import PULL, pull_for_job
from labeltrust.services.order_replay import REPLAY, replay_for_job
from labeltrust.services.order_snapshot import SNAPSHOT, snapshot_for_job
from labeltrust.services.reconcile_source import RECONCILE
from labeltrust.services.retire_deliveries import retire_deliveries
from labeltrust.services.scan_patterns import PATTERNS, scan_for_job
from labeltrust.services.schedule_pulls import reconcile_for_job, schedule_pulls
from labeltrust.services.tell_hooks import HOOK, tell_for_job
from labeltrust.services.verify_news import unverified_chains, verify_news
from labeltrust.store.assessments import projects_with_news
from labeltrust.store.growth import measure_growth
from labeltrust.store.session import reading
from labeltrust.store.triggers import projects_behind

_LOG = structlog.get_logger("labeltrust.background")
ASSESS = "assess"
VERIFY = "verify"
DAILY = "daily"
GATES = "gates"
DRIFT = "drift"
# Long enough that a burst of acts is one verification; the gate looks at the newest by itself.
_VERIFY_AFTER_SECONDS = 600.0
# A gate that closes by itself closes for whoever asks it at once; this is for the history alone.
_GATES_AFTER_SECONDS = 300.0
_DRIFT_AFTER_SECONDS = 3600.0
_STOP_SECONDS = 10.0
_ALERTERS = 2


def worker_of(deployment: Deployment) -> Worker:
    """Return the worker of an installation; `run()` works until `stop` is set."""
    handlers: dict[str, Handler] = {
        ASSESS: partial(assess_for_job, deployment),
        VERIFY: lambda _: verify_news(deployment),
        DAILY: lambda _: daily_work(deployment),
        GATES: lambda _: watch_gates(deployment),
        DRIFT: lambda _: watch_drift(deployment),
        PATTERNS: partial(scan_for_job, deployment),
        SNAPSHOT: partial(snapshot_for_job, deployment),
        HOOK: partial(tell_for_job, deployment),
        REPLAY: partial(replay_for_job, deployment),
    }
    # Alerts have workers of their own: an assessment of minutes must not hold a page back.
    queue = TableQueue(engine=deployment.engine, kinds=frozenset(handlers))

    def schedule() -> None:
        schedule_assessments(deployment, queue)
        schedule_verification(deployment, queue)
        schedule_scans(deployment, queue)
        queue.enqueue_once(DAILY, "house", deployment.clock() + timedelta(days=1))
        soon = deployment.clock() + timedelta(seconds=_GATES_AFTER_SECONDS)
        queue.enqueue_once(GATES, "all", soon)
        later = deployment.clock() + timedelta(seconds=_DRIFT_AFTER_SECONDS)
        queue.enqueue_once(DRIFT, "all", later)

    return Worker(
        queue=queue,
        handlers=handlers,
        schedule=schedule,
        clock=deployment.clock,
        holder=holder_name(),
        lease=timedelta(seconds=deployment.settings.lease_seconds),
    )


def puller_of(deployment: Deployment) -> Worker:
    """Return the worker that reads platforms and carries out drills: neither delays assessing."""
    handlers: dict[str, Handler] = {
        RECONCILE: partial(reconcile_for_job, deployment),
        PULL: partial(pull_for_job, deployment),
        DRILL: partial(drill_for_job, deployment),
        GAME_DAY: partial(game_day_for_job, deployment),
    }
    queue = TableQueue(engine=deployment.engine, kinds=frozenset(handlers))

    def schedule() -> None:
        schedule_pulls(deployment, queue)
        schedule_drills(deployment, queue)
        schedule_game_days(deployment, queue)

    return Worker(
        queue=queue,
        handlers=handlers,
        schedule=schedule,
        clock=deployment.clock,
        holder=holder_name(),
        lease=timedelta(seconds=deployment.settings.lease_seconds),
    )


def schedule_assessments(deployment: Deployment, queue: TableQueue) -> None:
    """Ask for an assessment of every project whose news has been quiet, or waiting, long enough.

    What is due follows from the history alone, so that nothing is lost with a process: a project is
    assessed `assess_after_seconds` after its newest event, and while events keep coming
    `assess_at_most_every_seconds` after the oldest that no assessment has read.
    """
    quiet = timedelta(seconds=deployment.settings.assess_after_seconds)
    longest = timedelta(seconds=deployment.settings.assess_at_most_every_seconds)
    now = deployment.clock()
    with reading(deployment.engine) as session:
        news = projects_with_news(session, acts=True)
    for project in news:
        if now >= min(moment(project.last_us) + quiet, moment(project.first_us) + longest):
            queue.enqueue_once(ASSESS, project.project, now)


def schedule_verification(deployment: Deployment, queue: TableQueue) -> None:
    """Ask for a verification of what the chains gained, some minutes after they gained it."""
    if unverified_chains(deployment):
        due_at = deployment.clock() + timedelta(seconds=_VERIFY_AFTER_SECONDS)
        queue.enqueue_once(VERIFY, "ledger", due_at)


def schedule_scans(deployment: Deployment, queue: TableQueue) -> None:
    """Ask that patterns be looked for in every project with events that were not looked through."""
    with reading(deployment.engine) as session:
        behind = projects_behind(session)
    for name in behind:
        queue.enqueue_once(PATTERNS, name, deployment.clock())


def daily_work(deployment: Deployment) -> None:
    """Destroy originals past their retention time, end what was left, warn of a full disk."""
    housekeeper = Principal(name="system:daily", role="owner", projects=None)
    retire_deliveries(deployment, housekeeper)
    forget_old(deployment)
    give_up_drills(deployment)
    growth = measure_growth(deployment.engine, deployment.settings, deployment.clock())
    warning = growth.warning(deployment.settings)
    if warning is not None:
        _LOG.warning(warning)


@contextmanager
def background_work(deployment: Deployment) -> Iterator[None]:
    """Do background work in threads beside the server, until the server stops."""
    with working(worker_of(deployment), "worker"), beside_assessing(deployment):
        yield


@contextmanager
def beside_assessing(deployment: Deployment) -> Iterator[None]:
    """Do what must not wait for an assessment: alerts, checkpoints, platforms read and acted at."""
    with (
        alerting_work(deployment),
        working(puller_of(deployment), "puller"),
        working(checkpoint_worker_of(deployment), "checkpoints"),
        working(acting_worker_of(deployment), "platforms"),
    ):
        yield


@contextmanager
def alerting_work(deployment: Deployment) -> Iterator[None]:
    """Route and send alerts in threads; two, so that one slow receiver holds nobody back."""
    with ExitStack() as stack:
        for number in range(_ALERTERS):
            stack.enter_context(working(alert_worker_of(deployment), f"alerts-{number}"))
        yield


@contextmanager
def working(worker: Worker, name: str) -> Iterator[None]:
    """Run a worker in a thread until the end of the block."""
    thread = threading.Thread(target=worker.run, name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        worker.stop.set()
        thread.join(_STOP_SECONDS)
