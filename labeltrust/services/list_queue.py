"""The review queue across all projects in scope, with filters."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from labeltrust.domain.cases import FlagCase
from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.flags import SEVERITIES, STATUSES
from labeltrust.domain.listings import Listed, Listing
from labeltrust.domain.principals import Principal
from labeltrust.services._cases import flag_cases
from labeltrust.services._reasons import Reason, known_signals, reasons_of
from labeltrust.services.deployment import Deployment
from labeltrust.services.show_project import project_names
from labeltrust.store.review_queue import NOBODY, Wanted, find_flags
from labeltrust.store.session import reading

__all__ = ["NOBODY", "QueueChoices", "QueueFilter", "QueueLine", "list_queue", "queue_choices"]

QueueFilter = Wanted
"""Which flags the queue is asked for."""
OLDEST_FIRST = Listing(sort="flag")
"""The order of the queue, unless it is sorted by something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLine:
    """One flag of the queue with what tells it from others.

    Attributes:
        flag: The flag.
        reasons: What it rests on, strongest first.
        strong: Strong enough to hold labels by itself.
        age: Since it was opened, to its verdict or to now.
    """

    flag: FlagCase
    reasons: tuple[Reason, ...]
    strong: bool
    age: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueChoices:
    """What one may narrow the queue to.

    Attributes:
        projects: Names of the projects in scope, by name.
        signals: Signals by name, with what each accuses of.
    """

    projects: tuple[str, ...]
    signals: Mapping[str, str]


def queue_choices(deployment: Deployment, principal: Principal) -> QueueChoices:
    """Return what the queue can be narrowed to.

    Raises:
        NotAllowed: The role may not read.
    """
    return QueueChoices(
        projects=project_names(deployment, principal),
        signals={name: signal.title for name, signal in sorted(known_signals().items())},
    )


def list_queue(
    deployment: Deployment,
    principal: Principal,
    wanted: QueueFilter,
    asked: Listing = OLDEST_FIRST,
) -> Listed[QueueLine]:
    """Return flags of all projects in scope, oldest first unless asked otherwise.

    Args:
        deployment: The installation.
        principal: Who reads.
        wanted: Which flags.
        asked: Sorted by `flag`, `labeler`, `severity`, `since`, `opened_at` or `assigned_to`.

    Raises:
        NotAllowed: The role may not read.
        InvalidInput: Status or severity is none.
    """
    principal.require("read")
    _check(wanted.status, STATUSES, "status")
    _check(wanted.severity, SEVERITIES, "severity")
    now = deployment.clock()
    with reading(deployment.engine) as session:
        found = find_flags(session, principal.projects, wanted, asked)
        cases = flag_cases(session, found.rows)
    return found.of([_line(case, now) for case in cases])


def _check(word: str | None, known: tuple[str, ...], place: str) -> None:
    if word is not None and word not in known:
        detail = f"{place} is {word[:80]!r}, must be one of {', '.join(known)}"
        raise InvalidInput(detail, place=place, code=f"unknown_{place}")


def _line(flag: FlagCase, now: datetime) -> QueueLine:
    return QueueLine(
        flag=flag,
        reasons=reasons_of(flag),
        strong=flag.evidence.get("strong") is True and not flag.contested,
        age=(flag.decided_at or now) - flag.opened_at,
    )
