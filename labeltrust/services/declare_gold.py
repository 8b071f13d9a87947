"""Gold labels by hand: declared by one person, changed or withdrawn by two; listed."""

from dataclasses import dataclass, replace
from datetime import datetime

from labeltrust.domain.approvals import Approval
from labeltrust.domain.clock import moment
from labeltrust.domain.errors import InvalidInput, NotFound
from labeltrust.domain.events import Outcome
from labeltrust.domain.naming import checked_note
from labeltrust.domain.principals import Principal
from labeltrust.services._gold import (
    GoldDraft,
    check_label,
    gold_submission,
    resolved,
    standing_gold,
    taken,
)
from labeltrust.services.ask_approval import ask_approval
from labeltrust.services.deployment import Deployment
from labeltrust.services.record_events import key_id_of
from labeltrust.store.judgments import read_judgments
from labeltrust.store.names import item_words
from labeltrust.store.projects import project_row, questions_of
from labeltrust.store.recording import Recorder
from labeltrust.store.session import reading

__all__ = ["GoldDraft", "GoldItem", "declare_gold", "list_gold", "withdraw_gold"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldItem:
    """A current gold label."""

    item: str
    label: str
    declared_at: datetime


def declare_gold(
    deployment: Deployment, principal: Principal, draft: GoldDraft
) -> Outcome | Approval:
    """Record a gold label; another one than the item has is asked of a second person.

    Returns:
        What became of it, or the request that waits for a second person.

    Raises:
        NotAllowed: The role may not declare gold.
        NotFound: There is no such project in scope.
        InvalidInput: Label or question do not fit the project, several sources know the item, or
            the label is to be changed without a note.
        Conflict: The change is asked for already.
    """
    if draft.label is None or draft.label == "":
        raise InvalidInput("a gold label is missing", place="label", code="label_missing")
    draft = resolved(deployment, principal, draft)
    with reading(deployment.engine) as session:
        before = standing_gold(session, deployment, draft)
        questions = questions_of(session, project_row(session, draft.project))
        label = check_label(draft, questions)
    if before is not None and before != label:
        return _asked(deployment, principal, draft, before)
    submission = gold_submission(deployment, draft, principal.name, key_id_of(principal))
    alone = replace(submission, may_change_gold=False)  # somebody may be quicker
    [outcome] = Recorder(deployment.engine, deployment.vault).record([alone])
    return taken(outcome)


def withdraw_gold(deployment: Deployment, principal: Principal, draft: GoldDraft) -> Approval:
    """Ask a second person to withdraw the gold label of an item.

    Raises:
        NotAllowed: The role may not declare gold.
        NotFound: There is no such project in scope, or the item has no gold label.
        InvalidInput: Several sources know the item, or the note is empty.
        Conflict: It is asked for already.
    """
    draft = resolved(deployment, principal, draft)
    with reading(deployment.engine) as session:
        before = standing_gold(session, deployment, draft)
    if before is None:
        detail = f"item {draft.item[:200]!r} has no gold label"
        raise NotFound(detail)
    return _asked(deployment, principal, draft, before)


def _asked(deployment: Deployment, principal: Principal, draft: GoldDraft, before: str) -> Approval:
    note = checked_note(draft.note, "note")
    change = {
        "item": draft.item,
        "question": draft.question,
        "source": draft.source,
        "label": draft.label,
        "before": before,
    }
    return ask_approval(
        deployment, principal, "gold_edit", project=draft.project, change=change, reason=note
    )


def list_gold(
    deployment: Deployment, principal: Principal, project: str, question: str = "label"
) -> list[GoldItem]:
    """Return the current gold labels of a question, by item.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such project in scope, or no such question.
    """
    principal.require("read", project)
    loaded = read_judgments(deployment.engine, project, question)
    words = item_words(deployment.engine, loaded.gold_item.tolist())
    rows = zip(loaded.gold_item, loaded.gold_label, loaded.gold_received_us, strict=True)
    found = [
        GoldItem(item=words[int(i)].name, label=loaded.words[label], declared_at=moment(int(at)))
        for i, label, at in rows
    ]
    return sorted(found, key=lambda gold: gold.item)
