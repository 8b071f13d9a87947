"""Histories drawn at random: every kind of question, revisions, withdrawals, gold and its end."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from factories import START
from recorded import project, record

from labeltrust.domain.events import Event
from labeltrust.domain.projects import Question

QUESTIONS = (
    Question(classes=("benign", "fraud", "spam")),
    Question(),
    Question(repeats="all"),
    Question(scale="ordinal", classes=("low", "middle", "high")),
    Question(scale="interval"),
    Question(scale="ratio", repeats="all"),
    Question(scale="set"),
    Question(scale="spans"),
    Question(scale="text"),
)
"""One for each way of counting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A history and the question that it answers."""

    question: Question
    events: tuple[Event, ...]


def drawn_history(seed: int, n: int = 120, *, items: int = 12, labelers: int = 6) -> Drawn:
    """Draw events of one question; of three, one answers anew or takes back what was said.

    The seed chooses the question, too: seeds 0 to 8 have one of each.
    """
    rng = np.random.default_rng(seed)
    question = QUESTIONS[seed % len(QUESTIONS)]
    events = [_event(rng, question, number, (items, labelers)) for number in range(n)]
    return Drawn(question=question, events=tuple(events))


def _event(
    rng: np.random.Generator, question: Question, number: int, sizes: tuple[int, int]
) -> Event:
    about = {
        "project": "fraud",
        "event_id": f"e{number}",
        "item": f"i{rng.integers(sizes[0])}",
        "occurred_at": START - timedelta(minutes=int(rng.integers(0, 3000))),
    }
    kind = rng.choice(["said", "gold", "gone", "lost", "ungold"], p=[0.76, 0.1, 0.08, 0.04, 0.02])
    if kind == "gold":
        return Event(type="gold.declared", label=_answer(rng, question), **about)
    if kind == "ungold":
        return Event(type="gold.withdrawn", **about)
    annotation = f"a{rng.integers(40)}" if rng.random() < 0.5 else None
    if kind == "lost":
        lost = about | {"item": "", "annotation_id": annotation or "a1"}
        return Event(type="label.withdrawn", **lost)
    named = about | {"labeler": f"l{rng.integers(sizes[1])}", "annotation_id": annotation}
    if kind == "gone":
        return Event(type="label.withdrawn", **named)
    hints = {"suggestion": _answer(rng, question)} if rng.random() < 0.3 else {}
    seconds = round(float(rng.lognormal(1, 1)), 3) if rng.random() < 0.7 else None
    return Event(
        type="label.submitted",
        label=_answer(rng, question),
        duration_seconds=seconds,
        detail=hints,
        **named,
    )


def _answer(rng: np.random.Generator, question: Question) -> object:
    if question.classes is not None:
        return str(rng.choice(question.classes))
    if question.scale in {"interval", "ratio"}:
        return float(rng.integers(0, 8)) / 2
    letters = [str(x) for x in "abcd" if rng.random() < 0.5] or ["a"]
    if question.scale == "set":
        return letters
    if question.scale == "spans":
        start = int(rng.integers(0, 30))
        return [[start, start + int(rng.integers(1, 9)), letter] for letter in letters[:1]]
    return " ".join(letters) if question.scale == "text" else letters[0]


def recorded_history(deployment, drawn: Drawn, *, pieces: int = 3) -> None:
    """Put a drawn history on record in several deliveries."""
    project(deployment, questions=(drawn.question,))
    events = drawn.events
    for start in range(0, len(events), -(-max(len(events), 1) // pieces)):
        piece = events[start : start + -(-len(events) // pieces)]
        record(deployment, piece)
