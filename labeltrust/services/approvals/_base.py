"""What every kind of two-person act is made of."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from labeltrust.services._acts import Act
from labeltrust.services.deployment import Deployment
from labeltrust.store.history import NOTHING_ELSE, About

Change = Mapping[str, Any]
Lines = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """An act under way: within one transaction, in one project, by one person.

    Attributes:
        deployment: The installation; its engine is not to be used within the act.
        act: Session, project, actor and moment.
        reason: Why, in words, for the events that follow from the act.
        asked_by: Who asked for it, where a second person carries it out now.
    """

    deployment: Deployment
    act: Act
    reason: str
    asked_by: str = ""


def _nothing(_: Doing, __: Change) -> About:
    return NOTHING_ELSE


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalKind:
    """A kind of act that one person asks for and a second one carries out.

    Attributes:
        title: In words, as people read it.
        right: What both persons need in the project.
        check: Refuses a change that cannot be carried out as things stand; called when it is
            asked and again, in the same transaction, before it is carried out.
        carry_out: Does it.
        said: Changes as (what, becomes) lines for people, by as many queries however many there
            are.
        told: What history says of the change: no names of labelers or items.
        about: The rows that it is about, whose pseudonyms history keeps.
    """

    title: str
    right: str
    check: Callable[[Doing, Change], None]
    carry_out: Callable[[Doing, Change], None]
    said: Callable[[Session, Sequence[Change]], Sequence[Lines]]
    told: Callable[[Change], Mapping[str, Any]]
    about: Callable[[Doing, Change], About] = _nothing
