"""Acts at a platform that follow a freeze: which there are, how each stands, what it changed.

    pause     a labeler gets no more work there
    requeue   items with frozen labels are given to somebody else, too

    waiting -> done | failed            asked for with the freeze, done by the worker
    done, failed -> undoing -> undone | stuck
    waiting -> undone                   called off before anything was changed
    failed -> waiting, stuck -> undoing by a person who tries again

No act deletes or changes an answer: what people said stays on the platform as it is on record.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

import msgspec

from labeltrust.domain.errors import Conflict, InvalidInput

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "pause": "a frozen or held labeler gets no more work on the platform",
        "requeue": "items whose labels are frozen are given to one more labeler",
    }
)
MOST_ITEMS: Final = 500
MOST_ITEMS_EVER: Final = 10_000
# What a freeze of each kind may ask for. A provisional one waits for a second person itself.
_AFTER: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"label": ("pause", "requeue"), "person-hold": ("pause",), "provisional": ()}
)
STANDING: frozenset[str] = frozenset({"waiting", "done", "failed"})


class Step(msgspec.Struct, frozen=True):
    """One thing at the platform that an act changes.

    Attributes:
        target: The platform's id of it; never a person's.
        before: What it was: how many answers an item asks for, or 1 for a member.
        after: What the act makes of it; the same where there was nothing to do.
        told: What came of it, in words.
        undone: What came of taking it back, in words.
    """

    target: str
    before: int
    after: int
    told: str = ""
    undone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What freezes of a source's labelers do at its platform; nothing where there is none.

    Attributes:
        acts: Of `KINDS`, those that are on.
        most_items: A freeze that would re-queue more items re-queues none.
    """

    acts: tuple[str, ...] = ()
    most_items: int = MOST_ITEMS
    set_at: datetime | None = None
    set_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformAct:
    """An act as it can be shown.

    Attributes:
        id: Its number.
        source: Name of the source.
        project: Name of the project.
        kind: Of `KINDS`.
        freeze: The freeze that it follows.
        labeler: Name of the labeler, or a stand-in where it was erased.
        state: `waiting`, `done`, `failed`, `undoing`, `undone` or `stuck`.
        reason: Of the freeze.
        tries: How often it was tried, since a person last asked for it.
        trouble: What was wrong at the last try, or None.
        changed: How many things it changed there.
        steps: Each of them, and what the platform said.
        undo: How to take it back, in words; empty where it cannot be.
    """

    id: int
    source: str
    project: str
    kind: str
    freeze: int
    labeler: str
    state: str
    reason: str
    asked_at: datetime
    asked_by: str
    tries: int
    tried_at: datetime | None
    trouble: str | None
    changed: int
    steps: tuple[Step, ...]
    done_at: datetime | None
    undo_at: datetime | None
    undo_by: str | None
    undo_reason: str | None
    undone_at: datetime | None

    @property
    def undo(self) -> str:
        """Say how it is taken back; empty where there is nothing to take back."""
        return f"labeltrust source undo-act {self.id} --reason …" if self.may_be_undone else ""

    @property
    def may_be_undone(self) -> bool:
        """Say whether it stands, so that it can be taken back."""
        return self.state in STANDING

    @property
    def may_be_retried(self) -> bool:
        """Say whether it was given up, so that a person may have it tried again."""
        return self.state in {"failed", "stuck"}

    @property
    def lost(self) -> tuple[Step, ...]:
        """What taking it back did not restore."""
        return tuple(step for step in self.steps if step.undone.startswith(NOT_RESTORED))


NOT_RESTORED: Final = "not restored: "


def kinds_after(freeze_kind: str, policy: Policy) -> tuple[str, ...]:
    """Return what a freeze of a kind asks for under a policy.

    >>> kinds_after("person-hold", Policy(acts=("pause", "requeue")))
    ('pause',)
    >>> kinds_after("label", Policy())
    ()
    """
    return tuple(kind for kind in _AFTER.get(freeze_kind, ()) if kind in policy.acts)


def checked_policy(acts: Collection[str], most_items: int) -> Policy:
    """Return a policy, or refuse one that cannot be.

    Raises:
        InvalidInput: There is no such act, or the number of items is out of range.

    >>> checked_policy(["requeue", "requeue"], 500).acts
    ('requeue',)
    """
    unknown = sorted(set(acts) - set(KINDS))
    if unknown:
        detail = f"there is no act {unknown[0][:80]!r}; those there are: {', '.join(KINDS)}"
        raise InvalidInput(detail, place="acts", code="unknown_platform_act")
    if not 1 <= most_items <= MOST_ITEMS_EVER:
        detail = f"most_items is {most_items}, must be 1 to {MOST_ITEMS_EVER}"
        raise InvalidInput(detail, place="most_items")
    return Policy(acts=tuple(kind for kind in KINDS if kind in acts), most_items=most_items)


def after_undo(state: str, *, changed_anything: bool) -> str:
    """Return the state of an act that somebody takes back.

    Raises:
        Conflict: It does not stand.

    >>> after_undo("waiting", changed_anything=False), after_undo("done", changed_anything=True)
    ('undone', 'undoing')
    """
    if state not in STANDING:
        detail = f"the act is {state}, there is nothing to take back"
        raise Conflict(detail)
    return "undoing" if changed_anything else "undone"


def after_retry(state: str) -> str:
    """Return the state of an act that a person has tried again.

    Raises:
        Conflict: It was not given up.

    >>> after_retry("failed"), after_retry("stuck")
    ('waiting', 'undoing')
    """
    again = {"failed": "waiting", "stuck": "undoing"}.get(state)
    if again is None:
        detail = f"the act is {state}, there is nothing to try again"
        raise Conflict(detail)
    return again


def changed(steps: Sequence[Step]) -> int:
    """Return how many things an act changes.

    >>> changed([Step("1", 1, 2), Step("2", 0, 0)])
    1
    """
    return sum(step.before != step.after for step in steps)
