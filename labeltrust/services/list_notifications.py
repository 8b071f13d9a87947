"""What concerns a person since they last looked, derived from the history."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlmodel import Session

from labeltrust.domain.clock import moment
from labeltrust.domain.principals import Principal
from labeltrust.services.deployment import Deployment
from labeltrust.store.acts import ActRow, acts_since
from labeltrust.store.comments import commented_by
from labeltrust.store.labelers import labeler_names
from labeltrust.store.seen import mark_seen, seen_through
from labeltrust.store.session import reading, unit_of_work

MOST = 200
_LOOKED_AT = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One thing that a person should know.

    Attributes:
        kind: `assigned`, `decided`, `high`, `breaker`, `appeal`, `approval` or `reconciled`.
        at: When it happened.
        received_us: The same, as the history counts.
        actor: Who did it.
        project: In which project, or None for the whole installation.
        labeler: Outside id of the labeler that it is about, or None.
        number: Number of the flag, freeze, appeal or approval.
        word: What tells it from others of its kind: a verdict, an outcome.
    """

    kind: str
    at: datetime
    received_us: int
    actor: str
    project: str | None
    labeler: str | None
    number: int
    word: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """Who reads, and the flags they wrote on."""

    principal: Principal
    name: str
    commented: frozenset[int]


def list_notifications(deployment: Deployment, principal: Principal) -> tuple[Notification, ...]:
    """Return what concerns a person and was not marked as seen, newest first.

    Raises:
        NotAllowed: The role may not read.
    """
    principal.require("read")
    if principal.person is None:
        return ()  # a key without a person has no inbox
    with reading(deployment.engine) as session:
        since = seen_through(session, principal.person)
        found = acts_since(
            session, since, list(_KINDS), projects=principal.projects, limit=_LOOKED_AT
        )
        reader = _Reader(
            principal=principal,
            name=principal.person,
            commented=commented_by(session, principal.name),
        )
        mine = [act for act in found if _concerns(act, reader)][:MOST]
        return tuple(_told(session, mine))


def see_notifications(deployment: Deployment, principal: Principal, *, through: int) -> None:
    """Mark what concerns a person as seen up to a moment.

    Args:
        deployment: The installation.
        principal: Who saw it.
        through: `received_us` of the newest one that they saw; what came since stays unseen.

    Raises:
        NotAllowed: The role may not read.
    """
    principal.require("read")
    if principal.person is None:
        return
    with unit_of_work(deployment.engine) as session:
        mark_seen(session, principal.person, through)


def _concerns(act: ActRow, reader: _Reader) -> bool:
    own = act.actor == reader.principal.name
    return not own and _KINDS[act.type].concerns(act, reader)


def _told(session: Session, acts: list[ActRow]) -> list[Notification]:
    names = labeler_names(session, {a.labeler_id for a in acts if a.labeler_id is not None})
    return [
        Notification(
            kind=_KINDS[act.type].name,
            at=moment(act.received_us),
            received_us=act.received_us,
            actor=act.actor,
            project=act.project,
            labeler=None if act.labeler_id is None else names[act.labeler_id],
            number=_number(act),
            word=str(
                act.detail.get("after")
                or act.detail.get("outcome")
                or act.detail.get("source")
                or ""
            ),
        )
        for act in acts
    ]


def _word(act: ActRow) -> str:
    told = (act.detail.get(key) for key in ("after", "outcome", "source"))
    return str(next((word for word in told if word), ""))


def _number(act: ActRow) -> int:
    found = act.detail.get(_KINDS[act.type].number)
    return found if isinstance(found, int) else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """How an event becomes a notification.

    Attributes:
        name: The kind.
        number: The key of its detail that numbers what it is about.
        concerns: Whether it concerns a reader.
    """

    name: str
    number: str
    concerns: Callable[[ActRow, _Reader], bool]


def _assigned(act: ActRow, reader: _Reader) -> bool:
    return act.detail.get("after") == reader.name


def _commented(act: ActRow, reader: _Reader) -> bool:
    return act.detail.get("flag") in reader.commented


def _reviewer(_: ActRow, reader: _Reader) -> bool:
    return reader.principal.may("review")


def _high(act: ActRow, reader: _Reader) -> bool:
    return act.detail.get("severity") == "high" and reader.principal.may("review")


def _provisional(act: ActRow, reader: _Reader) -> bool:
    able = reader.principal.may("review") or reader.principal.may("freeze")
    return act.detail.get("kind") == "provisional" and able


def _second(_: ActRow, reader: _Reader) -> bool:
    return any(reader.principal.may(right) for right in ("freeze", "gold", "configure"))


def _unexplained(act: ActRow, reader: _Reader) -> bool:
    return bool(act.detail.get("unexplained")) and reader.principal.may("mend")


_DECIDED = _Kind(name="decided", number="flag", concerns=_commented)
_KINDS: Final[Mapping[str, _Kind]] = {
    "flag.assigned": _Kind(name="assigned", number="flag", concerns=_assigned),
    "flag.confirmed": _DECIDED,
    "flag.dismissed": _DECIDED,
    "flag.reopened": _DECIDED,
    "flag.opened": _Kind(name="high", number="flag", concerns=_high),
    "freeze.placed": _Kind(name="breaker", number="freeze", concerns=_provisional),
    "appeal.opened": _Kind(name="appeal", number="appeal", concerns=_reviewer),
    "approval.asked": _Kind(name="approval", number="approval", concerns=_second),
    "source.reconciled": _Kind(name="reconciled", number="unexplained", concerns=_unexplained),
}
