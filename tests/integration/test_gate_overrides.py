"""Two persons open a closed gate for a while: over what they saw, never over tampering."""

import json
from datetime import timedelta

import pytest
from commands import commands
from factories import START, label, owner
from recorded import history, project, record
from tampering import tamper

from labeltrust.app import wall_clock
from labeltrust.domain.access import SourceChange
from labeltrust.domain.errors import Conflict, InvalidInput, NotAllowed
from labeltrust.domain.overrides import LONGEST
from labeltrust.domain.principals import Principal
from labeltrust.services.add_source import change_source
from labeltrust.services.assess_project import assess_project
from labeltrust.services.check_gate import check_gate
from labeltrust.services.give_approval import approve
from labeltrust.services.list_approvals import show_approval
from labeltrust.services.note_gate import watch_gates
from labeltrust.services.override_gate import ask_override, revoke_override

REWRITTEN = "UPDATE event SET received_us = received_us + 1 WHERE type = 'label.submitted'"
LATER = START + timedelta(hours=8)


def person(name, role="qa_lead"):
    return Principal(name=f"person:{name}", role=role, projects=None, person=name)


ANN, BEN = person("ann"), person("ben", "on_call")


@pytest.fixture
def closed(deployment):
    """A gate that a source on probation keeps closed."""
    project(deployment)
    record(deployment, [label("i1", "alice"), label("i1", "bob")])
    assess_project(deployment, owner(), "fraud")
    change_source(deployment, owner(), "feed", SourceChange(status="probation"), reason="a leak")
    return deployment


def asked(deployment, who=ANN, until=LATER, reason="release 7"):
    return ask_override(deployment, who, "fraud", until=until, reason=reason)


def overridden(deployment, until=LATER):
    request = asked(deployment, until=until)
    approve(deployment, BEN, request.id, reason="the leak is in old labels only")


def gate(deployment):
    return check_gate(deployment, owner(), "fraud")


def test_a_second_person_opens_the_gate_and_both_are_named(closed):
    request = asked(closed)
    before = gate(closed)
    approve(closed, BEN, request.id, reason="the leak is in old labels only")
    found = gate(closed)

    assert not before.open
    assert found.open
    assert [reason.code for reason in found.reasons] == ["overridden"]
    assert [reason.code for reason in found.overridden] == ["source_on_probation"]
    assert (found.override.asked_by, found.override.approved_by) == ("person:ann", "person:ben")
    assert "release 7" in found.override.reason
    assert found.exclusions == before.exclusions
    said = [(event.type, event.actor) for event in history(closed, "gate.")]
    assert said[-2:] == [("gate.overridden", "person:ben"), ("gate.opened", "person:ben")]
    assert ("source_on_probation", "stands") in show_approval(closed, owner(), request.id).said


def test_it_ends_by_itself(closed, clock):
    overridden(closed)
    clock.tick(8 * 3600)

    watch_gates(closed)

    assert not gate(closed).open
    assert history(closed, "gate.")[-1].type == "gate.closed"


def test_one_person_ends_it_before_its_time(closed):
    overridden(closed)

    ended = revoke_override(closed, ANN, "fraud", reason="released")

    assert (ended.ended_by, ended.end_reason) == ("person:ann", "released")
    assert not gate(closed).open
    types = [event.type for event in history(closed, "gate.")]
    assert types[-2:] == ["gate.override_ended", "gate.closed"]
    with pytest.raises(Conflict):
        revoke_override(closed, ANN, "fraud", reason="again")


def test_what_comes_later_closes_the_gate_again(closed, clock):
    overridden(closed)
    clock.tick(60)
    record(closed, [label("i2", "alice")])
    clock.tick(closed.settings.stale_after_seconds + 1)

    found = gate(closed)

    assert not found.open
    assert {reason.code for reason in found.reasons} == {"source_on_probation", "assessment_stale"}
    assert found.override is None


def test_nobody_opens_it_alone_nor_over_tampering(closed):
    request = asked(closed)
    with pytest.raises(NotAllowed):
        approve(closed, ANN, request.id, reason="me again")
    overridden_before = gate(closed)
    tamper(closed, REWRITTEN)

    with pytest.raises(Conflict, match="tampering"):
        asked(closed, until=LATER + timedelta(hours=1))
    with pytest.raises(Conflict, match="tampering"):
        approve(closed, BEN, request.id, reason="x")
    assert not overridden_before.open


def test_an_override_that_stands_does_not_cover_tampering(closed):
    overridden(closed)
    tamper(closed, REWRITTEN)

    found = gate(closed)

    assert not found.open
    assert "tampering" in {reason.code for reason in found.reasons}


def test_what_was_asked_about_must_still_be_all_that_keeps_it_closed(closed, clock):
    request = asked(closed)
    record(closed, [label("i2", "alice")])
    clock.tick(closed.settings.stale_after_seconds + 1)

    with pytest.raises(Conflict, match="other reasons"):
        approve(closed, BEN, request.id, reason="x")


@pytest.mark.parametrize("until", [START, START + LONGEST + timedelta(seconds=1)])
def test_it_ends_in_the_near_future(closed, until):
    with pytest.raises(InvalidInput, match="within 7 days"):
        asked(closed, until=until)


def test_an_open_gate_is_not_overridden_and_not_everybody_may(closed):
    with pytest.raises(NotAllowed):
        asked(closed, who=person("eve", "ml_engineer"))
    change_source(closed, owner(), "feed", SourceChange(status="trusted"), reason="vetted")

    with pytest.raises(Conflict, match="is open"):
        asked(closed)


def test_the_command_line_says_that_it_is_open_by_override(
    closed, clock, settings, monkeypatch, capsys
):
    cli = commands(settings, monkeypatch, capsys)
    clock.now = wall_clock()
    overridden(closed, until=clock.now + timedelta(hours=1))
    later = (clock.now + timedelta(hours=2)).isoformat()

    shown = cli("gate", "-p", "fraud")
    as_json = cli("gate", "-p", "fraud", "--json")
    ended = cli("approval", "end-override", "-p", "fraud", "--reason", "x")
    again = cli("approval", "override", "-p", "fraud", "--until", later, "--reason", "x")

    assert shown.code == 0
    assert "open BY OVERRIDE" in shown.out
    assert "overridden: source_on_probation" in shown.out
    assert as_json.document["override"]["approved_by"] == "person:ben"
    assert "is over" in ended.out
    assert "is waiting" in again.out
    assert json.loads(history(closed, "gate.overridden")[0].detail)["asked_by"] == "person:ann"
