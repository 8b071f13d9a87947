"""Change or withdraw a gold label that was declared: gold is what everybody is measured by."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session

from labeltrust.domain.errors import Conflict
from labeltrust.services._gold import (
    GoldDraft,
    alias_of,
    check_label,
    gold_submission,
    standing_gold,
    taken,
)
from labeltrust.services.approvals._base import ApprovalKind, Change, Doing, Lines
from labeltrust.store.history import About
from labeltrust.store.projects import questions_of
from labeltrust.store.recording import Recorder


def _draft(doing: Doing, change: Change) -> GoldDraft:
    return GoldDraft(
        project=doing.act.project.name,
        item=change["item"],
        label=change["label"],
        question=change["question"],
        source=change["source"],
        note=doing.reason,
    )


def _check(doing: Doing, change: Change) -> None:
    """Refuse where the gold label is another one by now, or the new one fits no more."""
    act, draft = doing.act, _draft(doing, change)
    check_label(draft, questions_of(act.session, act.project))
    standing = standing_gold(act.session, doing.deployment, draft)
    if standing != change["before"]:
        detail = "the gold label of this item was changed meanwhile; ask again"
        raise Conflict(detail)


def _carry_out(doing: Doing, change: Change) -> None:
    act = doing.act
    act.session.flush()
    submission = gold_submission(doing.deployment, _draft(doing, change), act.actor, None)
    recorder = Recorder(doing.deployment.engine, doing.deployment.vault)
    [outcome] = recorder.record_within(act.session.connection(), [submission])
    taken(outcome)


def _said(_: Session, changes: Sequence[Change]) -> list[Lines]:
    return [_lines(change) for change in changes]


def _lines(change: Change) -> Lines:
    becomes = "no gold label" if change["label"] is None else str(change["label"])
    return (
        ("Item", str(change["item"])),
        ("Question", str(change["question"])),
        ("Gold label now", str(change["before"])),
        ("Becomes", becomes),
    )


def _told(change: Change) -> dict[str, Any]:
    return {key: change[key] for key in ("question", "source", "label", "before")}


def _about(doing: Doing, change: Change) -> About:
    return About(item_alias_id=alias_of(doing.act.session, doing.deployment, _draft(doing, change)))


KIND = ApprovalKind(
    title="Change gold",
    right="gold",
    check=_check,
    carry_out=_carry_out,
    said=_said,
    told=_told,
    about=_about,
)
