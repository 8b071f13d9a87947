"""Name the snapshot that a project trains on; to go back is to name a former one."""

from dataclasses import dataclass

from labeltrust.domain.errors import Conflict
from labeltrust.domain.naming import checked_note
from labeltrust.domain.principals import Principal
from labeltrust.services._acts import begin_act, note
from labeltrust.services._seen_snapshot import seen_snapshot
from labeltrust.services.deployment import Deployment
from labeltrust.store.inserting import known_id
from labeltrust.store.projects import project_row
from labeltrust.store.session import reading, unit_of_work
from labeltrust.store.training import Use, add_use, uses

MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentSet:
    """What a project trains on.

    Attributes:
        project: Its name.
        current: The snapshot in use, or None where none was named yet.
        history: What was in use, newest first, the current one on top; at most `MOST`.
        undo: The command that goes back, empty where there is nothing to go back to.
    """

    project: str
    current: Use | None
    history: tuple[Use, ...]
    undo: str


def use_snapshot(
    deployment: Deployment, principal: Principal, snapshot: int, *, reason: str
) -> CurrentSet:
    """Name a snapshot the training set of its project; its undo is to name the former one.

    Raises:
        NotAllowed: The role may not make snapshots.
        NotFound: There is no such snapshot in scope.
        InvalidInput: The reason is empty.
        Conflict: It is in use already.
    """
    words = checked_note(reason, "reason")
    with unit_of_work(deployment.engine) as session:
        row = seen_snapshot(session, principal, snapshot, "snapshot")
        project = project_row(session, row.project)
        act = begin_act(session, project, principal.name, deployment.clock())
        before = uses(session, act.project_id, limit=1)
        if before and before[0].snapshot == snapshot:
            detail = f"snapshot {snapshot} is in use already"
            raise Conflict(detail)
        use = Use(snapshot=snapshot, reason=words, used_at=act.at, used_by=act.actor)
        add_use(session, act.project_id, use)
        former = before[0].snapshot if before else None
        note(act, "snapshot.used", {"snapshot": snapshot, "before": former, "reason": words})
        return _current(row.project, uses(session, act.project_id, limit=MOST))


def current_set(deployment: Deployment, principal: Principal, project: str) -> CurrentSet:
    """Return what a project trains on, and what it trained on before.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such project in scope.
    """
    principal.require("read", project)
    with reading(deployment.engine) as session:
        number = known_id(project_row(session, project).id)
        return _current(project, uses(session, number, limit=MOST))


def _current(project: str, history: list[Use]) -> CurrentSet:
    former = history[1].snapshot if len(history) > 1 else None
    return CurrentSet(
        project=project,
        current=history[0] if history else None,
        history=tuple(history),
        undo="" if former is None else f"labeltrust snapshot use {former} --reason …",
    )
