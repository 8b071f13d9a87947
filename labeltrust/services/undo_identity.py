"""Undo an act about who is who: names and cases return to whom they were taken from."""

import json
from typing import Any

from sqlmodel import Session

from labeltrust.domain.errors import Conflict, NotFound
from labeltrust.domain.naming import checked_note
from labeltrust.domain.principals import Principal
from labeltrust.services._identity import (
    MERGED,
    SPLIT,
    UNDONE,
    IdentityAct,
    act_rows,
    check_scope,
    standing_act,
    tell,
    told_acts,
)
from labeltrust.services.deployment import Deployment
from labeltrust.store.identity import (
    attach,
    detach,
    give_back,
    move_cases,
    names_of,
    projects_with,
)
from labeltrust.store.session import reading, unit_of_work


def undo_identity(
    deployment: Deployment, principal: Principal, number: int, *, reason: str
) -> IdentityAct:
    """Undo a merge, a split or an added name; what was assessed before is assessed again.

    Args:
        deployment: The installation.
        principal: Who undoes it.
        number: Of the act, as it was told.
        reason: Why, in words; kept in the history.

    Raises:
        NotAllowed: The role may not freeze, or does not see all projects concerned.
        NotFound: No act has this number.
        Conflict: It was undone already, or a later act stands on it.
    """
    principal.require("freeze")
    note = checked_note(reason, "reason")
    with reading(deployment.engine) as session:
        found = standing_act(session, number)
        told = json.loads(found.detail)
        names = [one.alias_id for one in names_of(session, told["labeler"])]
    projects = projects_with(deployment.engine, {*names, *told["aliases"]})
    if not any(principal.sees(project) for project in projects):
        raise NotFound(f"no act {number} about who is who")
    check_scope(principal, projects)
    with unit_of_work(deployment.engine) as session:
        found = standing_act(session, number)
        _undo(session, found.type, told, number)
        detail = {"labeler": told["labeler"], "other": told["other"], "undoes": number,
                  "reason": note}  # fmt: skip
        act = (UNDONE, principal.name, deployment.clock())
        tell(session, act, projects, told["labeler"], detail)
        rows, undone = act_rows(session)
        return told_acts(session, [r for r in rows if r.sequence == number], undone)[0]


def _undo(session: Session, kind: str, told: dict[str, Any], number: int) -> None:
    labeler, other, aliases = told["labeler"], told["other"], set(told["aliases"])
    holder = other if kind == SPLIT else labeler
    held = {one.alias_id for one in names_of(session, holder)}
    if not aliases <= held or (kind == SPLIT and held != aliases):
        detail = f"act {number} cannot be undone while a later one stands on it; undo that first"
        raise Conflict(detail)
    if kind == SPLIT:
        attach(session, aliases, labeler)
        move_cases(session, other, labeler)
    elif kind == MERGED:
        attach(session, aliases, other)
        give_back(session, told, other)
    else:
        detach(session, other)
