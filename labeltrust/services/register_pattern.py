"""Register trigger patterns, remove them, settle what they found; list patterns and hits."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import msgspec
from sqlmodel import Session, col, select

from labeltrust.domain.errors import Conflict, NotFound
from labeltrust.domain.naming import checked_note
from labeltrust.domain.principals import Principal
from labeltrust.domain.triggers import MOST_PATTERNS, Hit, Pattern
from labeltrust.policy.trigger_patterns import checked_pattern, excerpt, searched
from labeltrust.services._acts import Act, begin_act, note
from labeltrust.services.deployment import Deployment
from labeltrust.store import triggers
from labeltrust.store.names import ItemWords, item_words
from labeltrust.store.projects import project_row
from labeltrust.store.session import reading, unit_of_work
from labeltrust.store.tables import Project, TriggerPattern

_decode = msgspec.json.Decoder(dict[str, Any]).decode


def add_pattern(
    deployment: Deployment,
    principal: Principal,
    project: str,
    expression: str,
    *,
    place: str = "all",
    reason: str,
) -> Pattern:
    """Look for an expression in every item from now on, and in all there are; undo: remove it.

    Raises:
        NotAllowed: The role may not configure.
        NotFound: There is no such project in scope.
        InvalidInput: The expression cannot be looked for, or the reason is empty.
        Conflict: It is looked for already, or too many are.
    """
    principal.require("configure", project)
    checked_pattern(expression, place)
    said = checked_note(reason, "reason")
    with unit_of_work(deployment.engine) as session:
        act = begin_act(session, project_row(session, project), principal.name, deployment.clock())
        live = triggers.live_patterns(session, act.project_id)
        if len(live) >= MOST_PATTERNS or any(
            (one.expression, one.place) == (expression, place) for one in live
        ):
            detail = f"it is looked for already, or {MOST_PATTERNS} patterns are"
            raise Conflict(detail)
        row = TriggerPattern(
            project_id=act.project_id,
            expression=expression,
            place=place,
            reason=said,
            added_at=act.at,
            added_by=act.actor,
        )
        number = triggers.add_pattern(session, row)
        told = {"pattern": number, "expression": expression, "place": place, "reason": said}
        note(act, "pattern.added", told)
        [made] = triggers.patterns_of(session, act.project, number)
        return made


def remove_pattern(
    deployment: Deployment, principal: Principal, number: int, *, reason: str
) -> Pattern:
    """Look for a pattern no more; its hits stay on record, and its alert ends. Undo: add it anew.

    Raises:
        NotAllowed: The role may not configure.
        NotFound: There is no such pattern in scope.
        Conflict: It was removed already.
        InvalidInput: The reason is empty.
    """
    principal.require("configure")
    said = checked_note(reason, "reason")
    with unit_of_work(deployment.engine) as session:
        act, row = _begun(deployment, session, principal, number)
        if row.removed_at is not None:
            detail = f"pattern {number} was removed already"
            raise Conflict(detail)
        row.removed_at, row.removed_by, row.removed_why = act.at, act.actor, said
        session.add(row)
        session.flush()
        note(act, "pattern.removed", {"pattern": number, "reason": said})
        return triggers.patterns_of(session, act.project, number)[0]


def settle_pattern(
    deployment: Deployment, principal: Principal, number: int, *, reason: str, undo: bool = False
) -> Pattern:
    """Say that all hits of a pattern were dealt with, or take that back; new hits alert anew.

    Raises:
        NotAllowed: The role may not mend.
        NotFound: There is no such pattern in scope.
        Conflict: No hit waits, or none is settled.
        InvalidInput: The reason is empty.
    """
    principal.require("mend")
    said = checked_note(reason, "reason")
    with unit_of_work(deployment.engine) as session:
        act, _ = _begun(deployment, session, principal, number)
        n = triggers.settle_hits(session, number, None if undo else act.at)
        if not n:
            detail = f"no hit of pattern {number} {'is settled' if undo else 'waits'}"
            raise Conflict(detail)
        kind = "trigger.reopened" if undo else "trigger.settled"
        note(act, kind, {"pattern": number, "n": n, "reason": said})
        return triggers.patterns_of(session, act.project, number)[0]


def list_patterns(deployment: Deployment, principal: Principal, project: str) -> list[Pattern]:
    """Return the patterns of a project, removed ones too, newest first.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such project in scope.
    """
    principal.require("read", project)
    with reading(deployment.engine) as session:
        return triggers.patterns_of(session, project_row(session, project))


def list_hits(
    deployment: Deployment, principal: Principal, number: int, *, after: int = 0, limit: int = 100
) -> tuple[Pattern, list[Hit]]:
    """Return a pattern, and items that hold it by their row, with what surrounds the place.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such pattern in scope.
    """
    principal.require("read")
    with reading(deployment.engine) as session:
        row, project = _seen(session, principal, number)
        [pattern] = triggers.patterns_of(session, project, number)
        hits = triggers.hits_of(session, number, after=after, limit=limit)
    words = item_words(deployment.engine, [hit.item_id for hit in hits])
    return pattern, _shown(row, hits, words)


def _shown(row: TriggerPattern, hits: Sequence[Hit], words: dict[int, ItemWords]) -> list[Hit]:
    found = []
    for hit in hits:
        told = words.get(hit.item_id)
        text = ""
        if told is not None:
            text = searched(_decode(told.content), _decode(told.features), row.place)
        found.append(replace(hit, excerpt=excerpt(row.expression, text)))
    return found


def _begun(
    deployment: Deployment, session: Session, principal: Principal, number: int
) -> tuple[Act, TriggerPattern]:
    row, project = _seen(session, principal, number)
    act = begin_act(session, project, principal.name, deployment.clock())
    session.refresh(row)
    return act, row


def _seen(session: Session, principal: Principal, number: int) -> tuple[TriggerPattern, Project]:
    row = triggers.pattern_row(session, number)
    project = session.exec(select(Project).where(col(Project.id) == row.project_id)).one()
    if not principal.sees(project.name):
        detail = f"no pattern {number}"
        raise NotFound(detail)
    return row, project
