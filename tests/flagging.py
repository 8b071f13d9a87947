"""Flags and freezes as an assessment opens them, people who decide, and queries counted."""

from collections.abc import Iterator
from contextlib import contextmanager

from factories import START, owner
from sqlalchemy import event
from sqlmodel import select

from labeltrust.domain.flags import FlagState
from labeltrust.domain.freezes import FreezeState
from labeltrust.domain.principals import Principal
from labeltrust.services import _acts
from labeltrust.services.add_person import add_person
from labeltrust.services.deployment import Deployment
from labeltrust.store.assessments import MACHINE
from labeltrust.store.projects import project_row
from labeltrust.store.session import unit_of_work
from labeltrust.store.tables import LabelerAlias


def flagged(
    deployment: Deployment,
    name: str = "alice",
    *,
    freeze: str | None = None,
    project: str = "fraud",
    evidence: dict | None = None,
    **more: object,
) -> int:
    """Open a flag as an assessment does, with an automatic freeze of a kind."""
    with unit_of_work(deployment.engine) as session:
        alias = select(LabelerAlias.id).where(LabelerAlias.outside_id == name)
        who = session.exec(alias).first()
        at = deployment.clock()
        act = _acts.begin_act(session, project_row(session, project), MACHINE, at)
        values = {
            "severity": "high", "signals": ("targeted_flip",), "contested": False, "since": START,
            "evidence": {"strong": True} if evidence is None else evidence,
        } | more  # fmt: skip
        state = FlagState(
            id=0, labeler_id=who, status="open", opened_at=at, updated_at=at, **values
        )
        number = _acts.open_flag(act, state)
        if freeze is not None:
            held = FreezeState(
                id=0, kind=freeze, labeler_id=who, flag_id=number, since=START, automatic=True,
                placed_at=at, placed_by=act.actor,
            )  # fmt: skip
            _acts.place_freeze(act, held, "strong evidence")
    return number


def person(deployment: Deployment, name: str, role: str = "qa_lead", projects=None) -> Principal:
    """Add a person and return them as signed in."""
    scope = None if projects is None else tuple(projects)
    add_person(deployment, owner(), name=name, role=role, projects=scope)
    seen = None if projects is None else frozenset(projects)
    return Principal(name=f"person:{name}", role=role, projects=seen, person=name)


@contextmanager
def counted_queries(deployment: Deployment) -> Iterator[list[str]]:
    """Collect the statements that a database is asked."""
    asked: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        asked.append(statement)

    event.listen(deployment.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(deployment.engine, "before_cursor_execute", note)
