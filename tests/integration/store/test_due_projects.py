"""Of many projects those are looked at where something may have changed, and all in their turn."""

from datetime import timedelta

import pytest
from factories import label, owner
from recorded import record

from labeltrust.domain.access import SourceDraft
from labeltrust.domain.projects import ProjectDraft
from labeltrust.services.add_source import add_source
from labeltrust.services.assess_project import assess_project
from labeltrust.services.create_project import create_project
from labeltrust.store.due_projects import FEW, ROUND_MINUTES, Named, due_projects
from labeltrust.store.session import reading
from labeltrust.store.sources import find_source

NOBODY = Named(projects=frozenset(), sources=frozenset())


@pytest.fixture
def many(deployment):
    names = [f"p{k:02}" for k in range(FEW + 10)]
    for name in names:
        create_project(deployment, owner(), ProjectDraft(name=name))
    draft = SourceDraft(name="feed", platform="generic", projects=("p07", "p18"))
    add_source(deployment, owner(), draft)
    with reading(deployment.engine) as session:
        row = find_source(session, "feed")
        return deployment, set(names), row.id


def due(deployment, minutes=0, named=NOBODY):
    with reading(deployment.engine) as session:
        at = deployment.clock() + timedelta(minutes=minutes)
        return [row.name for row in due_projects(session, at, named)]


def numbers(deployment):
    with reading(deployment.engine) as session:
        everything = Named(projects=frozenset(range(1, 1_000)), sources=frozenset())
        rows = due_projects(session, deployment.clock(), everything)
        return {row.name: row.id for row in rows}


def test_a_few_are_looked_at_each_minute(deployment):
    for name in ("b", "a"):
        create_project(deployment, owner(), ProjectDraft(name=name))

    assert due(deployment) == due(deployment, 1) == ["a", "b"]


def test_of_many_quiet_ones_each_has_its_turn_once_in_a_round(many):
    deployment, names, _ = many

    turns = [due(deployment, minute) for minute in range(ROUND_MINUTES)]

    assert sorted(name for turn in turns for name in turn) == sorted(names)
    assert max(map(len, turns)) < len(names) / 5


def test_who_was_sent_labels_or_assessed_is_looked_at_until_ten_minutes_later(many):
    deployment, _, _ = many
    record(deployment, [label("i1", "alice", project="p07")])
    create_project(deployment, owner(), ProjectDraft(name="assessed"))
    assess_project(deployment, owner(), "assessed")

    always = set.intersection(*(set(due(deployment, minute)) for minute in range(ROUND_MINUTES)))
    later = set.intersection(*(set(due(deployment, 20 + m)) for m in range(ROUND_MINUTES)))

    assert always == {"p07", "p18", "assessed"}
    assert later == set()


def test_who_people_were_told_of_is_always_looked_at(many):
    deployment, _, source = many
    number = numbers(deployment)["p31"]
    named = Named(projects=frozenset({number}), sources=frozenset({source}))

    turns = [set(due(deployment, minute, named)) for minute in range(ROUND_MINUTES)]

    assert set.intersection(*turns) == {"p07", "p18", "p31"}
