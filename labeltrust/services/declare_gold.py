"""Gold labels by hand: declared, withdrawn, listed."""

import secrets
from dataclasses import dataclass
from datetime import datetime

import msgspec

from labeltrust.domain.clock import moment
from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.events import Event, EventType, LabelValue, Outcome, Parsed
from labeltrust.domain.labels import canonical_label
from labeltrust.domain.naming import is_storable
from labeltrust.domain.principals import Principal
from labeltrust.domain.projects import Question
from labeltrust.services.deployment import Deployment
from labeltrust.services.own_sources import IMPORT, link_own_source
from labeltrust.services.record_events import key_id_of
from labeltrust.store.drafts import Submission
from labeltrust.store.gold import sources_that_know
from labeltrust.store.judgments import read_judgments
from labeltrust.store.names import item_words
from labeltrust.store.projects import project_row, questions_of
from labeltrust.store.recording import Recorder
from labeltrust.store.session import reading

PARSER = "by-hand/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldDraft:
    """A gold label to be declared or withdrawn.

    Attributes:
        item: The outside id, as its source gave it.
        label: None withdraws.
        source: Whose item, where several sources of the project use the same id.
        note: Where the label is known from.
    """

    project: str
    item: str
    label: LabelValue = None
    question: str = "label"
    source: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldItem:
    """A current gold label."""

    item: str
    label: str
    declared_at: datetime


def declare_gold(deployment: Deployment, principal: Principal, draft: GoldDraft) -> Outcome:
    """Record a gold label; the newest of an item counts, the others stay in history.

    Raises:
        NotAllowed: The role may not declare gold.
        NotFound: There is no such project in scope.
        InvalidInput: Label or question do not fit the project, or several sources know the item.
    """
    if draft.label is None or draft.label == "":
        raise InvalidInput("a gold label is missing", place="label", code="label_missing")
    return _record(deployment, principal, draft, "gold.declared")


def withdraw_gold(deployment: Deployment, principal: Principal, draft: GoldDraft) -> Outcome:
    """Record that an item has no gold label any more.

    Raises:
        NotAllowed: The role may not declare gold.
        NotFound: There is no such project in scope.
        InvalidInput: Several sources know the item.
    """
    return _record(deployment, principal, draft, "gold.withdrawn")


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


def _record(
    deployment: Deployment, principal: Principal, draft: GoldDraft, kind: EventType
) -> Outcome:
    principal.require("gold", draft.project)
    source = _source(deployment, principal, draft)
    event = Event(
        type=kind,
        project=draft.project,
        event_id=f"by-hand-{secrets.token_hex(12)}",
        item=draft.item,
        question=draft.question,
        label=draft.label,
        detail={"note": draft.note} if draft.note else {},
    )
    submission = Submission(
        source=source,
        body=msgspec.json.encode(event, enc_hook=dict),
        parsed=Parsed(events=(event,), positions=(0,)),
        received_at=deployment.clock(),
        parser=PARSER,
        key_id=key_id_of(principal),
        actor=principal.name,
    )
    [outcome] = Recorder(deployment.engine, deployment.vault).record([submission])
    if outcome.problems:  # the project was changed in this moment
        problem = outcome.problems[0]
        raise InvalidInput(problem.detail, code=problem.code)
    return outcome


def _check_label(draft: GoldDraft, questions: tuple[Question, ...]) -> None:
    """Refuse before anything is stored: who acts by hand can say it again at once."""
    question = next((q for q in questions if q.name == draft.question), None)
    if question is None:
        detail = f"project {draft.project!r} has no question {draft.question[:200]!r}"
        raise InvalidInput(detail, place="question", code="unknown_question")
    if draft.label is not None:
        canonical_label(draft.label, question.scale, question.classes)


def _source(deployment: Deployment, principal: Principal, draft: GoldDraft) -> str:
    """Return the source whose item is meant."""
    if not draft.item or not is_storable(draft.item):
        raise InvalidInput("an item is named by text", place="item")
    with reading(deployment.engine) as session:
        project = project_row(session, draft.project)
        _check_label(draft, questions_of(session, project))
        known, every = sources_that_know(session, deployment.vault, project, draft.item)
    if draft.source is not None:
        if draft.source not in every:
            detail = f"source {draft.source[:200]!r} does not speak for {draft.project!r}"
            raise InvalidInput(detail, place="source")
        return draft.source
    if len(known) > 1:
        detail = f"item {draft.item[:200]!r} is known to {', '.join(known)}; name one source"
        raise InvalidInput(detail, place="source", code="ambiguous_item")
    if known:
        return known[0]
    if len(every) > 1:
        detail = f"no source knows item {draft.item[:200]!r} yet; name one of {', '.join(every)}"
        raise InvalidInput(detail, place="source", code="unknown_item")
    if not every:
        link_own_source(deployment, principal, IMPORT, [draft.project])
    return every[0] if every else IMPORT
