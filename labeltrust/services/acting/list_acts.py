"""What freezes do at a source's platform, what they did, and what its platform can do at all."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from labeltrust.connectors._acts import ActDoer
from labeltrust.domain.errors import NotFound
from labeltrust.domain.platform_acts import KINDS, PlatformAct, Policy
from labeltrust.domain.principals import Principal
from labeltrust.services.connectors import connectors
from labeltrust.services.deployment import Deployment
from labeltrust.store import platform_acts
from labeltrust.store.freezes import get_freeze
from labeltrust.store.inserting import known_id
from labeltrust.store.session import reading
from labeltrust.store.sources import source_projects, source_row


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """An act that a platform can do: what it does there, and what its undo restores."""

    kind: str
    does: str
    undo: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceActs:
    """What follows freezes at a source's platform.

    Attributes:
        policy: What is on; nothing unless somebody switched it on.
        offered: What can be switched on.
        unoffered: What cannot, by kind, and why.
        acts: What was asked, newest first, of projects in scope.
    """

    policy: Policy
    offered: tuple[Offered, ...] = ()
    unoffered: Mapping[str, str] = field(default_factory=dict)
    acts: tuple[PlatformAct, ...] = ()


def list_acts(
    deployment: Deployment, principal: Principal, source: str, *, limit: int = 50
) -> SourceActs:
    """Return a source's policy and the newest acts at its platform.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such source in scope.
    """
    principal.require("read")
    with reading(deployment.engine) as session:
        row = source_row(session, source)
        mine = any(principal.sees(name) for name in source_projects(session, row))
        if not mine and principal.projects is not None:
            detail = f"no source {source[:200]!r}"
            raise NotFound(detail)
        policy = platform_acts.get_policy(session, known_id(row.id))
        acts = platform_acts.acts_of_source(session, known_id(row.id), limit)
    connector = connectors().get(row.platform)
    doers = {doer.kind: doer for doer in connector.acts} if connector else {}
    unoffered = dict(connector.unoffered) if connector else {}
    return SourceActs(
        policy=policy,
        offered=tuple(_offered(doers[kind]) for kind in KINDS if kind in doers),
        unoffered={k: unoffered.get(k, "nobody has built it") for k in KINDS if k not in doers},
        acts=tuple(act for act in acts if principal.sees(act.project)),
    )


def _offered(doer: ActDoer) -> Offered:
    return Offered(kind=doer.kind, does=doer.does, undo=doer.undo)


def acts_of_freeze(
    deployment: Deployment, principal: Principal, freeze_id: int
) -> tuple[PlatformAct, ...]:
    """Return what a freeze asked of platforms, newest first.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such freeze in scope.
    """
    principal.require("read")
    with reading(deployment.engine) as session:
        if not principal.sees(get_freeze(session, freeze_id).project):
            detail = f"no freeze {freeze_id}"
            raise NotFound(detail)
        return tuple(platform_acts.acts_of_freeze(session, freeze_id))


def show_act(deployment: Deployment, principal: Principal, number: int) -> PlatformAct:
    """Return one act at a platform.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such act in scope.
    """
    principal.require("read")
    with reading(deployment.engine) as session:
        found = platform_acts.get_act(session, number)
    if not principal.sees(found.project):
        detail = f"no act {number} at a platform"
        raise NotFound(detail)
    return found
