"""Acts of two persons: one asks, a second one approves or refuses, and then it is carried out.

waiting -> approved     by a second person; what was asked is carried out at once
waiting -> refused      by a second person, with the reason
waiting -> withdrawn    by who asked
waiting -> expired      by itself, seven days after it was asked
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from labeltrust.domain.errors import Conflict, NotAllowed

WAITS = timedelta(days=7)
STATUSES = ("waiting", "approved", "refused", "withdrawn", "expired")


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A request for an act of two persons, as it is shown.

    Attributes:
        id: Its number.
        kind: Name of a kind, such as `threshold_change`.
        title: The kind in words.
        project: Name of the project.
        change: What is proposed, plain JSON values.
        said: The proposal as lines for people: what, and what becomes of it.
        reason: Why, in the words of who asked.
        status: One of `STATUSES`.
        decision_reason: Why it was approved, refused or withdrawn.
    """

    id: int
    kind: str
    title: str
    project: str
    change: Mapping[str, Any]
    said: tuple[tuple[str, str], ...] = field(default_factory=tuple)
    reason: str
    asked_by: str
    asked_at: datetime
    expires_at: datetime
    status: str
    decided_by: str | None = None
    decided_at: datetime | None = None
    decision_reason: str | None = None


def status_at(status: str, expires_at: datetime, now: datetime) -> str:
    """Return how a request stands at a moment.

    >>> from datetime import UTC
    >>> at = datetime(2026, 1, 8, tzinfo=UTC)
    >>> status_at("waiting", at, at), status_at("approved", at, at)
    ('expired', 'approved')
    """
    return "expired" if status == "waiting" and now >= expires_at else status


def require_waiting(number: int, status: str) -> None:
    """Refuse to decide what is decided already.

    Raises:
        Conflict: It does not wait any more.

    >>> require_waiting(7, "waiting")
    """
    if status != "waiting":
        again = "; ask again" if status == "expired" else ""
        detail = f"approval {number} is {status} already{again}"
        raise Conflict(detail)


def is_somebody(identity: str) -> bool:
    """Say whether an identity is that of a person: a key that names none could be anybody's.

    >>> is_somebody("person:ann"), is_somebody("os:root"), is_somebody("key:lt_0123456789ab")
    (True, True, False)
    """
    return identity.startswith(("person:", "os:"))


def same_person(one: str, other: str) -> bool:
    """Say whether two identities may be one person.

    A user of the machine and a person of the same name are taken for one: to ask a third is a
    smaller harm than to take one person for two.

    >>> same_person("os:Ann", "person:ann"), same_person("person:ann", "person:ben")
    (True, False)
    """
    return _bare(one) == _bare(other)


def _bare(identity: str) -> str:
    kind, _, name = identity.partition(":")
    return name.casefold() if kind in {"os", "person"} else identity


def require_second(first: str, second: str, what: str) -> None:
    """Refuse whoever is not provably another person than the first.

    Args:
        first: Identity of who acted before.
        second: Identity of who acts now.
        what: What takes two persons, for the message.

    Raises:
        NotAllowed: It is the same person, or one of them cannot be told.

    >>> require_second("person:ann", "person:ben", "approval 7")
    """
    if first.startswith("system:"):
        return  # the machine acted first, so whoever acts now is another
    if same_person(first, second):
        detail = f"{what} takes a second person; {_bare(first)} acted first"
        raise NotAllowed(detail)
    if not is_somebody(second):
        detail = f"{what} takes a second person, and {second} names none; make the key with --user"
        raise NotAllowed(detail)
