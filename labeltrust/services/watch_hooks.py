"""How it went with the addresses that are told when a gate reopens."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from labeltrust.domain.errors import NotFound
from labeltrust.domain.hooks import GateHook
from labeltrust.domain.principals import Principal
from labeltrust.services._hooks import opened_hook
from labeltrust.services.deployment import Deployment
from labeltrust.services.subscribe_hook import remove_hook
from labeltrust.services.tell_hooks import HOOK, read_news
from labeltrust.store.gate_hooks import get_hook, hooks_of
from labeltrust.store.inserting import known_id
from labeltrust.store.jobs import jobs_of
from labeltrust.store.projects import project_row
from labeltrust.store.session import reading

HookState = Literal["never told", "told", "waiting", "being tried again", "given up"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HookDelivery:
    """News of one reopening that an address has not taken yet.

    Attributes:
        turn: Number of the turn of the gate, as in the message.
        opened_at: When the gate reopened.
        attempts: How often it was tried.
        trouble: Why the last try failed, or None.
    """

    turn: int
    opened_at: datetime
    attempts: int
    trouble: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedHook:
    """An address that is told, and what became of the news.

    Attributes:
        hook: The address, and when it last took news.
        state: How the last news stands: `never told` (the gate has not reopened since), `told`,
            `waiting` (not tried yet), `being tried again`, or `given up` after 25 tries.
        deliveries: News that it has not taken yet, oldest first.
    """

    hook: GateHook
    state: HookState
    deliveries: tuple[HookDelivery, ...]


def watch_hooks(deployment: Deployment, principal: Principal, project: str) -> list[WatchedHook]:
    """Return the addresses that are told, oldest first, with what they have not taken yet.

    Raises:
        NotAllowed: The role may not configure: an address may hold a token.
        NotFound: There is no such project in scope.
    """
    principal.require("configure", project)
    with reading(deployment.engine) as session:
        sealed = hooks_of(session, known_id(project_row(session, project).id))
        hooks = [opened_hook(deployment, one) for one in sealed]
        waiting = jobs_of(session, HOOK) if hooks else []
    found: dict[int, list[HookDelivery]] = {hook.id: [] for hook in hooks}
    for job in waiting:
        news = read_news(job.key)
        if news.hook in found:
            found[news.hook].append(
                HookDelivery(
                    turn=news.turn, opened_at=news.at, attempts=job.attempts, trouble=job.error
                )
            )
    return [_watched(hook, tuple(found[hook.id])) for hook in hooks]


def watch_hook(
    deployment: Deployment, principal: Principal, project: str, number: int
) -> WatchedHook:
    """Return one address of a project with what it has not taken yet.

    Raises:
        NotAllowed: The role may not configure.
        NotFound: The project is not in scope, or has no such hook.
    """
    for one in watch_hooks(deployment, principal, project):
        if one.hook.id == number:
            return one
    raise _missing(number, project)


def remove_hook_of(
    deployment: Deployment, principal: Principal, project: str, number: int
) -> GateHook:
    """Tell an address of a project nothing any more; its undo is to add it again.

    Raises:
        NotAllowed: The role may not configure.
        NotFound: The project is not in scope, or has no such hook.
    """
    principal.require("configure", project)
    with reading(deployment.engine) as session:
        project_row(session, project)
        if get_hook(session, number).hook.project != project:
            raise _missing(number, project)
    return remove_hook(deployment, principal, number)


def _missing(number: int, project: str) -> NotFound:
    return NotFound(f"project {project[:80]!r} has no hook {number}")


def _watched(hook: GateHook, deliveries: tuple[HookDelivery, ...]) -> WatchedHook:
    return WatchedHook(hook=hook, state=_state(hook, deliveries), deliveries=deliveries)


def _state(hook: GateHook, deliveries: tuple[HookDelivery, ...]) -> HookState:
    if any(one.trouble for one in deliveries):
        return "being tried again"
    if deliveries:
        return "waiting"
    if hook.trouble:
        return "given up"
    return "told" if hook.told_at else "never told"
