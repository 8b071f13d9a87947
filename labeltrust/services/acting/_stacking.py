"""Acts that lie on one another: two freezes of a labeler, two labelers of an item.

An act that finds done already what it would do changes nothing itself; when the other one is taken
back, it inherits what that had changed. Acts of other labelers on the same item add up; when one
from below is taken back, those above it move down.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec
from sqlmodel import Session

from labeltrust.domain.platform_acts import Step
from labeltrust.store.inserting import known_id
from labeltrust.store.platform_acts import keep_steps, steps_of, with_steps
from labeltrust.store.tables import PlatformAct


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """Another act that stands at the same platform: its number, whose it is, and its steps."""

    act: int
    labeler: int
    steps: Mapping[str, Step]


def others_of(session: Session, row: PlatformAct) -> list[Other]:
    """Return the other standing acts of the same kind at the same source."""
    return [
        Other(
            act=known_id(one.id),
            labeler=labeler,
            steps={step.target: step for step in steps_of(one)},
        )
        for one, labeler in with_steps(session, row.source_id, row.kind, known_id(row.id))
    ]


def without_doubles(steps: Sequence[Step], labeler: int, others: Sequence[Other]) -> list[Step]:
    """Return steps of which those change nothing that another act of the labeler did already.

    >>> mine = Other(act=1, labeler=7, steps={"3": Step("3", 1, 2)})
    >>> without_doubles([Step("3", 2, 3), Step("4", 1, 2)], 7, [mine])[0].after
    2
    """
    done = {
        target
        for other in others
        if other.labeler == labeler
        for target, step in other.steps.items()
        if step.before != step.after
    }
    return [
        msgspec.structs.replace(step, after=step.before) if step.target in done else step
        for step in steps
    ]


def heir_of(step: Step, labeler: int, others: Sequence[Other]) -> int | None:
    """Return the act that inherits a step, None where none does.

    >>> heir_of(Step("3", 1, 2), 7, [Other(act=9, labeler=7, steps={"3": Step("3", 2, 2)})])
    9
    """
    for other in others:
        same = other.steps.get(step.target)
        if other.labeler == labeler and same is not None and same.before == same.after:
            return other.act
    return None


def expected(step: Step, others: Sequence[Other]) -> tuple[int, int]:
    """Return what a thing should be now, and what it is to become when a step is taken back.

    >>> expected(Step("3", 1, 2), [Other(act=9, labeler=8, steps={"3": Step("3", 2, 3)})])
    (3, 2)
    """
    above = [o.after for other in others if (o := _above(step, other)) is not None]
    top = max([step.after, *above])
    return top, top - (step.after - step.before)


def settle_stack(session: Session, row: PlatformAct, steps: Sequence[Step]) -> None:
    """Move what lay above the steps taken back, and hand over what others inherit."""
    taken = {step.target: step for step in steps if step.before != step.after}
    for one, _ in with_steps(session, row.source_id, row.kind, known_id(row.id)):
        theirs = steps_of(one)
        moved = [_moved(step, taken.get(step.target), known_id(one.id)) for step in theirs]
        if tuple(moved) != theirs:
            keep_steps(session, one, moved)


def _moved(step: Step, taken: Step | None, act: int) -> Step:
    if taken is None:
        return step
    if taken.undone == inherited(act):
        same = {"before": taken.before, "after": taken.after, "told": taken.told}
        return msgspec.structs.replace(step, **same)
    lies_above = step.before >= taken.after > taken.before
    if not lies_above or not taken.undone.startswith(RESTORED):
        return step
    by = taken.after - taken.before
    return msgspec.structs.replace(step, before=step.before - by, after=step.after - by)


def _above(step: Step, other: Other) -> Step | None:
    found = other.steps.get(step.target)
    if found is None or not found.before >= step.after > step.before:
        return None
    return found


RESTORED = "restored"


def inherited(act: int) -> str:
    """Return the words for a step that another act of the same labeler keeps up.

    >>> inherited(9)
    'kept: act 9 asks for it, too'
    """
    return f"kept: act {act} asks for it, too"
