"""Subscribe an address to the reopening of a project's gate, list those there are, remove one."""

import base64
import hashlib
import secrets
from dataclasses import dataclass

from labeltrust.domain.errors import Conflict, NotFound
from labeltrust.domain.hooks import GateHook, checked_hook
from labeltrust.domain.principals import Principal
from labeltrust.outgoing.tell_hook import require_reachable
from labeltrust.services._acts import begin_act, note
from labeltrust.services._hooks import opened_hook
from labeltrust.services.deployment import Deployment
from labeltrust.store import gate_hooks
from labeltrust.store.inserting import known_id
from labeltrust.store.projects import project_row
from labeltrust.store.session import reading, unit_of_work

MOST = 20
_SECRET_BYTES = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class NewHook:
    """A hook and the secret that its messages are signed by, which is shown this once."""

    hook: GateHook
    secret: str


def add_hook(deployment: Deployment, principal: Principal, project: str, url: str) -> NewHook:
    """Subscribe an address; its undo is to remove it.

    Raises:
        NotAllowed: The role may not configure.
        NotFound: There is no such project in scope.
        InvalidInput: The address may not be told.
        Conflict: It is subscribed already, or too many are.
    """
    principal.require("configure", project)
    private = deployment.settings.private_hooks
    address = checked_hook(url, private=private)
    require_reachable(address, private=private)
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()
    sealed = deployment.vault.seal_secret(secret)
    with unit_of_work(deployment.engine) as session:
        row = project_row(session, project)
        act = begin_act(session, row, principal.name, deployment.clock())
        sealed_hooks = gate_hooks.hooks_of(session, act.project_id)
        known = [opened_hook(deployment, one) for one in sealed_hooks]
        if len(known) >= MOST or any(hook.url == url for hook in known):
            detail = f"it is subscribed already, or {MOST} addresses are"
            raise Conflict(detail)
        row_ = gate_hooks.HookRow(
            url=f"{address.scheme}://{address.host}",
            sealed_url=deployment.vault.seal_secret(url),
            sealed=sealed,
            added_at=act.at,
            added_by=act.actor,
        )
        number = gate_hooks.add_hook(session, act.project_id, row_)
        # The address may hold a token: the history knows its host and its digest.
        digest = hashlib.sha256(url.encode()).hexdigest()
        note(act, "hook.added", {"hook": number, "host": address.host, "sha256": digest})
        made = opened_hook(deployment, gate_hooks.get_hook(session, number))
        return NewHook(hook=made, secret=secret)


def list_hooks(deployment: Deployment, principal: Principal, project: str) -> list[GateHook]:
    """Return the addresses that are told, oldest first, without secrets.

    Raises:
        NotAllowed: The role may not configure: an address may hold a token.
        NotFound: There is no such project in scope.
    """
    principal.require("configure", project)
    with reading(deployment.engine) as session:
        found = gate_hooks.hooks_of(session, known_id(project_row(session, project).id))
    return [opened_hook(deployment, one) for one in found]


def remove_hook(deployment: Deployment, principal: Principal, number: int) -> GateHook:
    """Tell an address nothing any more.

    Raises:
        NotAllowed: The role may not configure.
        NotFound: There is no such hook in scope.
    """
    principal.require("configure")
    with unit_of_work(deployment.engine) as session:
        hook = opened_hook(deployment, gate_hooks.get_hook(session, number))
        if not principal.sees(hook.project):
            detail = f"no hook {number}"
            raise NotFound(detail)
        project = project_row(session, hook.project)
        act = begin_act(session, project, principal.name, deployment.clock())
        gate_hooks.remove_hook(session, number, act.at)
        note(act, "hook.removed", {"hook": number})
        return hook
