"""Gold by hand: what is meant by a draft, what stands now, and the event that changes it."""

import secrets
from dataclasses import dataclass, replace

import msgspec
from sqlmodel import Session, col, select

from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.events import Event, LabelValue, Outcome, Parsed
from labeltrust.domain.labels import canonical_label
from labeltrust.domain.naming import is_storable
from labeltrust.domain.principals import Principal
from labeltrust.domain.projects import Question
from labeltrust.services.deployment import Deployment
from labeltrust.services.own_sources import IMPORT, link_own_source
from labeltrust.store import tables
from labeltrust.store.drafts import Submission
from labeltrust.store.gold import gold_of, item_alias, sources_that_know
from labeltrust.store.projects import project_row, questions_of
from labeltrust.store.session import reading

PARSER = "by-hand/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldDraft:
    """A gold label to be declared or withdrawn.

    Attributes:
        item: The outside id, as its source gave it.
        label: None withdraws.
        source: Whose item, where several sources of the project use the same id.
        note: Where the label is known from; needed where gold that was declared is to be changed.
    """

    project: str
    item: str
    label: LabelValue = None
    question: str = "label"
    source: str | None = None
    note: str = ""


def resolved(deployment: Deployment, principal: Principal, draft: GoldDraft) -> GoldDraft:
    """Return a draft that names its source; a project without any is given one of its own.

    Raises:
        NotAllowed: The role may not declare gold.
        NotFound: There is no such project in scope.
        InvalidInput: Label or question do not fit, or several sources know the item.
    """
    principal.require("gold", draft.project)
    if not draft.item or not is_storable(draft.item):
        raise InvalidInput("an item is named by text", place="item")
    with reading(deployment.engine) as session:
        project = project_row(session, draft.project)
        check_label(draft, questions_of(session, project))
        known, every = sources_that_know(session, deployment.vault, project, draft.item)
    source = _source(draft, known, every)
    if source is None:
        link_own_source(deployment, principal, IMPORT, [draft.project])
    return replace(draft, source=source or IMPORT)


def check_label(draft: GoldDraft, questions: tuple[Question, ...]) -> str | None:
    """Return the canonical label, or refuse before anything is stored.

    Raises:
        InvalidInput: The project has no such question, or the label does not fit it.
    """
    question = next((q for q in questions if q.name == draft.question), None)
    if question is None:
        detail = f"project {draft.project!r} has no question {draft.question[:200]!r}"
        raise InvalidInput(detail, place="question", code="unknown_question")
    if draft.label is None:
        return None
    return canonical_label(draft.label, question.scale, question.classes)


def _source(draft: GoldDraft, known: list[str], every: list[str]) -> str | None:
    """Return the source whose item is meant, None where the project has no source at all."""
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
    return every[0] if every else None


def alias_of(session: Session, deployment: Deployment, draft: GoldDraft) -> int | None:
    """Return the row id of a resolved draft's item, None where nobody told of it yet."""
    project = project_row(session, draft.project)
    named = (draft.source or IMPORT, draft.item)
    return item_alias(session, deployment.vault, project, named)


def standing_gold(session: Session, deployment: Deployment, draft: GoldDraft) -> str | None:
    """Return the canonical gold label that a resolved draft's item has now, or None."""
    alias = alias_of(session, deployment, draft)
    if alias is None:
        return None
    project = project_row(session, draft.project)
    wanted = select(tables.Question.id).where(
        col(tables.Question.project_id) == project.id, col(tables.Question.name) == draft.question
    )
    question = session.exec(wanted).one()
    return None if question is None else gold_of(session, project, question, alias)


def gold_event(draft: GoldDraft) -> Event:
    """Return the event that declares a draft's label, or withdraws."""
    return Event(
        type="gold.withdrawn" if draft.label is None else "gold.declared",
        project=draft.project,
        event_id=f"by-hand-{secrets.token_hex(12)}",
        item=draft.item,
        question=draft.question,
        label=draft.label,
        detail={"note": draft.note} if draft.note else {},
    )


def gold_submission(
    deployment: Deployment, draft: GoldDraft, actor: str, key_id: str | None
) -> Submission:
    """Return the delivery that brings a resolved draft onto the record."""
    return by_hand(deployment, draft.source or IMPORT, (gold_event(draft),), actor, key_id)


def by_hand(
    deployment: Deployment,
    source: str,
    events: tuple[Event, ...],
    actor: str,
    key_id: str | None = None,
) -> Submission:
    """Return the delivery that brings gold events onto the record in a person's name."""
    body = events[0] if len(events) == 1 else events
    return Submission(
        source=source,
        body=msgspec.json.encode(body, enc_hook=dict),
        parsed=Parsed(events=events, positions=tuple(range(len(events)))),
        received_at=deployment.clock(),
        parser=PARSER,
        key_id=key_id,
        actor=actor,
    )


def taken(outcome: Outcome) -> Outcome:
    """Return an outcome, or refuse one that the record did not take.

    Raises:
        InvalidInput: The project was changed in this moment.
    """
    if outcome.problems:
        problem = outcome.problems[0]
        raise InvalidInput(problem.detail, code=problem.code)
    return outcome
