"""The gate's openings and closings: events of the acts that turned it."""

import json

import pytest
from crowds import FLIP, small_crowd
from factories import label, owner
from recorded import history, project, record

from labeltrust.domain.access import SourceChange
from labeltrust.services.add_source import change_source
from labeltrust.services.assess_project import assess_project
from labeltrust.services.freeze_labels import FreezeDraft, freeze_labels
from labeltrust.services.note_gate import watch_gates
from labeltrust.services.show_gate import gate_snippets, show_gate
from labeltrust.services.verify_ledger import verify_ledger


@pytest.fixture
def frauds(deployment):
    project(deployment)
    record(deployment, [label("i1", "alice"), label("i1", "bob")])
    return deployment


def turns(deployment):
    return [row.type for row in history(deployment, "gate.")]


def test_the_first_assessment_opens_the_gate_and_says_so_once(frauds):
    assess_project(frauds, owner(), "fraud")
    assess_project(frauds, owner(), "fraud")

    assert turns(frauds) == ["gate.opened"]
    found = show_gate(frauds, owner(), "fraud")
    assert found.gate.open
    assert found.standing.actor == "system:policy"


def test_a_source_on_probation_closes_the_gate_and_its_vetting_opens_it(frauds):
    assess_project(frauds, owner(), "fraud")
    change_source(frauds, owner(), "feed", SourceChange(status="probation"), reason="a leak")
    closed = show_gate(frauds, owner(), "fraud")
    change_source(frauds, owner(), "feed", SourceChange(status="trusted"), reason="vetted")

    assert turns(frauds) == ["gate.opened", "gate.closed", "gate.opened"]
    assert not closed.gate.open
    assert [code for code, _ in closed.standing.reasons] == ["source_on_probation"]
    (event,) = history(frauds, "gate.closed")
    assert event.actor == "os:tester"
    assert json.loads(event.detail)["reasons"][0]["code"] == "source_on_probation"
    assert verify_ledger(frauds, owner()).ok


def test_an_act_that_turns_nothing_leaves_no_event(frauds):
    assess_project(frauds, owner(), "fraud")
    draft = FreezeDraft(project="fraud", labeler="alice", reason="x")
    freeze_labels(frauds, owner(), draft)

    assert turns(frauds) == ["gate.opened"]


def test_a_gate_that_closes_by_waiting_is_noticed_by_looking(frauds, clock):
    assess_project(frauds, owner(), "fraud")
    record(frauds, [label("i2", "alice")])
    clock.tick(frauds.settings.stale_after_seconds + 1)
    unnoticed = show_gate(frauds, owner(), "fraud")
    watch_gates(frauds)
    watch_gates(frauds)

    assert (unnoticed.gate.open, unnoticed.standing) == (False, None)
    found = show_gate(frauds, owner(), "fraud")
    assert found.standing.reasons[0][0] == "assessment_stale"
    assert turns(frauds) == ["gate.opened", "gate.closed"]


def test_history_comes_in_pages(frauds, monkeypatch):
    from labeltrust.services import show_gate as module  # noqa: PLC0415 - a smaller page

    monkeypatch.setattr(module, "ON_A_PAGE", 2)
    assess_project(frauds, owner(), "fraud")
    for status in ("probation", "trusted"):
        change_source(frauds, owner(), "feed", SourceChange(status=status), reason="x")

    first = show_gate(frauds, owner(), "fraud")
    rest = show_gate(frauds, owner(), "fraud", before=first.before)

    assert [turn.open for turn in (*first.turns, *rest.turns)] == [True, False, True]
    assert rest.before is None


def test_events_of_the_gate_name_nobody(deployment):
    crowd = small_crowd(FLIP, seed=0)
    project(deployment)
    record(deployment, crowd.events)
    assess_project(deployment, owner(), "fraud")

    names = {event.labeler for event in crowd.events if event.labeler}
    for event in history(deployment, "gate."):
        assert not any(f'"{name}"' in event.detail for name in names)


def test_snippets_quote_whatever_a_project_is_called():
    (_, shell), (_, python) = gate_snippets("https://l.example", """a'; rm -rf "$HOME" #""")

    assert shell.startswith("labeltrust gate --project 'a'\"'\"'; rm")
    compile(python, "snippet", "exec")
