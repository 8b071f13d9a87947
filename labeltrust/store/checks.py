"""Plain events checked against what their source may say: project, scope, question, scale."""

from dataclasses import dataclass
from typing import Final

from labeltrust.domain.checksums import FIELD
from labeltrust.domain.clock import microseconds
from labeltrust.domain.errors import InvalidEvent
from labeltrust.domain.events import Problem, Receipt
from labeltrust.domain.labels import canonical_label
from labeltrust.store.aliases import Key, item_space
from labeltrust.store.drafts import Packed, Plain
from labeltrust.store.pulls import PlainPull
from labeltrust.store.registry import NO_QUESTION, KnownProject, KnownQuestion, KnownSource

OLDEST_US: Final = 30 * 86_400 * 1_000_000
NEWEST_US: Final = 5 * 60 * 1_000_000
_UNPROVED: Final = "this source must prove what an item shows by a checksum, and states none"
_LABELED: Final = frozenset({"label.submitted", "gold.declared"})


class Draft:
    """One event on its way into a chain, and what became of it.

    Attributes:
        stored_id: The event id on record; empty where names must be made first.
        problem: Why it cannot be taken.
        receipt: Where it is on record: the original place where it was there before.
        delivery_id: The delivery that brought it then.
        twin: The same event earlier in the same transaction.
    """

    __slots__ = (
        "delivery_id", "doubted", "item_key", "label", "labeler_key", "plain", "problem",
        "project", "question", "receipt", "received_us", "stored_id", "twin",
    )  # fmt: skip

    def __init__(self, plain: Plain, project: KnownProject, received_us: int) -> None:
        """Begin with what is known before any check."""
        self.plain = plain
        self.project = project
        self.received_us = received_us
        self.stored_id = "" if plain.is_derived else plain.event_id
        self.item_key: Key | None = None
        self.labeler_key: Key | None = None
        self.question = NO_QUESTION
        self.label: str | None = None
        self.doubted = False
        self.problem: Problem | None = None
        self.receipt: Receipt | None = None
        self.delivery_id: int | None = None
        self.twin: Draft | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A problem and the id of its event, if it was read so far."""

    problem: Problem
    event_id: str | None


def drafts_of(packed: Packed, source: KnownSource) -> tuple[list[Draft], list[Refused]]:
    """Check all events of a submission against what the source may say.

    Returns:
        The drafts in the order of the delivery (some with a problem of their own), and the
        refusals of events that belong to no project known here.
    """
    received, step = microseconds(packed.received_at), packed.step
    scope = packed.scope
    drafts: list[Draft] = []
    strangers: list[Refused] = []
    for plain in packed.rows:
        project = source.projects.get(plain.project)
        if project is None or not (scope is None or plain.project in scope):
            problem = _unknown_project(plain.project, plain.position, source)
            strangers.append(Refused(problem, plain.event_id or None))
            continue
        draft = Draft(plain, project, received + step * plain.position)
        _fill(draft, source)
        try:
            _check(draft, packed, source)
        except InvalidEvent as error:
            draft.problem = Problem(index=plain.position, code=error.code, detail=str(error))
        drafts.append(draft)
    return drafts, strangers


def pulls_of(packed: Packed, source: KnownSource) -> tuple[list[PlainPull], list[Refused]]:
    """Part what is to be read from the platform from what the source may not speak for.

    Returns:
        The pulls of projects known here, and at most one refusal of the others.
    """
    pulls: list[PlainPull] = []
    strangers: list[PlainPull] = []
    for pull in packed.pulls:
        known = pull.project in source.projects
        may = known and (packed.scope is None or pull.project in packed.scope)
        (pulls if may else strangers).append(pull)
    return pulls, [
        Refused(_unknown_project(one.project, None, source), None) for one in strangers[:1]
    ]


def _unknown_project(project: str, position: int | None, source: KnownSource) -> Problem:
    # One answer for a project that is missing and for one that is not this source's, so that
    # nobody learns the names of other people's projects.
    detail = f"project {project[:200]!r} is none that source {source.name!r} may speak for"
    return Problem(index=position, code="unknown_project", detail=detail)


def _fill(draft: Draft, source: KnownSource) -> None:
    """Fill in names and clock, whatever may be wrong with the rest: a known event stays known."""
    plain = draft.plain
    if plain.flaw is not None and plain.flaw[0] == "not_text":
        return  # no database could look such names up
    if plain.item:
        draft.item_key = (item_space(draft.project.id, source.id_space), plain.item)
    if plain.labeler is not None and plain.type[:6] == "label.":
        draft.labeler_key = (source.id_space, plain.labeler)
    oldest, newest = draft.received_us - OLDEST_US, draft.received_us + NEWEST_US
    if plain.occurred_us is not None:
        draft.doubted = not oldest <= plain.occurred_us <= newest
    if plain.revised_us is not None and not oldest <= plain.revised_us <= newest:
        draft.doubted = True


def _check(draft: Draft, packed: Packed, source: KnownSource) -> None:
    plain = draft.plain
    if plain.flaw is not None:
        code, reason = plain.flaw
        raise InvalidEvent(reason, code=code)
    if source.requires_checksum and (plain.content or plain.features) and not plain.is_checked:
        raise InvalidEvent(_UNPROVED, place=FIELD, code="checksum_missing")
    if plain.type[:5] == "gold." and not packed.may_declare_gold:
        raise InvalidEvent("this key may not declare gold", code="gold_not_allowed")
    draft.question = _question(draft)
    if plain.type in _LABELED:
        draft.label = _label(plain, draft.question)


def _question(draft: Draft) -> KnownQuestion:
    plain = draft.plain
    question = draft.project.questions.get(plain.question)
    if plain.type == "item.described":
        return NO_QUESTION
    if plain.type == "label.withdrawn" and not (plain.item and plain.labeler):
        return NO_QUESTION  # it names an annotation, and ends it in all questions
    if question is None:
        detail = f"project {draft.project.name!r} has no question {plain.question[:200]!r}"
        raise InvalidEvent(detail, place="question", code="unknown_question")
    return question


def _label(plain: Plain, question: KnownQuestion) -> str | None:
    label = plain.label
    if isinstance(label, str):
        known = question.labels.get(label)
        if known is None:
            known = canonical_label(label, question.scale, question.classes)
            question.labels[label] = known
        return known
    if label is None and plain.is_skip:
        return None  # on record, and no vote
    return canonical_label(label, question.scale, question.classes)
