"""What a model is for in a project: the one in production, its canary, its shadow, or retired."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from labeltrust.domain.errors import InvalidInput

ModelRole = Literal["production", "canary", "shadow", "retired"]
MODEL_ROLES: tuple[str, ...] = get_args(ModelRole)
MACHINES = frozenset({"model", "heuristic"})
"""Kinds of labelers that come in versions, so that one can be compared with the one before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleGiven:
    """That a labeler was given a role in a project.

    Attributes:
        id: Number of the act.
        labeler_id: The model.
        role: One of `MODEL_ROLES`.
        predecessor_id: The version before it, or None where it has none.
        reason: Why, in words.
        given_at: Since when.
        given_by: Name of the principal, or of the machine where another act brought it along.
    """

    id: int
    labeler_id: int
    role: str
    predecessor_id: int | None
    reason: str
    given_at: datetime
    given_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPair:
    """A model and the one that it is measured against.

    Attributes:
        labeler_id: The model.
        role: What it is for.
        against_id: Its predecessor; where it has none, the model in production.
    """

    labeler_id: int
    role: str
    against_id: int


def pairs_of(given: list[RoleGiven]) -> tuple[ModelPair, ...]:
    """Return who is measured against whom, of the roles that models have now.

    A canary and a shadow are measured against production whatever they were trained from, unless
    nothing is in production; a model in production against its predecessor. What is retired is
    measured no more.

    Args:
        given: The newest act of each model.

    >>> at = datetime(2026, 1, 1)
    >>> def role(who, what, before=None):
    ...     return RoleGiven(id=who, labeler_id=who, role=what, predecessor_id=before, reason="",
    ...                      given_at=at, given_by="os:a")
    >>> [(p.labeler_id, p.against_id) for p in pairs_of([role(1, "production"), role(2, "canary")])]
    [(2, 1)]
    """
    production = next((one.labeler_id for one in given if one.role == "production"), None)
    found = []
    for one in given:
        trials = one.role in {"canary", "shadow"} and production is not None
        against = production if trials else one.predecessor_id
        if one.role != "retired" and against not in {None, one.labeler_id}:
            found.append(
                ModelPair(labeler_id=one.labeler_id, role=one.role, against_id=against or 0)
            )
    return tuple(found)


def checked_model_role(role: str) -> str:
    """Return a role of a model, or refuse an unknown one.

    Raises:
        InvalidInput: `unknown_role`.

    >>> checked_model_role("canary")
    'canary'
    """
    if role not in MODEL_ROLES:
        detail = f"{role[:80]!r} is no role of a model; known are {', '.join(MODEL_ROLES)}"
        raise InvalidInput(detail, place="role", code="unknown_role")
    return role
