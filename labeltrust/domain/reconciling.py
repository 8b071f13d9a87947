"""What a pull found when it compared a source with its platform."""

from dataclasses import dataclass
from datetime import datetime

import msgspec

MOST_EXAMPLES = 50
"""Annotation ids that a report names of each kind."""


class Findings(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of annotations, each once a kind; ids of some of them. No names are in it.

    Attributes:
        complete: The platform told all that it holds; only then is anything concluded from what
            is not there.
        theirs: Annotations that the platform holds.
        ours: Annotations on record here that stood when the pull began.
        missing: The platform holds them, the record did not: events that were lost.
        changed: The platform holds another, later answer: a lost update.
        vanished: They stand here, and the platform has them no more.
        unexplained: The record says what the platform does not, and no lost event explains it: a
            forged delivery, or a platform that was set back.
        newer: An event came while the pull was under way; left to the next one.
        unreadable: The platform's answer cannot be read, or does not fit the project's question.
        erased: Of labelers or items whose names were erased; never brought back.
        gold_missing: Gold labels of items that had none here.
        gold_changed: Gold labels that are others there.
        gold_lost: Gold of which the platform's flag is gone, silently.
        held: Annotations that only a person may have withdrawn or corrected: too many at once.
        recorded: Events that were recorded.
        approvals: Requests that wait for a person.
        examples: Annotation ids by kind, at most `MOST_EXAMPLES` of each.
    """

    complete: bool = False
    theirs: int = 0
    ours: int = 0
    missing: int = 0
    changed: int = 0
    vanished: int = 0
    unexplained: int = 0
    newer: int = 0
    unreadable: int = 0
    erased: int = 0
    gold_missing: int = 0
    gold_changed: int = 0
    gold_lost: int = 0
    held: int = 0
    recorded: int = 0
    approvals: tuple[int, ...] = ()
    examples: dict[str, tuple[str, ...]] = {}

    @property
    def differences(self) -> int:
        """How many annotations and gold labels were not as the platform holds them.

        >>> Findings(missing=2, gold_lost=1).differences
        3
        """
        labels = self.missing + self.changed + self.vanished + self.unexplained
        return labels + self.gold_missing + self.gold_changed + self.gold_lost


@dataclass(frozen=True, slots=True, kw_only=True)
class PullReport:
    """One comparison of a source with its platform.

    Attributes:
        id: Its number.
        status: `running`, `done`, `held` (a person must allow a part) or `failed`.
        dry_run: Nothing was recorded.
        error: Why it failed.
    """

    id: int
    source: str
    project: str
    status: str
    dry_run: bool
    started_at: datetime
    started_by: str
    finished_at: datetime | None
    found: Findings
    error: str | None
