"""For who digs: suspect samples, who agrees with whom, what changed, and the events themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from labeltrust.domain.measures import WEEK
from labeltrust.domain.principals import Principal
from labeltrust.services._cases import flag_cases
from labeltrust.services._slots import LABELS
from labeltrust.services.dashboards._asked import Asking, asking
from labeltrust.services.deployment import Deployment
from labeltrust.services.show_evidence import FlagEvidence, in_words
from labeltrust.services.slis.document import SliEntry, entry_of
from labeltrust.store.dashboards import StreamEvent, stream
from labeltrust.store.overviews import newest_flags
from labeltrust.store.project_slots import kept_slots

MOST_FLAGS, MOST_ITEMS, MOST_EVENTS = 5, 5, 50


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassShare:
    """Labels of a class in the four weeks before this one, and in this one."""

    label: str
    before: int
    now: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Debug:
    """The page.

    Attributes:
        project: Its name.
        at: The moment.
        suspects: The newest open flags with the items that they rest on.
        agreement: Labeler agreement of the project and of each source.
        classes: How often each class was chosen before this week and in it.
        events: Newest events of the chain, newest first, before the sequence asked for.
        next_before: Sequence to ask for older ones with, or None at the beginning.
    """

    project: str
    at: datetime
    suspects: Sequence[FlagEvidence]
    agreement: Sequence[SliEntry]
    classes: Sequence[ClassShare]
    events: Sequence[StreamEvent]
    next_before: int | None


def show_debug(
    deployment: Deployment, principal: Principal, project: str, before: int | None = None
) -> Debug:
    """Return the debug dashboard of a project.

    Args:
        deployment: The installation.
        principal: Who reads.
        project: Name of the project.
        before: Events before this sequence; None for the newest.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such project in scope.
    """
    with asking(deployment, principal, project) as asked:
        rows, _ = newest_flags(asked.session, asked.project_id, MOST_FLAGS)
        flags = flag_cases(asked.session, rows)
        classes = _classes(asked)
        events = stream(asked.session, asked.project.chain_id, before, MOST_EVENTS)
    oldest = events[-1].sequence if events else 1
    return Debug(
        project=project,
        at=asked.at,
        suspects=in_words(deployment, flags),
        agreement=[entry_of(one) for one in asked.slis if one.measure.id == "M10"],
        classes=classes,
        events=events,
        next_before=oldest if oldest > 1 else None,
    )


def class_shares(
    deployment: Deployment, principal: Principal, project: str
) -> Sequence[ClassShare]:
    """Return how often each class was chosen before this week and in it, for the chart.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such project in scope.
    """
    with asking(deployment, principal, project) as asked:
        return _classes(asked)


def _classes(asked: Asking) -> list[ClassShare]:
    kept = kept_slots(asked.session, asked.project_id, LABELS)
    if kept is None:
        return []
    week = int(asked.at.timestamp()) - WEEK
    late = kept.rows[:, 0] >= week
    shares = []
    for code, label in enumerate(kept.facts["classes"]):
        mine = kept.rows[:, 2] == code
        shares.append(
            ClassShare(
                label=label,
                before=int(kept.rows[mine & ~late, 3].sum()),
                now=int(kept.rows[mine & late, 3].sum()),
            )
        )
    return [one for one in shares if one.before or one.now]
