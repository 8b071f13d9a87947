"""Change or withdraw many gold labels of one source at once, such as those of an imported file."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session

from labeltrust.domain.errors import Conflict, InvalidInput
from labeltrust.services._gold import GoldDraft, by_hand, check_label, gold_event, taken
from labeltrust.services.approvals._base import ApprovalKind, Change, Doing, Lines
from labeltrust.store.gold import gold_among
from labeltrust.store.projects import questions_of
from labeltrust.store.recording import Recorder

MOST = 500


def _edits(change: Change) -> Sequence[Mapping[str, Any]]:
    found = change.get("edits")
    if not isinstance(found, list | tuple) or not 0 < len(found) <= MOST:
        detail = f"name 1 to {MOST} gold labels"
        raise InvalidInput(detail, place="edits")
    return found


def _drafts(doing: Doing, change: Change) -> list[GoldDraft]:
    return [
        GoldDraft(
            project=doing.act.project.name,
            item=edit["item"],
            label=edit["label"],
            question=edit["question"],
            source=change["source"],
            note=doing.reason,
        )
        for edit in _edits(change)
    ]


def _check(doing: Doing, change: Change) -> None:
    """Refuse where one of the gold labels is another one by now, or a new one fits no more."""
    session, project = doing.act.session, doing.act.project
    questions, edits = questions_of(session, project), _edits(change)
    for draft in _drafts(doing, change):
        check_label(draft, questions)
    items = [edit["item"] for edit in edits]
    standing = gold_among(session, doing.deployment.vault, project, change["source"], items)
    if any(standing.get((edit["item"], edit["question"])) != edit["before"] for edit in edits):
        raise Conflict("gold labels of these items were changed meanwhile; ask again")


def _carry_out(doing: Doing, change: Change) -> None:
    act = doing.act
    act.session.flush()
    events = tuple(gold_event(draft) for draft in _drafts(doing, change))
    submission = by_hand(doing.deployment, change["source"], events, act.actor)
    recorder = Recorder(doing.deployment.engine, doing.deployment.vault)
    [outcome] = recorder.record_within(act.session.connection(), [submission])
    taken(outcome)


def _said(_: Session, changes: Sequence[Change]) -> list[Lines]:
    return [tuple(_line(edit) for edit in _edits(change)) for change in changes]


def _line(edit: Mapping[str, Any]) -> tuple[str, str]:
    becomes = "no gold label" if edit["label"] is None else edit["label"]
    return f"Item {edit['item']}", f"{edit['before']} → {becomes}, question {edit['question']}"


def _told(change: Change) -> dict[str, Any]:
    edits = [{key: edit[key] for key in ("question", "label", "before")} for edit in _edits(change)]
    return {"source": change["source"], "edits": edits}


KIND = ApprovalKind(
    title="Change gold of many items",
    right="gold",
    check=_check,
    carry_out=_carry_out,
    said=_said,
    told=_told,
)
