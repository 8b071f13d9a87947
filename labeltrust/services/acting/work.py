"""The worker that acts at platforms: what is due follows from the rows alone."""

import hashlib
import json
import os
import secrets
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import structlog
from msgspec.json import encode
from sqlmodel import Session

from labeltrust.connectors._acts import ActDoer, Wanted
from labeltrust.connectors._asked import Asked
from labeltrust.connectors._base import Connector
from labeltrust.domain.errors import InvalidInput, LabeltrustError, Misconfigured, NoAnswer
from labeltrust.domain.freezes import FreezeState
from labeltrust.domain.platform_access import Access
from labeltrust.domain.platform_acts import Step, changed
from labeltrust.jobs.table_queue import TableQueue
from labeltrust.jobs.worker import Worker
from labeltrust.policy.alerting import is_given_up, pause
from labeltrust.services._acts import Act, begin_act
from labeltrust.services.acting import _doing
from labeltrust.services.acting._following import note_act, take_back
from labeltrust.services.acting._stacking import others_of, settle_stack, without_doubles
from labeltrust.services.connectors import connector_of, opened
from labeltrust.services.deployment import Deployment
from labeltrust.store import tables
from labeltrust.store.freezes import get_freeze
from labeltrust.store.inserting import known_id
from labeltrust.store.jobs import Lease, require_lease
from labeltrust.store.platform_acts import (
    accounts,
    act_row,
    ended_holds,
    get_policy,
    held_annotations,
    keep_steps,
    next_due,
    sources_due,
    steps_of,
)
from labeltrust.store.session import reading, unit_of_work
from labeltrust.store.source_pulls import get_access
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
        holder=f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}",
    )


def schedule_acts(deployment: Deployment, queue: TableQueue) -> None:
    """Take back what outlived a hold that ran out, and ask for a job a source that has work."""
    now = deployment.clock()
    with reading(deployment.engine) as session:
        over, due = ended_holds(session, now), sources_due(session, now)
    for number in over:
        _end(deployment, number)
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
        claimed = _claim(deployment, lease)
        if claimed is None or not _worked(deployment, lease, claimed):
            return


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claimed:
    """An act that is being done, or taken back, as it was when it was claimed."""

    number: int
    source: tables.Source
    kind: str
    state: str
    labeler: int
    url: str | None
    steps: tuple[Step, ...] | None
    freeze: FreezeState
    sealed: tuple[str, str, bytes] | None
    wanted: Wanted


def _claim(deployment: Deployment, lease: Lease) -> _Claimed | None:
    now = deployment.clock()
    with unit_of_work(deployment.engine) as session:
        require_lease(session, lease)
        row = next_due(session, int(lease.key), now)
        if row is None:
            return None
        row.tries, row.tried_at = row.tries + 1, now
        session.add(row)
        session.flush()
        access = get_access(session, row.source_id)
        return _Claimed(
            number=known_id(row.id),
            source=session.get_one(tables.Source, row.source_id),
            kind=row.kind,
            state=row.state,
            labeler=row.labeler_id,
            url=row.url,
            steps=None if row.steps is None else steps_of(row),
            freeze=get_freeze(session, row.freeze_id).state,
            sealed=None if access is None else (access.info.url, access.info.remote, access.sealed),
            wanted=Wanted(
                accounts=accounts(session, row.source_id, row.labeler_id),
                most=get_policy(session, row.source_id).most_items,
            ),
        )


def _worked(deployment: Deployment, lease: Lease, claimed: _Claimed) -> bool:
    """Do or undo an act; say whether the platform can be asked for more at once."""
    try:
        steps = _asked_platform(deployment, lease, claimed)
    except (NoAnswer, InvalidInput, Misconfigured) as error:
        # An address is refused, too, where its name cannot be looked up just now.
        final = isinstance(error, InvalidInput) and error.code != "platform_refused"
        _failed(deployment, lease, claimed, error, final=final)
        return final
    if steps is not None:
        _settled(deployment, lease, claimed, steps)
    return True


def _asked_platform(
    deployment: Deployment, lease: Lease, claimed: _Claimed
) -> Sequence[Step] | None:
    """Ask the platform; return what came of it, None where the act was called off meanwhile."""
    connector = connector_of(claimed.source.platform)
    doer = doer_of(connector, claimed.kind)
    access = _access(deployment, claimed)

    def still_ours() -> None:
        with reading(deployment.engine) as session:
            require_lease(session, lease)

    with opened(deployment.settings, connector, access) as api:
        config = json.loads(claimed.source.config)
        asked = Asked(source=claimed.source.name, access=access, config=config)
        steps = claimed.steps
        if steps is None:
            doer.check(api, asked)
            wanted = _with_annotations(deployment, claimed)
            steps = _planned(deployment, lease, claimed, doer.plan(api, asked, wanted))
            if steps is None:
                return None
        with reading(deployment.engine) as session:
            others = others_of(session, act_row(session, claimed.number))
        doing = _doing.Doing(
            api=api, asked=asked, doer=doer, wanted=claimed.wanted, labeler=claimed.labeler,
            others=others, still_ours=still_ours,
        )  # fmt: skip
        return (_doing.do if claimed.state == "waiting" else _doing.undo)(doing, steps)


def doer_of(connector: Connector, kind: str) -> ActDoer:
    """Return how a connector does a kind of act.

    Raises:
        InvalidInput: `act_not_offered`, with the reason.
    """
    found = next((one for one in connector.acts if one.kind == kind), None)
    if found is None:
        why = connector.unoffered.get(kind, "nobody has built it")
        detail = f"{connector.title} cannot {kind}: {why}"
        raise InvalidInput(detail, place="acts", code="act_not_offered")
    return found


def _access(deployment: Deployment, claimed: _Claimed) -> Access:
    if claimed.sealed is None:
        detail = f"connect it first: labeltrust source connect {claimed.source.name}"
        raise InvalidInput(detail, place="source", code="not_connected")
    url, remote, sealed = claimed.sealed
    if claimed.url not in {None, url}:
        # Numbers of one platform mean something else on another.
        detail = f"it was begun at {claimed.url}, and the source is connected to {url} now"
        raise InvalidInput(detail, place="source", code="other_platform")
    return Access(url=url, remote=remote, token=deployment.vault.open_secret(sealed))


def _with_annotations(deployment: Deployment, claimed: _Claimed) -> Wanted:
    if claimed.kind != "requeue" or not claimed.wanted.accounts:
        return claimed.wanted
    number, wanted = known_id(claimed.source.id), claimed.wanted
    # Answers that were withdrawn do not count as items: some more are read than may be changed.
    found = held_annotations(
        deployment.engine, number, wanted.accounts, claimed.freeze, 10 * wanted.most
    )
    return Wanted(accounts=wanted.accounts, annotations=tuple(found), most=wanted.most)


def _planned(
    deployment: Deployment, lease: Lease, claimed: _Claimed, steps: Sequence[Step]
) -> tuple[Step, ...] | None:
    """Store what the act changes before anything is; None where it was called off meanwhile."""
    with unit_of_work(deployment.engine) as session:
        require_lease(session, lease)
        row = act_row(session, claimed.number, lock=True)
        if row.state != "waiting":
            return None
        single = without_doubles(steps, row.labeler_id, others_of(session, row))
        row.url = None if claimed.sealed is None else claimed.sealed[0]
        keep_steps(session, row, single)
        return tuple(single)


def _settled(
    deployment: Deployment, lease: Lease, claimed: _Claimed, steps: Sequence[Step]
) -> None:
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
    claimed: _Claimed,
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
