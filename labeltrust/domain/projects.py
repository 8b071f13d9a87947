"""Projects and their questions: what is asked, on which scale, and what is expected."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.labels import COUNTED, NUMERIC, SCALES
from labeltrust.domain.naming import MAX_NOTE, checked_name, is_storable

Repeats = Literal["last", "all"]
REPEATS: tuple[str, ...] = get_args(Repeats)
MAX_CLASSES = 1_000
MAX_CLASS_CHARACTERS = 256
MAX_QUESTIONS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question of a project.

    Attributes:
        name: Unique in the project; events that name none mean `label`.
        scale: One of `domain.labels.SCALES`.
        classes: The declared classes (lowest first for `ordinal`); None leaves them open, and
            ordinal labels are then ordered as numbers.
        repeats: `last`: counters see a labeler's newest answer to an item; `all`: every replicate.
        version: Grows with every change.

    >>> Question(name="label", scale="nominal").repeats
    'last'
    """

    name: str = "label"
    scale: str = "nominal"
    classes: tuple[str, ...] | None = None
    repeats: str = "last"
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectDraft:
    """What is to be created.

    Attributes:
        name: Unique in the installation; also the name of the project's chain.
        title: For people.
        questions: At least one.
        floors: Least value of a measure that is still good enough, by the measure's name, such as
            `{"gold_accuracy": 0.8}`; in [-1, 1].
        guideline: What labelers were told, or the address of it.
        guideline_version: Named by events, so that a change of rule is not taken for poison.
    """

    name: str
    title: str = ""
    questions: tuple[Question, ...] = (Question(),)
    floors: Mapping[str, float] = field(default_factory=dict)
    guideline: str = ""
    guideline_version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectChange:
    """What is to be different; None leaves a part as it is.

    Attributes:
        questions: Added, or replaced by name; those not named stay.
        floors: Replaced as a whole.
        expected_version: Refuse with a conflict where the project has another version by now.
    """

    title: str | None = None
    questions: tuple[Question, ...] = ()
    floors: Mapping[str, float] | None = None
    guideline: str | None = None
    guideline_version: str | None = None
    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A project as it stands.

    Attributes:
        version: Grows with every change of the project or of its questions.
        sources: Names of the sources that may speak for it.
        policy: Thresholds of its own, by the names of `policy/thresholds.py`; the others are
            those of the installation.
    """

    name: str
    title: str
    version: int
    questions: tuple[Question, ...]
    floors: Mapping[str, float]
    guideline: str
    guideline_version: str
    sources: tuple[str, ...]
    created_at: datetime
    policy: Mapping[str, float] = field(default_factory=dict)


def checked_draft(draft: ProjectDraft) -> ProjectDraft:
    """Return a draft that can be created, or refuse it.

    Raises:
        InvalidInput: Names field and value.

    >>> checked_draft(ProjectDraft(name="fraud")).name
    'fraud'
    """
    checked_name(draft.name, "project")
    if not draft.questions:
        raise InvalidInput("a project needs at least one question", place="questions")
    _check_parts(draft)
    return draft


def checked_change(change: ProjectChange) -> ProjectChange:
    """Return a change that can be made, or refuse it.

    Raises:
        InvalidInput: Names field and value.

    >>> checked_change(ProjectChange(title="Fraud review")).title
    'Fraud review'
    """
    _check_parts(change)
    return change


def _check_parts(wanted: ProjectDraft | ProjectChange) -> None:
    _check_questions(wanted.questions)
    for name, value in (wanted.floors or {}).items():
        _check_floor(name, value)
    for place in ("title", "guideline", "guideline_version"):
        _check_text(getattr(wanted, place) or "", place)


def _check_questions(questions: tuple[Question, ...]) -> None:
    names = [q.name for q in questions]
    if len(set(names)) < len(names):
        raise InvalidInput("two questions have the same name", place="questions")
    if len(names) > MAX_QUESTIONS:
        detail = f"{len(names)} questions, at most {MAX_QUESTIONS} are allowed"
        raise InvalidInput(detail, place="questions")
    for question in questions:
        _check_question(question)


def _check_question(question: Question) -> None:
    place = f"questions.{checked_name(question.name, 'question')}"
    if question.scale not in SCALES:
        detail = f"unknown scale {question.scale[:80]!r}; known are {', '.join(SCALES)}"
        raise InvalidInput(detail, place=place, code="unknown_scale")
    if question.repeats not in REPEATS:
        detail = f"repeats is {question.repeats[:80]!r}, must be one of {', '.join(REPEATS)}"
        raise InvalidInput(detail, place=place)
    _check_classes(question, place)


def _check_classes(question: Question, place: str) -> None:
    classes = question.classes
    if classes is None:
        return
    if question.scale in NUMERIC or question.scale not in COUNTED | {"set"}:
        raise InvalidInput(f"a {question.scale} scale has no classes", place=place)
    if not 0 < len(classes) <= MAX_CLASSES or len(set(classes)) < len(classes):
        detail = f"classes must be 1 to {MAX_CLASSES} different texts"
        raise InvalidInput(detail, place=place)
    for name in classes:
        _check_class(name, place)


def _check_class(name: str, place: str) -> None:
    if not 0 < len(name) <= MAX_CLASS_CHARACTERS or not is_storable(name):
        detail = f"class {name[:80]!r} must have 1 to {MAX_CLASS_CHARACTERS} characters of text"
        raise InvalidInput(detail, place=place)


def _check_floor(name: str, value: float) -> None:
    checked_name(name, "floor")
    if not math.isfinite(value) or not -1.0 <= value <= 1.0:
        detail = f"floor is {value!r}, must be between -1 and 1"
        raise InvalidInput(detail, place=f"floors.{name}")


def _check_text(text: str, place: str) -> None:
    if len(text) > MAX_NOTE or not is_storable(text):
        detail = f"{place} must be at most {MAX_NOTE} characters of text without NUL"
        raise InvalidInput(detail, place=place)
