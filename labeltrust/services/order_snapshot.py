"""A snapshot made in the background, so that whoever orders one need not wait for it."""

import secrets
from dataclasses import dataclass
from datetime import datetime

import msgspec
import structlog

from labeltrust.domain.errors import LabeltrustError
from labeltrust.domain.principals import Principal
from labeltrust.domain.training_sets import NOTHING_LEFT_OUT, Without, checked_without
from labeltrust.services._heavy import heavily
from labeltrust.services._snapshot_facts import SnapshotOrder, check_order
from labeltrust.services.create_snapshot import carry_out, checked_hold_back
from labeltrust.services.deployment import Deployment
from labeltrust.store.jobs import JobRow, Lease, enqueue_once, jobs_of
from labeltrust.store.projects import project_row
from labeltrust.store.session import reading, unit_of_work

_LOG = structlog.get_logger("labeltrust.snapshots")
SNAPSHOT = "snapshot"
_MOST_ATTEMPTS = 5


class _Ordered(msgspec.Struct, frozen=True):
    """What the key of a job says; no two orders are one job."""

    project: str
    actor: str
    hold_back_hours: float
    order: str
    without: Without = NOTHING_LEFT_OUT
    parent: int | None = None


_written = msgspec.json.Encoder(order="sorted").encode
_read = msgspec.json.Decoder(_Ordered).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotUnderWay:
    """An ordered snapshot that is not there yet.

    Attributes:
        ordered_at: When.
        ordered_by: Name of the principal.
        hold_back_hours: As ordered.
        without: What else stays out, as ordered.
        runs: A worker is writing it now.
        error: Why the last try failed, or None.
    """

    ordered_at: datetime
    ordered_by: str
    hold_back_hours: float
    without: Without
    runs: bool
    error: str | None


def order_snapshot(
    deployment: Deployment,
    principal: Principal,
    project: str,
    *,
    hold_back_hours: float = 0.0,
    without: Without = NOTHING_LEFT_OUT,
    parent: int | None = None,
) -> None:
    """Have the background worker make a snapshot in the principal's name.

    Raises:
        NotAllowed: The role may not make snapshots.
        NotFound: There is no such project in scope, or no such labeler, source, import or parent.
        InvalidInput: No such time can be held back, or no such thing be left out.
    """
    principal.require("snapshot", project)
    order = SnapshotOrder(
        project=project,
        hold_back_hours=checked_hold_back(hold_back_hours),
        without=checked_without(without),
        parent=parent,
    )
    key = _Ordered(
        project=project,
        actor=principal.name,
        hold_back_hours=order.hold_back_hours,
        without=without,
        parent=parent,
        order=secrets.token_hex(8),
    )
    with unit_of_work(deployment.engine) as session:
        check_order(deployment, session, project_row(session, project), order)
        enqueue_once(session, SNAPSHOT, _written(key).decode(), deployment.clock())


def snapshots_under_way(
    deployment: Deployment, principal: Principal, project: str
) -> list[SnapshotUnderWay]:
    """Return the ordered snapshots of a project that are not there yet, oldest first.

    Raises:
        NotAllowed: The role may not read.
        NotFound: The project is out of scope.
    """
    principal.require("read", project)
    now = deployment.clock()
    with reading(deployment.engine) as session:
        jobs = jobs_of(session, SNAPSHOT)
    told = [(_read(job.key), job) for job in jobs]
    return [_under_way(key, job, now) for key, job in told if key.project == project]


def _under_way(key: _Ordered, job: JobRow, now: datetime) -> SnapshotUnderWay:
    return SnapshotUnderWay(
        ordered_at=job.first_due_at,
        ordered_by=key.actor,
        hold_back_hours=key.hold_back_hours,
        without=key.without,
        runs=job.leased_until is not None and job.leased_until > now,
        error=job.error,
    )


def snapshot_for_job(deployment: Deployment, lease: Lease) -> None:
    """Make the snapshot of a job; one that fails again and again is given up, and logged.

    Raises:
        LabeltrustError: It failed, and is to be tried again.
    """
    key = _read(lease.key)
    order = SnapshotOrder(
        project=key.project,
        hold_back_hours=key.hold_back_hours,
        without=key.without,
        parent=key.parent,
        lease=lease,
    )
    try:
        heavily(deployment, carry_out, key.actor, order)
    except LabeltrustError:
        if lease.attempts < _MOST_ATTEMPTS:
            raise
        _LOG.exception("snapshot given up", project=order.project, ordered_by=key.actor)
