"""Take one act at a platform back, or have one tried again that was given up."""

from collections.abc import Iterator
from contextlib import contextmanager

from labeltrust.domain.errors import NotFound
from labeltrust.domain.naming import checked_note
from labeltrust.domain.platform_acts import PlatformAct, after_retry
from labeltrust.domain.principals import Principal
from labeltrust.services._acts import Act, begin_act
from labeltrust.services.acting._following import note_act, take_back
from labeltrust.services.deployment import Deployment
from labeltrust.store import platform_acts, tables
from labeltrust.store.session import unit_of_work


def undo_act(
    deployment: Deployment, principal: Principal, number: int, *, reason: str
) -> PlatformAct:
    """Have an act taken back by the worker; the freeze stays.

    Raises:
        NotAllowed: The role may not freeze.
        NotFound: There is no such act in scope.
        Conflict: It does not stand.
        InvalidInput: The reason is empty.
    """
    why = checked_note(reason, "reason")
    with _acting(deployment, principal, number) as (act, row):
        take_back(act.session, act.chain, row, reason=why, actor=act.actor, at=act.at)
        return platform_acts.get_act(act.session, number)


def retry_act(
    deployment: Deployment, principal: Principal, number: int, *, reason: str
) -> PlatformAct:
    """Have an act tried again that was given up, in doing or in taking back.

    Raises:
        NotAllowed: The role may not freeze.
        NotFound: There is no such act in scope.
        Conflict: It was not given up.
        InvalidInput: The reason is empty.
    """
    why = checked_note(reason, "reason")
    with _acting(deployment, principal, number) as (act, row):
        row.state = after_retry(row.state)
        row.since = row.due_at = act.at
        row.tries, row.trouble = 0, None
        act.session.add(row)
        act.session.flush()
        more = {"reason": why, "state": row.state}
        note_act(
            act.session, act.chain, row, "platform.retried", actor=act.actor, at=act.at, more=more
        )
        return platform_acts.get_act(act.session, number)


@contextmanager
def _acting(
    deployment: Deployment, principal: Principal, number: int
) -> Iterator[tuple[Act, tables.PlatformAct]]:
    principal.require("freeze")
    with unit_of_work(deployment.engine) as session:
        project = session.get_one(tables.Project, platform_acts.act_row(session, number).project_id)
        if not principal.sees(project.name):
            detail = f"no act {number} at a platform"
            raise NotFound(detail)
        act = begin_act(session, project, principal.name, deployment.clock())
        yield act, platform_acts.act_row(session, number, lock=True)
