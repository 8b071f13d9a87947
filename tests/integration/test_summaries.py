"""All projects in one line each: the gate as it was noticed, whoever's act turned it."""

import pytest
from factories import label, owner
from flagging import counted_queries, flagged
from recorded import project, record

from labeltrust.domain.access import SourceChange
from labeltrust.domain.principals import Principal
from labeltrust.services.add_source import change_source
from labeltrust.services.assess_project import assess_project
from labeltrust.services.check_gate import check_gate
from labeltrust.services.list_summaries import list_summaries
from labeltrust.services.note_gate import watch_gates


@pytest.fixture
def frauds(deployment):
    project(deployment)
    project(deployment, "other", source="feed2")
    record(deployment, [label("i1", "alice"), label("i1", "bob")])
    return deployment


def test_a_project_that_was_never_assessed_has_no_turn_and_no_numbers(frauds):
    found = list_summaries(frauds, owner())

    assert [one.name for one in found] == ["fraud", "other"]
    assert all(one.gate is None and one.assessed is None for one in found)
    assert not check_gate(frauds, owner(), "fraud").open


def test_the_gate_is_told_as_acts_and_time_turn_it(frauds, clock):
    assess_project(frauds, owner(), "fraud")
    opened = list_summaries(frauds, owner())[0]
    change_source(frauds, owner(), "feed", SourceChange(status="probation"), reason="a leak")
    closed = list_summaries(frauds, owner())[0]
    change_source(frauds, owner(), "feed", SourceChange(status="trusted"), reason="vetted")
    record(frauds, [label("i2", "alice")])
    clock.tick(10 * 86_400)
    watch_gates(frauds)
    stale = list_summaries(frauds, owner())[0]

    assert opened.gate.open
    assert opened.assessed["labels"] == 2
    assert not closed.gate.open
    assert stale.gate.open is check_gate(frauds, owner(), "fraud").open is False
    assert "assessment_stale" in dict(stale.gate.reasons)


def test_only_projects_in_scope_are_told_with_their_open_flags(frauds):
    flagged(frauds)
    flagged(frauds, "bob")
    reader = Principal(name="person:ann", role="reviewer", projects=frozenset({"fraud"}))

    found = list_summaries(frauds, reader)

    assert [(one.name, one.open_flags) for one in found] == [("fraud", 2)]


def test_twenty_projects_take_as_many_queries_as_two(frauds):
    with counted_queries(frauds) as of_two:
        list_summaries(frauds, owner())
    for k in range(18):
        project(frauds, f"more-{k}", source=f"feed-{k + 3}")

    with counted_queries(frauds) as of_many:
        found = list_summaries(frauds, owner())

    assert len(found) == 20
    assert len(of_many) == len(of_two)
