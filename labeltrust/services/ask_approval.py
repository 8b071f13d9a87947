"""Ask a second person for an act that takes two."""

from labeltrust.domain.approvals import Approval
from labeltrust.domain.clock import microseconds
from labeltrust.domain.errors import AskedAlready
from labeltrust.domain.naming import checked_note
from labeltrust.domain.principals import Principal
from labeltrust.services._acts import begin_act
from labeltrust.services.approvals._base import Change, Doing
from labeltrust.services.approvals._kinds import kind_named
from labeltrust.services.deployment import Deployment
from labeltrust.services.list_approvals import shown
from labeltrust.services.second_person import require_somebody
from labeltrust.store.approvals import Asked, insert_approval, number_of, waiting_twin
from labeltrust.store.history import append
from labeltrust.store.projects import project_row
from labeltrust.store.session import unit_of_work


def ask_approval(
    deployment: Deployment,
    principal: Principal,
    kind: str,
    *,
    project: str,
    change: Change,
    reason: str,
) -> Approval:
    """Put a request before a second person; nothing is carried out yet.

    Args:
        deployment: The installation.
        principal: Who asks; a key must name its person.
        kind: Name of a kind.
        project: Name of the project.
        change: What is proposed, plain JSON values.
        reason: Why, in words.

    Raises:
        NotAllowed: The role may not do this even with a second person, or nobody knows who asks.
        NotFound: There is no such project in scope.
        InvalidInput: The kind is unknown, the reason is empty, or the change cannot be.
        Conflict: It contradicts what is on record; `AskedAlready` where it waits already.
    """
    principal.require(kind_named(kind).right, project)
    note = checked_note(reason, "reason")
    with unit_of_work(deployment.engine) as session:
        row = project_row(session, project)
        act = begin_act(session, row, principal.name, deployment.clock())
        doing = Doing(deployment=deployment, act=act, reason=note)
        return ask_within(doing, principal, kind, change)


def ask_within(doing: Doing, principal: Principal, kind: str, change: Change) -> Approval:
    """Do the same within an act that is under way.

    Raises:
        NotAllowed: Nobody knows who asks.
        AskedAlready: It waits already.
    """
    act, found = doing.act, kind_named(kind)
    identity = _asker(principal, found.title.lower())
    found.check(doing, change)
    asked = Asked(
        project_id=act.project_id,
        kind=kind,
        change=change,
        reason=doing.reason,
        actor=act.actor,
        identity=identity,
        at=act.at,
    )
    twin = waiting_twin(act.session, asked)
    if twin is not None:
        raise AskedAlready(twin)
    row = insert_approval(act.session, asked)
    detail_of = {
        "approval": number_of(row),
        "kind": kind,
        "change": dict(found.told(change)),
        "sha256": asked.digest.hex(),
        "expires_us": microseconds(row.expires_at),
        "reason": doing.reason,
    }
    append(
        act.session,
        chain=act.chain,
        type="approval.asked",
        actor=act.actor,
        at=act.at,
        detail=detail_of,
        about=found.about(doing, change),
    )
    return shown(act.session, row, act.project.name, act.at)


def _asker(principal: Principal, what: str) -> str:
    """Return who asks; where the machine found something, whoever approves it is another."""
    is_machine = principal.name.startswith("system:")
    return principal.name if is_machine else require_somebody(principal, what)
