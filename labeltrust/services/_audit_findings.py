"""What an audit found, out of its rows: the numbers, and how well reviewers agree."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from labeltrust.counts import block, pairs
from labeltrust.domain.audits import SampledItem
from labeltrust.domain.estimates import Measured, Undefined
from labeltrust.domain.projects import Question
from labeltrust.metrics.cohen_kappa import pairwise_kappa
from labeltrust.policy.audit_result import Findings, findings
from labeltrust.policy.audit_truth import Truth, alike, truths_of
from labeltrust.store.audit_work import Turn, turns_of
from labeltrust.store.audits import AuditRow, sample_of
from labeltrust.store.projects import project_row, questions_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An audit's sample with what reviewers said of it.

    Attributes:
        question: As it stands now.
        sample: Items in their order.
        truths: What reviewers found, in the same order.
        findings: The numbers.
        turns: All work, done or not.
        reviewer_kappa: Cohen's kappa of first and second reviewer; n counts items with both.
        both: Items with two answers, and those of them that are alike.
    """

    question: Question
    sample: list[SampledItem]
    truths: list[Truth]
    findings: Findings
    turns: list[Turn]
    reviewer_kappa: Measured
    both: tuple[int, int]


def found_by(session: Session, row: AuditRow) -> Found:
    """Read and compute what an audit found so far; four queries whatever its size."""
    project = project_row(session, row.project)
    question = question_named(questions_of(session, project), row.state.question)
    sample, turns = sample_of(session, row.state.id), turns_of(session, row.state.id)
    verdicts: dict[int, list[str | None]] = {}
    for turn in turns:
        if turn.answered_at is not None:
            verdicts.setdefault(turn.item_id, []).append(turn.label)
    truths = truths_of(question.scale, verdicts, [item.item_id for item in sample])
    pairs_said = _both(turns)
    same = alike(question.scale, [a for a, _ in pairs_said], [b for _, b in pairs_said])
    return Found(
        question=question,
        sample=sample,
        truths=truths,
        findings=findings(row.state, question.scale, sample, truths),
        turns=turns,
        reviewer_kappa=_kappa(pairs_said),
        both=(len(pairs_said), sum(same)),
    )


def question_named(questions: Sequence[Question], name: str) -> Question:
    """Return a question by name; one that was taken away since is nominal and open."""
    return next((q for q in questions if q.name == name), Question(name=name))


def _both(turns: Sequence[Turn]) -> list[tuple[str, str]]:
    """Return the two answers of each item with two; by reviewer's name, so that sides are fixed."""
    said: dict[int, list[tuple[str, str]]] = {}
    for turn in turns:
        if turn.label is not None:
            said.setdefault(turn.item_id, []).append((turn.reviewer or "", turn.label))
    both = [sorted(answers) for answers in said.values() if len(answers) > 1]
    return [(one[1], two[1]) for one, two in both]


def _kappa(said: Sequence[tuple[str, str]]) -> Measured:
    if not said:
        return Undefined(reason="no item has the answers of two reviewers yet")
    words = sorted({label for answers in said for label in answers})
    code = {word: place for place, word in enumerate(words)}
    labels = [code[label] for answers in said for label in answers]
    items = [number for number in range(len(said)) for _ in range(2)]
    both = block(items, [0, 1] * len(said), labels, n_labelers=2, values=range(len(words)))
    return pairwise_kappa(pairs.count(both)).kappa[0]
