"""The timeline of an incident: audits, appeals, acts of two persons, training sets; and times."""

from datetime import timedelta

import pytest
from audited import crowd, drawn, person, reviewed
from commands import commands
from factories import START, owner
from flagging import flagged

from labeltrust.domain.access import SourceChange
from labeltrust.services.add_source import change_source
from labeltrust.services.ask_approval import ask_approval
from labeltrust.services.assess_project import assess_project
from labeltrust.services.create_snapshot import create_snapshot
from labeltrust.services.decide_appeal import decide_appeal
from labeltrust.services.finish_audit import cancel_audit, finish_audit, resume_audit
from labeltrust.services.freeze_labels import FreezeDraft, freeze_labels
from labeltrust.services.give_approval import approve, refuse
from labeltrust.services.incident_members import MemberDraft, add_member
from labeltrust.services.open_appeal import open_appeal
from labeltrust.services.open_incident import IncidentDraft, open_incident
from labeltrust.services.override_gate import ask_override, revoke_override
from labeltrust.services.postmortem_page import postmortem_text
from labeltrust.services.read_timeline import read_timeline
from labeltrust.services.register_model import register_model
from labeltrust.services.send_notice import send_notice
from labeltrust.services.show_incident import show_incident
from labeltrust.services.use_snapshot import use_snapshot

QA, BEN = person("quinn", "qa_lead"), person("ben", "qa_lead")


@pytest.fixture
def flag(deployment, clock):
    """A flag on mallory, an hour after her first bad label, with a freeze."""
    crowd(deployment)
    clock.tick(3_600)
    return flagged(deployment, "mallory", freeze="label")


@pytest.fixture
def case(deployment, flag):
    draft = IncidentDraft(project="fraud", title="a ring", flags=(flag,))
    return open_incident(deployment, QA, draft)


@pytest.fixture
def cli(settings, monkeypatch, capsys):
    return commands(settings, monkeypatch, capsys)


def told(deployment, case, *kinds, who=QA):
    """What and text of the entries of some kinds."""
    entries = show_incident(deployment, who, case).timeline
    return [(e.what, e.text) for e in entries if e.what.split()[0] in kinds]


def test_audits_are_told_as_drawn_and_finished_with_their_result(deployment, case, flag):
    number = drawn(deployment, QA, flag=flag).audit.id
    other = drawn(deployment, QA, labeler="victim").audit.id
    cancel_audit(deployment, QA, number, reason="too early")
    resume_audit(deployment, QA, number, reason="now")
    reviewed(deployment, number, "ann", "ben")
    finish_audit(deployment, QA, number, note="complete")

    entries = dict(told(deployment, case, "audit"))

    assert list(entries) == ["audit drawn", "audit cancelled", "audit resumed", "audit finished"]
    assert entries["audit drawn"] == (
        f"audit {number}, for flag {flag}, 60 items, labeler mallory: accused"
    )
    assert "error rate 0." in entries["audit finished"]
    assert "of 60 re-labeled, proposal: confirm" in entries["audit finished"]
    assert f"audit {other}" not in str(entries)


def test_whom_an_audit_under_way_is_about_is_not_told_to_who_re_labels_in_it(
    deployment, case, flag, clock
):
    number = drawn(deployment, QA, flag=flag).audit.id
    reviewer = person("ann")

    before = told(deployment, case, "audit", who=reviewer)
    read = read_timeline(deployment, reviewer, "fraud", (START, clock.now))[0]
    reviewed(deployment, number, "ann", "ben")
    finish_audit(deployment, QA, number, note="complete")

    assert before == []
    assert not [entry for entry in read if entry.what.startswith("audit")]
    assert [what for what, _ in told(deployment, case, "audit", who=reviewer)] == [
        "audit drawn", "audit finished",
    ]  # fmt: skip


def test_notices_and_appeals_are_told_with_their_outcome(deployment, case):
    send_notice(deployment, QA, 1, sent_to="her manager")
    number = open_appeal(deployment, QA, 1, reason="the guideline changed").id
    decide_appeal(deployment, BEN, number, outcome="overturned", reason="it did")

    assert told(deployment, case, "notice", "appeal") == [
        ("notice sent", "freeze 1, labeler mallory"),
        ("appeal opened", f"appeal {number} against freeze 1, labeler mallory"),
        (
            "appeal decided",
            f"appeal {number} against freeze 1, labeler mallory: overturned; it did",
        ),
    ]


def test_acts_of_two_persons_are_told_where_they_concern_gate_or_suspects(deployment, case, clock):
    freeze_labels(deployment, QA, FreezeDraft(project="fraud", labeler="victim", reason="x"))
    assess_project(deployment, owner(), "fraud")
    change_source(deployment, owner(), "feed", SourceChange(status="probation"), reason="a leak")
    mine, others = (
        ask_approval(
            deployment, QA, "mass_lift", project="fraud", change={"freezes": [n]}, reason="cleared"
        )
        for n in (1, 2)
    )
    refuse(deployment, BEN, mine.id, reason="not yet")
    refuse(deployment, BEN, others.id, reason="not yet")
    until = clock.now + timedelta(hours=8)
    request = ask_override(deployment, QA, "fraud", until=until, reason="release 7")
    approve(deployment, BEN, request.id, reason="old labels only")
    revoke_override(deployment, QA, "fraud", reason="released")

    entries = told(deployment, case, "approval", "gate")

    words = [what for what, _ in entries if what != "gate closed"]
    assert words == [
        "gate opened", "approval asked", "approval refused", "approval asked",
        "approval approved", "gate overridden", "gate opened", "gate override ended",
    ]  # fmt: skip
    texts = [text for _, text in entries]
    assert f"request {mine.id} to lift freezes 1: cleared" in texts
    assert f"request {mine.id} to lift freezes 1: not yet" in texts
    assert any("although it is closed until" in text for text in texts)
    assert any(text.startswith("open until ") and "asked by person:quinn" in text
               for text in texts)  # fmt: skip


def test_training_sets_made_and_used_and_models_are_told(deployment, case):
    assess_project(deployment, owner(), "fraud")
    first = create_snapshot(deployment, owner(), "fraud")["snapshot"]
    use_snapshot(deployment, owner(), first, reason="the first one")
    register_model(deployment, owner(), first, model="fraud-net", version="1")

    entries = dict(told(deployment, case, "snapshot", "model"))

    assert entries["snapshot used"] == f"snapshot {first}: the first one"
    assert entries["model trained"] == f"fraud-net 1 on snapshot {first}"
    assert entries["snapshot created"].startswith(f"snapshot {first} with ")


def test_times_say_what_they_are_measured_from_and_to(deployment, case, flag, clock, cli):
    clock.tick(3_600)
    add_member(deployment, QA, case, MemberDraft(labeler="liar-a"))
    made = freeze_labels(deployment, QA, FreezeDraft(project="fraud", labeler="liar-a", reason="x"))

    found = show_incident(deployment, QA, case)

    detect, contain = found.to_detect, found.to_contain
    assert (detect.start, detect.start_of) == (START, f"the estimated onset of flag {flag}")
    assert detect.end_of == f"the opening of flag {flag}"
    assert detect.seconds == (detect.end - START).total_seconds() > 0
    assert contain.start_of == f"the opening of flag {flag}"
    assert contain.end_of == f"freeze {made.id} of labeler liar-a, the last to be held out"
    text = postmortem_text(deployment, QA, case)
    said = cli("incident", "show", case).out
    for words in (detect.start_of, contain.start_of):
        assert words in text.replace("\\", "")
        assert words in said
