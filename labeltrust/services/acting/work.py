"""The worker that acts at platforms: what is due follows from the rows alone."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from functools import partial

import structlog
from msgspec.json import encode
from sqlmodel import Session

from labeltrust.domain.errors import InvalidInput, LabeltrustError, Misconfigured, NoAnswer
from labeltrust.domain.platform_acts import Step, changed
from labeltrust.jobs.table_queue import TableQueue
from labeltrust.jobs.worker import Worker, holder_name
from labeltrust.policy.alerting import is_given_up, pause
from labeltrust.services._acts import Act, begin_act
from labeltrust.services.acting._asking import ask_platform
from labeltrust.services.acting._claiming import Claimed, claim
from labeltrust.services.acting._following import note_act, take_back
from labeltrust.services.acting._stacking import settle_stack
from labeltrust.services.deployment import Deployment
from labeltrust.store import tables
from labeltrust.store.jobs import Lease, require_lease
from labeltrust.store.platform_acts import (
    act_row,
    ended_holds,
    keep_steps,
    sources_due,
)
from labeltrust.store.session import reading, unit_of_work
from labeltrust.store.tables import PlatformAct

PLATFORM = "platform-acts"
MACHINE = "system:platform"
_AT_ONCE = 50
_LOG = structlog.get_logger("labeltrust.platform")


def acting_worker_of(deployment: Deployment) -> Worker:
    """Return a worker that acts at platforms; several may run, one of them at each platform."""
    queue = TableQueue(engine=deployment.engine, kinds=frozenset({PLATFORM}))
    return Worker(
        queue=queue,
        handlers={PLATFORM: partial(act_for_job, deployment)},
        schedule=partial(schedule_acts, deployment, queue),
        clock=deployment.clock,
        holder=holder_name(),
        lease=timedelta(seconds=deployment.settings.lease_seconds),
    )


def schedule_acts(deployment: Deployment, queue: TableQueue) -> None:
    """Take back what outlived a hold that ran out, and ask for a job a source that has work."""
    now = deployment.clock()
    with reading(deployment.engine) as session:
        over = ended_holds(session, now)
    for number in over:
        _end(deployment, number)
    with reading(deployment.engine) as session:
        due = sources_due(session, now)
    for source in due:
        queue.enqueue_once(PLATFORM, str(source), now)


def _end(deployment: Deployment, number: int) -> None:
    with unit_of_work(deployment.engine) as session:
        act = _act(deployment, session, act_row(session, number))
        row = act_row(session, number, lock=True)
        if row.state in {"waiting", "done", "failed"}:
            why = "the hold ran out"
            take_back(session, act.chain, row, reason=why, actor=MACHINE, at=act.at)


def act_for_job(deployment: Deployment, lease: Lease) -> None:
    """Do at a source's platform what is due, oldest first, until it is done or something fails.

    What becomes of an act is kept in its row: the job itself never fails for a platform.
    """
    for _ in range(_AT_ONCE):
        claimed = claim(deployment, lease)
        if claimed is None or not _worked(deployment, lease, claimed):
            return


def _worked(deployment: Deployment, lease: Lease, claimed: Claimed) -> bool:
    """Do or undo an act; say whether the platform can be asked for more at once."""
    try:
        steps = ask_platform(deployment, lease, claimed)
    except (NoAnswer, InvalidInput, Misconfigured) as error:
        # An address is refused, too, where its name cannot be looked up just now.
        final = isinstance(error, InvalidInput) and error.code != "platform_refused"
        _failed(deployment, lease, claimed, error, final=final)
        return final
    if steps is not None:
        _settled(deployment, lease, claimed, steps)
    return True


def _settled(deployment: Deployment, lease: Lease, claimed: Claimed, steps: Sequence[Step]) -> None:
    with unit_of_work(deployment.engine) as session:
        act = _act(deployment, session, act_row(session, claimed.number))
        require_lease(session, lease)
        row = act_row(session, claimed.number, lock=True)
        keep_steps(session, row, steps)
        if claimed.state == "waiting":
            row.done_at = act.at
            if row.state == "waiting":  # else it is to be taken back already
                row.state = "done"
            _note(act, row, "platform.done", steps)
        else:
            row.state, row.undone_at = "undone", act.at
            settle_stack(session, row, steps)
            _note(act, row, "platform.undone", steps)
        row.trouble = None
        session.add(row)


def _note(act: Act, row: PlatformAct, kind: str, steps: Sequence[Step]) -> None:
    """Append what was asked and answered: the words counted, and a digest of all of it."""
    told = [step.undone if kind == "platform.undone" else step.told for step in steps]
    heads: dict[str, int] = {}
    for words in told:
        heads[words.partition(":")[0]] = heads.get(words.partition(":")[0], 0) + 1
    more = {
        "steps": len(steps),
        "changed": changed(steps),
        "answers": dict(sorted(heads.items())),
        "sha256": hashlib.sha256(encode(tuple(steps))).hexdigest(),
    }
    note_act(act.session, act.chain, row, kind, actor=MACHINE, at=act.at, more=more)


def _failed(
    deployment: Deployment,
    lease: Lease,
    claimed: Claimed,
    error: LabeltrustError,
    *,
    final: bool,
) -> None:
    """Keep why an act failed, and when it is tried again; given up after a day, or at once."""
    why = str(error)[:2_000]
    _LOG.warning(
        "act at a platform failed", act=claimed.number, source=claimed.source.name, why=why
    )
    with unit_of_work(deployment.engine) as session:
        act = _act(deployment, session, act_row(session, claimed.number))
        require_lease(session, lease)
        row = act_row(session, claimed.number, lock=True)
        row.trouble = why
        if row.state != claimed.state:
            session.add(row)
            return
        row.due_at = act.at + pause(f"act {row.id}", row.tries)
        if final or is_given_up(row.tries, row.since, act.at):
            row.state = "failed" if row.state == "waiting" else "stuck"
            more = {"state": row.state, "tries": row.tries, "code": error.code}
            note_act(
                session, act.chain, row, "platform.failed", actor=MACHINE, at=act.at, more=more
            )
        session.add(row)
        session.flush()


def _act(deployment: Deployment, session: Session, row: PlatformAct) -> Act:
    project = session.get_one(tables.Project, row.project_id)
    return begin_act(session, project, MACHINE, deployment.clock())
