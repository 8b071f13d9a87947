"""Say what a model is for in a project, and which version came before it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from labeltrust.domain.errors import Conflict, InvalidInput
from labeltrust.domain.model_roles import MACHINES, RoleGiven, checked_model_role
from labeltrust.domain.naming import checked_note
from labeltrust.domain.principals import Principal
from labeltrust.services._acts import Act, begin_act, note
from labeltrust.services._cases import labeler_named
from labeltrust.services.deployment import Deployment
from labeltrust.store.history import About
from labeltrust.store.identity import names_of
from labeltrust.store.labelers import labeler_names
from labeltrust.store.model_roles import add_role, roles_now
from labeltrust.store.projects import project_row
from labeltrust.store.session import unit_of_work


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenRole:
    """A role as it is shown.

    Attributes:
        labeler: Outside id of the model.
        predecessor: That of the version before it, or None.
        retired: That of the model which this act took out of production, or None.
        undo: The command that goes back.
    """

    id: int
    labeler: str
    role: str
    predecessor: str | None
    reason: str
    given_at: datetime
    given_by: str
    retired: str | None = None
    undo: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleDraft:
    """What is said of a model.

    Attributes:
        labeler: Outside id.
        role: One of `domain.model_roles.MODEL_ROLES`.
        predecessor: Outside id of the version before; None leaves it as it is, "" takes it away.
        reason: Why, in words; kept in the history.
        source: Whose labelers, where two sources use one id.
    """

    labeler: str
    role: str
    reason: str
    predecessor: str | None = None
    source: str | None = None


def give_role(
    deployment: Deployment, principal: Principal, project: str, draft: RoleDraft
) -> GivenRole:
    """Give a model a role; its undo is to give it the former one.

    One model is in production at a time: the one that was is retired by the same act.

    Raises:
        NotAllowed: The role of the principal may not make snapshots.
        NotFound: There is no such project or labeler.
        InvalidInput: A person has no such role, or a model would follow itself.
        Conflict: The model has this role and this predecessor already.
    """
    principal.require("snapshot", project)
    role, words = checked_model_role(draft.role), checked_note(draft.reason, "reason")
    with unit_of_work(deployment.engine) as session:
        row = project_row(session, project)
        who = labeler_named(deployment, session, row, draft.labeler, draft.source)
        act = begin_act(session, row, principal.name, deployment.clock())
        given = {one.labeler_id: one for one in roles_now(session, act.project_id)}
        before, former = draft.predecessor, given.get(who)
        number = None if former is None else former.predecessor_id
        if before is not None:
            found = (
                labeler_named(deployment, session, row, before, draft.source) if before else None
            )
            number = found
        _check(session, draft, who, number)
        if former is not None and (former.role, former.predecessor_id) == (role, number):
            raise Conflict(f"{draft.labeler[:200]!r} is {role} with this predecessor already")
        made = RoleGiven(
            id=0, labeler_id=who, role=role, predecessor_id=number, reason=words,
            given_at=act.at, given_by=act.actor,
        )  # fmt: skip
        retired = _retired(act, list(given.values()), made)
        made = _given(act, made, former)
        return _shown(session, made, former, retired)


def _check(session: Session, draft: RoleDraft, who: int, before: int | None) -> None:
    if before == who:
        detail = "a model cannot be its own predecessor"
        raise InvalidInput(detail, place="predecessor", code="own_predecessor")
    for number, place in ((who, "labeler"), (before, "predecessor")):
        kind = None if number is None else names_of(session, number)[0].kind
        if kind is not None and kind not in MACHINES:
            name = draft.labeler if place == "labeler" else draft.predecessor or ""
            detail = f"{name[:200]!r} is of kind {kind}; models and heuristics have such roles"
            raise InvalidInput(detail, place=place, code="no_model")


def _retired(act: Act, given: list[RoleGiven], made: RoleGiven) -> RoleGiven | None:
    """Take the model that was in production out of it, where another one goes in."""
    if made.role != "production":
        return None
    others = [o for o in given if o.role == "production" and o.labeler_id != made.labeler_id]
    for other in others:
        _given(
            act,
            replace(other, role="retired", reason=made.reason, given_at=act.at, given_by=act.actor),
            other,
        )
    return others[0] if others else None


def _given(act: Act, made: RoleGiven, former: RoleGiven | None) -> RoleGiven:
    number = add_role(act.session, act.project_id, made)
    detail = {
        "role": made.role,
        "predecessor": made.predecessor_id,
        "before": None if former is None else [former.role, former.predecessor_id],
        "reason": made.reason,
    }
    note(act, "model.role_given", detail, About(labeler_alias_id=made.labeler_id))
    return replace(made, id=number)


def _shown(
    session: Session, made: RoleGiven, former: RoleGiven | None, retired: RoleGiven | None
) -> GivenRole:
    others = [
        made.predecessor_id,
        None if former is None else former.predecessor_id,
        None if retired is None else retired.labeler_id,
    ]
    names = labeler_names(session, [made.labeler_id, *(n for n in others if n is not None)])
    shown = shown_role(names, made)
    undo = f"labeltrust labelers model {shown.labeler} --role "
    undo += "retired" if former is None else former.role
    if former is not None and former.predecessor_id != made.predecessor_id:
        before = former.predecessor_id
        undo += f" --predecessor {chr(34) * 2 if before is None else names[before]}"
    return replace(
        shown,
        retired=None if retired is None else names[retired.labeler_id],
        undo=f"{undo} --reason …",
    )


def shown_role(names: Mapping[int, str], given: RoleGiven) -> GivenRole:
    """Return a role with names."""
    before = given.predecessor_id
    return GivenRole(
        id=given.id,
        labeler=names[given.labeler_id],
        role=given.role,
        predecessor=None if before is None else names[before],
        reason=given.reason,
        given_at=given.given_at,
        given_by=given.given_by,
    )
