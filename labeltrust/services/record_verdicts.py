"""Put the verdicts of reviewers on record."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from math import isfinite

from sqlmodel import Session

from labeltrust.domain.audits import AuditState, next_status
from labeltrust.domain.errors import Conflict, InvalidInput, NotFound
from labeltrust.domain.events import LabelValue
from labeltrust.domain.labels import canonical_label
from labeltrust.domain.naming import checked_name
from labeltrust.domain.principals import Principal
from labeltrust.domain.projects import Question
from labeltrust.services import _audit_acts
from labeltrust.services._acts import Act, begin_act
from labeltrust.services._audit_findings import question_named
from labeltrust.services._audits import known_reviewer, reviewer_name, seen_audit
from labeltrust.services.deployment import Deployment
from labeltrust.store import audit_work
from labeltrust.store.audit_work import Reviewer, Turn
from labeltrust.store.audits import get_audit, sample_of
from labeltrust.store.names import item_words
from labeltrust.store.projects import project_row, questions_of
from labeltrust.store.session import reading, unit_of_work

_AT_ONCE = 200
_WRITTEN_AS_JSON = frozenset({"set", "spans", "boxes"})
MOST_SECONDS = 3_600.0
"""A longer time at one item was spent elsewhere; it is not kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictDraft:
    """What a reviewer says of one item.

    Attributes:
        task: Number of the task, or
        item: Outside id of the item.
        label: As it was given; None with `cannot_tell`.
        cannot_tell: The item does not allow an answer.
        seconds: Time spent.
        reviewer: Whose verdict it is; None: the caller's.
        place: Where it stood, for messages.
    """

    task: int | None = None
    item: str | None = None
    label: LabelValue = None
    cannot_tell: bool = False
    seconds: float | None = None
    reviewer: str | None = None
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What became of verdicts.

    Attributes:
        audit: Number of the audit.
        recorded: Verdicts that are new.
        duplicates: Verdicts that were on record already.
        left: Verdicts that are still asked for.
    """

    audit: int
    recorded: int
    duplicates: int
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """A verdict that was looked at: canonical label, whose, about which item or task."""

    draft: VerdictDraft
    label: str | None
    reviewer: Reviewer
    item_id: int | None


def record_verdicts(
    deployment: Deployment, principal: Principal, audit: int, drafts: Sequence[VerdictDraft]
) -> Recorded:
    """Record verdicts; the same one twice adds nothing.

    All are checked before the first is stored; then each couple of hundred is one transaction.

    Raises:
        NotAllowed: The role may not review, or may not record what others said.
        NotFound: There is no such audit, task or item.
        InvalidInput: A label does not fit the question; names the place.
        Conflict: The audit takes no verdicts, or a task is answered otherwise or by somebody else.
    """
    with reading(deployment.engine) as session:
        said = _looked_at(deployment, session, principal, audit, drafts)
    recorded, rest = 0, iter(said)
    while some := list(islice(rest, _AT_ONCE)):
        with unit_of_work(deployment.engine) as session:
            row = get_audit(session, audit)
            project = project_row(session, row.project)
            act = begin_act(session, project, principal.name, deployment.clock())
            state = get_audit(session, audit).state
            for one in some:
                state, is_new = _record(act, state, one)
                recorded += is_new
    with reading(deployment.engine) as session:
        row = get_audit(session, audit)
    return Recorded(
        audit=audit, recorded=recorded, duplicates=len(said) - recorded,
        left=row.turns - row.answered,
    )  # fmt: skip


def _looked_at(
    deployment: Deployment,
    session: Session,
    principal: Principal,
    audit: int,
    drafts: Sequence[VerdictDraft],
) -> list[_Said]:
    row = seen_audit(session, principal, audit, "review")
    next_status(audit, row.state.status, "verdict")
    own = reviewer_name(principal)
    names = {draft.reviewer or own for draft in drafts}
    if names - {own}:
        principal.require("gold")  # who speaks for others could make up what they said
    known = {
        name: known_reviewer(deployment, session, checked_name(name, "reviewer"), [row.project_id])
        for name in names
    }
    question = question_named(
        questions_of(session, project_row(session, row.project)), row.state.question
    )
    ids = _item_ids(deployment, session, audit) if any(d.item is not None for d in drafts) else {}
    return [_checked(draft, question, known[draft.reviewer or own], ids) for draft in drafts]


def _item_ids(deployment: Deployment, session: Session, audit: int) -> dict[str, int]:
    sample = [item.item_id for item in sample_of(session, audit)]
    return {words.name: number for number, words in item_words(deployment.engine, sample).items()}


def _checked(
    draft: VerdictDraft, question: Question, reviewer: Reviewer, ids: dict[str, int]
) -> _Said:
    """Return a verdict that can be stored, or refuse it by its place."""
    if (draft.task is None) == (draft.item is None):
        raise InvalidInput("name a task or an item", place=draft.place)
    if draft.cannot_tell != (draft.label is None or draft.label == ""):
        raise InvalidInput("give a label, or say cannot tell", place=draft.place)
    if draft.item is not None and draft.item not in ids:
        raise InvalidInput(f"item {draft.item[:200]!r} is not in this audit", place=draft.place)
    label = None
    if not draft.cannot_tell:
        try:
            value = _value(draft.label, question.scale)
            label = canonical_label(value, question.scale, question.classes)
        except InvalidInput as error:
            raise InvalidInput(error.detail, place=draft.place, code=error.code) from None
    item = None if draft.item is None else ids[draft.item]
    return _Said(draft=draft, label=label, reviewer=reviewer, item_id=item)


def _value(label: LabelValue, scale: str) -> LabelValue:
    """Return a label with parts out of the JSON text that files and forms write it in.

    >>> _value('["a","b"]', "set"), _value("[a]", "nominal")
    (['a', 'b'], '[a]')
    """
    if not isinstance(label, str) or scale not in _WRITTEN_AS_JSON:
        return label
    if scale == "set" and not label.lstrip().startswith("["):
        return label
    try:
        found: LabelValue = json.loads(label, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"label is no JSON: {error}", code="label_wrong_type") from None
    return found


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no number")


def _record(act: Act, state: AuditState, said: _Said) -> tuple[AuditState, bool]:
    """Store one verdict, and say whether it is new."""
    turn = _turn(act, state, said)
    if turn.answered_at is not None:
        if turn.reviewer == said.reviewer.name and turn.label == said.label:
            return state, False
        where = said.draft.place or f"task {turn.id}"
        raise Conflict(f"{where}: it is answered already, otherwise or by somebody else")
    answered = replace(
        turn, reviewer=said.reviewer.name, label=said.label, seconds=_seconds(said.draft)
    )
    return _audit_acts.give_verdict(act, state, answered, by=act.actor), True


def _turn(act: Act, state: AuditState, said: _Said) -> Turn:
    """Return the turn that a verdict is for; one that is answered already as it stands."""
    draft, session = said.draft, act.session
    item = said.item_id
    if draft.task is not None:
        turn = audit_work.get_turn(session, draft.task)
        if turn.audit_id != state.id:
            raise NotFound(f"no task {draft.task} in audit {state.id}")
        if turn.answered_at is not None:
            return turn
        item = turn.item_id
    elif (mine := audit_work.turn_of(session, state.id, item or 0, said.reviewer.name)) is not None:
        return mine
    fit = audit_work.open_turns(session, [state.id], said.reviewer, item_id=item)
    fit = [turn for turn in fit if draft.task in {None, turn.id}]
    if not fit:
        where = draft.place or f"task {draft.task}"
        raise Conflict(f"{where}: not open for {said.reviewer.name}: others have it, or he knew it")
    return fit[0]


def _seconds(draft: VerdictDraft) -> float | None:
    seconds = draft.seconds
    if seconds is None or not isfinite(seconds) or not 0 <= seconds <= MOST_SECONDS:
        return None
    return seconds
