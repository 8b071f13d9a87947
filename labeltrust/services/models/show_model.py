"""A model of a project: its role, how it compares with the version before, what it lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlmodel import Session

from labeltrust.domain.estimates import Measured, Undefined
from labeltrust.domain.model_roles import RoleGiven
from labeltrust.domain.principals import Principal
from labeltrust.metrics.gold_accuracy import wilson
from labeltrust.metrics.model_pair import NO_GOLD, accuracy_change, divergence, mcnemar
from labeltrust.services._cases import labeler_named
from labeltrust.services.deployment import Deployment
from labeltrust.services.models.give_role import GivenRole, shown_role
from labeltrust.store.inserting import known_id
from labeltrust.store.labelers import labeler_names
from labeltrust.store.model_roles import Compared, comparisons, roles_given, roles_now
from labeltrust.store.names import item_words
from labeltrust.store.projects import project_row
from labeltrust.store.session import reading_at_once

ON_A_PAGE = 20
"""Lost items on one page."""
MOST_ACTS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelNumbers:
    """A model beside the one that it is measured against, on one question.

    Attributes:
        against: Outside id of that one.
        at: When the assessment that compared them was made.
        accuracy, accuracy_before: Shares of the shared gold items that each has right.
        change: Measure M3, points in [-1, 1], below 0 where the model is worse.
        p_value: Of the exact McNemar test; None where there is no shared gold item.
        lost: Measure M7: gold items that the other has right and the model wrong.
        gained: How many it is the other way round.
        divergence: Measure M9: the share of shared items with two labels.
        alarms: Which stand: `regression`, `divergence`.
        hours: Items compared and parted by hour since 1970: three lists of one length.
    """

    question: str
    against: str
    role: str
    at: datetime
    accuracy: Measured
    accuracy_before: Measured
    change: Measured
    p_value: float | None
    lost: int
    gained: int
    divergence: Measured
    alarms: tuple[str, ...]
    hours: Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCase:
    """A model of a project.

    Attributes:
        labeler: Outside id.
        role: The one that it has now, or None where nobody said what it is for.
        history: Roles given, newest first, at most `MOST_ACTS`.
        numbers: By question; empty where it was never compared.
        lost: Outside ids of lost items of the first question, one page.
        n_lost: How many there are.
        todo: What to do where there are no numbers, empty otherwise.
    """

    labeler: str
    role: GivenRole | None
    history: tuple[GivenRole, ...]
    numbers: tuple[ModelNumbers, ...]
    lost: tuple[str, ...]
    n_lost: int
    todo: str


def show_model(  # noqa: PLR0913 - one parameter a choice
    deployment: Deployment,
    principal: Principal,
    project: str,
    labeler: str,
    *,
    source: str | None = None,
    skip: int = 0,
    limit: int = ON_A_PAGE,
) -> ModelCase:
    """Return a model with one page of the gold items that it lost.

    Args:
        deployment: The installation.
        principal: Who reads.
        project: Name of the project.
        labeler: Outside id.
        source: Whose labelers, where two sources use one id.
        skip: Lost items before the page.
        limit: Most items of it.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such project or labeler.
    """
    principal.require("read", project)
    with reading_at_once(deployment.engine) as session:
        who = labeler_named(deployment, session, project_row(session, project), labeler, source)
    return show_model_by_id(deployment, principal, project, who, skip=skip, limit=limit)


def show_model_by_id(
    deployment: Deployment,
    principal: Principal,
    project: str,
    who: int,
    *,
    skip: int = 0,
    limit: int = ON_A_PAGE,
) -> ModelCase:
    """Return a model by opaque id, as `show_model` does.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such project in scope.
    """
    principal.require("read", project)
    with reading_at_once(deployment.engine) as session:
        number = known_id(project_row(session, project).id)
        given = roles_given(session, number, labeler_id=who, limit=MOST_ACTS)
        found = comparisons(session, number, labeler_id=who)
        names = _names(session, given, found, who)
    history = tuple(shown_role(names, one) for one in given)
    numbers = tuple(_numbers(names, one) for one in found)
    items = found[0].lost[skip : skip + limit].tolist() if found else []
    words = item_words(deployment.engine, items)
    return ModelCase(
        labeler=names[who],
        role=history[0] if history else None,
        history=history,
        numbers=numbers,
        lost=tuple(words[n].name if n in words else f"item #{n}" for n in items),
        n_lost=int(found[0].lost.size) if found else 0,
        todo=_todo(history[0] if history else None, compared=bool(found)),
    )


def list_models(
    deployment: Deployment, principal: Principal, project: str
) -> tuple[ModelCase, ...]:
    """Return the models of a project that have a role, the newest act first, without items.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such project in scope.
    """
    principal.require("read", project)
    with reading_at_once(deployment.engine) as session:
        number = known_id(project_row(session, project).id)
        given, compared = roles_now(session, number), comparisons(session, number)
        names = _names(session, given, compared)
    found: dict[int, list[Compared]] = {}
    for one in compared:
        found.setdefault(one.labeler_id, []).append(one)
    return tuple(
        _case(names, shown_role(names, one), found.get(one.labeler_id, [])) for one in given
    )


def _names(
    session: Session, given: Sequence[RoleGiven], found: Sequence[Compared], *more: int
) -> dict[int, str]:
    """Return the names of all who are spoken of, by one query."""
    numbers = {n for one in given for n in (one.labeler_id, one.predecessor_id) if n is not None}
    return labeler_names(session, numbers | {one.against_id for one in found} | set(more))


def _case(names: Mapping[int, str], role: GivenRole, found: Sequence[Compared]) -> ModelCase:
    return ModelCase(
        labeler=role.labeler,
        role=role,
        history=(role,),
        numbers=tuple(_numbers(names, one) for one in found),
        lost=(),
        n_lost=sum(int(one.lost.size) for one in found),
        todo=_todo(role, compared=bool(found)),
    )


def _todo(role: GivenRole | None, *, compared: bool) -> str:
    if role is None:
        return "Nobody said what it is for: give it a role, and name the version before it."
    if compared or role.role == "retired":
        return ""
    if role.role == "production" and role.predecessor is None:
        return "It has no predecessor to be compared with: name one, or let canaries follow it."
    return "It is compared at the next assessment, once there is a model to measure it against."


def _numbers(names: Mapping[int, str], one: Compared) -> ModelNumbers:
    told = one.found
    reason = told.get("reason")
    base: dict[str, Any] = {
        "question": one.question,
        "against": names[one.against_id],
        "role": one.role,
        "at": one.at,
        "alarms": tuple(n for n in ("regression", "divergence") if told["alarms"].get(n)),
    }
    if reason is not None:
        why = Undefined(reason=reason)
        return ModelNumbers(
            **base, accuracy=why, accuracy_before=why, change=why, p_value=None, lost=0, gained=0,
            divergence=why, hours=((), (), ()),
        )  # fmt: skip
    return ModelNumbers(**base, **_measured(told))


def _measured(told: Mapping[str, Any]) -> dict[str, Any]:
    n, lost, gained = told["gold"], told["lost"], told["gained"]
    shares = wilson(np.array([told["right"], told["right_before"]]), np.array([n, n]), NO_GOLD)
    return {
        "accuracy": shares[0],
        "accuracy_before": shares[1],
        "change": accuracy_change(n, lost, gained),
        "p_value": mcnemar(lost, gained) if n else None,
        "lost": lost,
        "gained": gained,
        "divergence": divergence(told["shared"], told["parted"]),
        "hours": told["hours"]["parting"],
    }
