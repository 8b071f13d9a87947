"""Blind re-labeling: the work a reviewer is given, and the verdicts that come back.

What is handed out never tells who labeled an item, which label was given, or why it was chosen.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from labeltrust.domain.audits import RUNNING
from labeltrust.domain.errors import Conflict, NotFound
from labeltrust.domain.principals import Principal
from labeltrust.services import _audit_acts
from labeltrust.services._acts import begin_act
from labeltrust.services._audit_findings import question_named
from labeltrust.services._audits import known_reviewer, reviewer_name, seen_audit
from labeltrust.services.deployment import Deployment
from labeltrust.store import audit_work, audits
from labeltrust.store.audit_work import Turn
from labeltrust.store.audits import AuditRow
from labeltrust.store.inserting import known_id
from labeltrust.store.names import ItemWords, item_words
from labeltrust.store.projects import project_of, project_row, project_rows
from labeltrust.store.session import reading, unit_of_work

MOST_COUNTED = 1_000
"""How far open work is counted for a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What reviewers are asked about each item.

    Attributes:
        audit: Number of the audit.
        project: Name of the project.
        question: Name of the question.
        scale: Its scale.
        classes: Answers to choose from, or None where any may be given.
        closed: Whether no other answer is taken.
        guideline: What labelers were told.
    """

    audit: int
    project: str
    question: str
    scale: str
    classes: tuple[str, ...] | None
    closed: bool
    guideline: str
    guideline_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewTask:
    """One item to re-label; nothing of what anybody said about it.

    Attributes:
        task: Number of the task.
        item: Outside id of the item.
        content: What there is to see.
    """

    task: int
    item: str
    content: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditTasks:
    """The work of one reviewer in one audit.

    Attributes:
        asked: The question.
        tasks: Open ones, in random order.
        done: Verdicts of this reviewer.
        left: Open tasks of this reviewer, at most `MOST_COUNTED`.
    """

    asked: Asked
    tasks: tuple[ReviewTask, ...]
    done: int
    left: int


def audit_tasks(
    deployment: Deployment, principal: Principal, audit: int, *, limit: int = 100
) -> AuditTasks:
    """Return the open tasks of an audit that the caller may take.

    Raises:
        NotAllowed: The role may not review.
        NotFound: There is no such audit in scope.
    """
    with reading(deployment.engine) as session:
        row = seen_audit(session, principal, audit, "review")
        name = reviewer_name(principal)
        reviewer = known_reviewer(deployment, session, name, [row.project_id])
        running = [audit] if row.state.status in RUNNING else []
        most = max(limit, MOST_COUNTED)
        turns = audit_work.open_turns(session, running, reviewer, limit=most)
        done = audit_work.answered_by(session, [audit], name).get(audit, 0)
        asked = asked_in(session, row)
    words = item_words(deployment.engine, [turn.item_id for turn in turns[:limit]])
    tasks = tuple(_task(turn, words) for turn in turns[:limit])
    return AuditTasks(asked=asked, tasks=tasks, done=done, left=len(turns))


def show_task(deployment: Deployment, principal: Principal, task: int) -> AuditTasks:
    """Return one task that the caller may take.

    Raises:
        NotAllowed: The role may not review.
        NotFound: There is no such task in scope.
        Conflict: It is answered, or not the caller's to answer.
    """
    with reading(deployment.engine) as session:
        principal.require("review")
        turn = audit_work.get_turn(session, task)
        row = seen_audit(session, principal, turn.audit_id, "review")
        name = reviewer_name(principal)
        reviewer = known_reviewer(deployment, session, name, [row.project_id])
        audit = [row.state.id] if row.state.status in RUNNING else []
        fit = audit_work.open_turns(session, audit, reviewer, item_id=turn.item_id)
        if task not in {one.id for one in fit}:
            raise Conflict(f"task {task} is not open for you; take the next one")
        mine = audit_work.open_turns(session, audit, reviewer, limit=MOST_COUNTED)
        done = audit_work.answered_by(session, [row.state.id], name).get(row.state.id, 0)
        asked = asked_in(session, row)
    words = item_words(deployment.engine, [turn.item_id])
    return AuditTasks(asked=asked, tasks=(_task(turn, words),), done=done, left=len(mine))


def _task(turn: Turn, words: Mapping[int, ItemWords]) -> ReviewTask:
    item = words[turn.item_id]
    return ReviewTask(task=turn.id, item=item.name, content=json.loads(item.content))


def asked_in(session: Session, row: AuditRow) -> Asked:
    """Return what reviewers of an audit are asked."""
    project = project_of(session, project_row(session, row.project))
    question = question_named(project.questions, row.state.question)
    return Asked(
        audit=row.state.id,
        project=row.project,
        question=question.name,
        scale=question.scale,
        classes=question.classes or row.state.plan.choices or None,
        closed=question.classes is not None and question.scale != "set",
        guideline=project.guideline,
        guideline_version=project.guideline_version,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenWork:
    """What waits for a reviewer.

    Attributes:
        audit: Number of the audit.
        project: Name of its project.
        question: Name of the question.
        next_task: The first open task.
        left: How many are open.
        done: How many the reviewer answered.
    """

    audit: int
    project: str
    question: str
    next_task: int
    left: int
    done: int


def open_work(deployment: Deployment, principal: Principal) -> list[OpenWork]:
    """Return the audits in scope that have work for the caller, oldest first.

    Raises:
        NotAllowed: The role may not review.
    """
    principal.require("review")
    name = reviewer_name(principal)
    with reading(deployment.engine) as session:
        rows = audits.list_audits(
            session, project_ids=_in_scope(session, principal), statuses=RUNNING
        )
        done = audit_work.answered_by(session, [row.state.id for row in rows], name)
        reviewer = known_reviewer(deployment, session, name, [row.project_id for row in rows])
        work = audit_work.open_items(session, [row.state.id for row in rows], reviewer)
    return [
        OpenWork(
            audit=row.state.id,
            project=row.project,
            question=row.state.question,
            next_task=work[row.state.id].first,
            left=work[row.state.id].items,
            done=done.get(row.state.id, 0),
        )
        for row in reversed(rows)
        if row.state.id in work
    ]


def _in_scope(session: Session, principal: Principal) -> Collection[int] | None:
    if principal.projects is None:
        return None
    return [known_id(p.id) for p in project_rows(session) if principal.sees(p.name)]


def undo_verdict(deployment: Deployment, principal: Principal) -> int:
    """Take back the caller's last verdict in audits that are under way; return its task.

    Raises:
        NotAllowed: The role may not review.
        NotFound: There is none to take back.
    """
    principal.require("review")
    name = reviewer_name(principal)
    with unit_of_work(deployment.engine) as session:
        scope = _in_scope(session, principal)
        rows = audits.list_audits(session, project_ids=scope, statuses=RUNNING)
        last = audit_work.last_answer(session, [row.state.id for row in rows], name)
        if last is None:
            raise NotFound("there is no verdict of yours to take back")
        row = audits.get_audit(session, last.audit_id)
        project = project_row(session, row.project)
        act = begin_act(session, project, principal.name, deployment.clock())
        state = audits.get_audit(session, last.audit_id).state  # again, now that nobody can act
        _audit_acts.take_back(act, state, last)
    return last.id
