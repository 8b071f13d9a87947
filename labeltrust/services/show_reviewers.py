"""How reviewers agree with each other and with gold over time: they are labelers too."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from labeltrust.domain.principals import Principal
from labeltrust.policy.audit_truth import alike
from labeltrust.policy.reviewer_records import Comparison, Course, courses, spans_until
from labeltrust.services._audits import reviewer_name
from labeltrust.services.deployment import Deployment
from labeltrust.store.gold import ToldGold, gold_told
from labeltrust.store.inserting import known_id
from labeltrust.store.projects import project_row, project_rows, scales_of
from labeltrust.store.review_records import Answer, answers_of
from labeltrust.store.session import reading

DAYS = 28
PEERS, GOLD = "peers", "gold"
_NOTHING = {
    PEERS: "no item was re-labeled by another reviewer, too,",
    GOLD: "no re-labeled item has gold of other origin",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewerRecord:
    """How one reviewer's answers hold.

    Attributes:
        reviewer: Name.
        answers: Answers in the windows.
        with_reviewers: Share of items on which another reviewer of the audit said the same.
        with_gold: Share of items whose gold is the same, where this reviewer's audit did not give
            it.
    """

    reviewer: str
    answers: int
    with_reviewers: Course
    with_gold: Course


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewerRecords:
    """The record of all reviewers who answered.

    Attributes:
        days: Days of a window.
        start: Of the first window.
        end: Of the last one.
        reviewers: By name.
    """

    days: int
    start: datetime
    end: datetime
    reviewers: tuple[ReviewerRecord, ...]


def show_reviewers(
    deployment: Deployment, principal: Principal, project: str | None = None, *, days: int = DAYS
) -> ReviewerRecords:
    """Return how reviewers agreed in closed audits; who only reviews sees themselves alone.

    Audits that still run are left out: their reviewers are to stay blind.

    Args:
        deployment: The installation.
        principal: Who asks.
        project: Of this project; None: of all in scope.
        days: Days of a window, of which there are six.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such project in scope.
        InvalidInput: A window is no number of days from 1 to 366.
    """
    principal.require("read", project)
    spans = spans_until(deployment.clock(), days)
    start, end = spans[0][0], spans[-1][1]
    with reading(deployment.engine) as session:
        projects = _projects(session, principal, project)
        answers = answers_of(session, projects, start)
        scales = scales_of(session, {one.project_id for one in answers})
        told = list(gold_told(session, {one.item_id for one in answers}))
    said = {PEERS: _with_peers(answers, scales), GOLD: _with_gold(answers, told, scales)}
    names = sorted({one.reviewer for one in answers if start <= one.at < end})
    found = {
        kind: courses({name: said[kind].get(name, ()) for name in names}, spans, _NOTHING[kind])
        for kind in said
    }
    seen = names if _sees_all(principal) else [n for n in names if n == reviewer_name(principal)]
    records = tuple(
        ReviewerRecord(
            reviewer=name,
            answers=sum(one.reviewer == name and start <= one.at < end for one in answers),
            with_reviewers=found[PEERS][name],
            with_gold=found[GOLD][name],
        )
        for name in seen
    )
    return ReviewerRecords(days=days, start=start, end=end, reviewers=records)


def _sees_all(principal: Principal) -> bool:
    return principal.may("assess") or not principal.may("review")


def _projects(session: Session, principal: Principal, project: str | None) -> list[int]:
    if project is not None:
        return [known_id(project_row(session, project).id)]
    return [known_id(row.id) for row in project_rows(session) if principal.sees(row.name)]


Asked = tuple[int, str]
"""Project and name of a question."""


def _with_peers(
    answers: Sequence[Answer], scales: Mapping[Asked, str]
) -> dict[str, list[Comparison]]:
    """Compare the two answers of each item with two."""
    of_item: dict[tuple[int, int], list[Answer]] = {}
    for one in answers:
        of_item.setdefault((one.audit, one.item_id), []).append(one)
    pairs = [(a, b.label) for found in of_item.values() for a, b in _both_ways(found)]
    return _compared(pairs, scales)


def _both_ways(found: Sequence[Answer]) -> Iterator[tuple[Answer, Answer]]:
    return ((a, b) for a in found for b in found if a.reviewer != b.reviewer)


def _with_gold(
    answers: Sequence[Answer], told: Sequence[ToldGold], scales: Mapping[Asked, str]
) -> dict[str, list[Comparison]]:
    """Compare answers with gold, but not with what the reviewer's own audits made gold."""
    of_item: dict[tuple[int, str], list[ToldGold]] = {}
    for one in told:
        of_item.setdefault((one.item_id, one.question), []).append(one)
    own: dict[tuple[str, int], set[str]] = {}
    for answer in answers:
        name = f"audit-{answer.audit}-{answer.item_id}"
        own.setdefault((answer.reviewer, answer.item_id), set()).add(name)
    pairs = []
    for answer in answers:
        mine = own[answer.reviewer, answer.item_id]
        others = [
            one
            for one in of_item.get((answer.item_id, answer.question), ())
            if one.event_id not in mine
        ]
        gold = max(others, key=lambda one: one.order, default=None)
        if gold is not None and gold.label is not None:
            pairs.append((answer, gold.label))
    return _compared(pairs, scales)


def _compared(
    pairs: Sequence[tuple[Answer, str]], scales: Mapping[Asked, str]
) -> dict[str, list[Comparison]]:
    """Return comparisons by reviewer, each in the measure of its question."""
    by_question: dict[Asked, list[tuple[Answer, str]]] = {}
    for answer, other in pairs:
        by_question.setdefault((answer.project_id, answer.question), []).append((answer, other))
    found: dict[str, list[Comparison]] = {}
    for asked, some in by_question.items():
        # a question that was taken away since is nominal
        scale = scales.get(asked, "nominal")
        same = alike(scale, [a.label for a, _ in some], [other for _, other in some])
        for (answer, _), is_same in zip(some, same, strict=True):
            one = Comparison(at=answer.at, kind=answer.kind, same=is_same)
            found.setdefault(answer.reviewer, []).append(one)
    return found
