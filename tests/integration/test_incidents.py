"""Incidents: opened, filled, moved on, timed and told, all of it in the project's history."""

from datetime import timedelta

import pytest
from crowds import FLIP, small_crowd
from factories import label, owner
from recorded import history, project, record

from labeltrust.domain.errors import Conflict, InvalidInput, NotAllowed, NotFound
from labeltrust.domain.principals import Principal
from labeltrust.services.assess_project import assess_project
from labeltrust.services.change_incident import (
    IncidentChange,
    change_incident,
    move_incident,
    tick_step,
)
from labeltrust.services.draw_incident import spans_frame
from labeltrust.services.freeze_labels import FreezeDraft, freeze_labels
from labeltrust.services.incident_members import (
    MemberDraft,
    TaskDraft,
    add_member,
    add_task,
    finish_task,
    remove_member,
)
from labeltrust.services.list_flags import list_flags
from labeltrust.services.list_incidents import list_incidents
from labeltrust.services.open_incident import IncidentDraft, open_incident
from labeltrust.services.postmortem_page import postmortem_text
from labeltrust.services.show_incident import show_incident
from labeltrust.services.verify_ledger import verify_ledger

HOSTILE = "<script>alert(1)</script> [x](javascript:alert(1)) \u202e**b**"


@pytest.fixture
def suspects(deployment):
    """A project with a flagged labeler."""
    project(deployment)
    record(deployment, small_crowd(FLIP, seed=0).events)
    assess_project(deployment, owner(), "fraud")
    return deployment


@pytest.fixture
def plain(deployment):
    """A project without any flag."""
    project(deployment)
    record(deployment, [label("i1", "alice"), label("i1", "bob")])
    return deployment


def opened(deployment, **more):
    values = {"project": "fraud", "title": "a ring"} | more
    return open_incident(deployment, owner(), IncidentDraft(**values))


def shown(deployment, number):
    return show_incident(deployment, owner(), number)


def test_an_incident_holds_its_flags_and_tells_their_history(suspects):
    flag = list_flags(suspects, owner(), "fraud")[0]

    case = shown(suspects, opened(suspects, flags=(flag.id,), owner="ann"))

    (member,) = case.members
    assert (member.kind, member.flag, member.name) == ("flag", flag.id, flag.labeler)
    told = [entry.what for entry in case.timeline]
    assert told.index("flag opened") < told.index("incident opened")
    assert "incident member added" in told
    assert case.timeline == tuple(sorted(case.timeline, key=lambda entry: entry.sequence))
    assert verify_ledger(suspects, owner()).ok


def test_events_name_labelers_by_number_alone(suspects):
    flag = list_flags(suspects, owner(), "fraud")[0]
    number = opened(suspects, flags=(flag.id,))
    add_member(suspects, owner(), number, MemberDraft(labeler=flag.labeler))

    events = history(suspects, "incident.")

    assert [e.labeler_alias_id is not None for e in events] == [False, True, True]
    assert not any(f'"{flag.labeler}"' in event.detail for event in events)


def test_an_incident_goes_its_way_and_back(plain):
    number = opened(plain)
    for act in ("contain", "resolve"):
        move_incident(plain, owner(), number, act, reason="x")
    with pytest.raises(Conflict, match="lessons"):
        move_incident(plain, owner(), number, "close", reason="x")
    change_incident(plain, owner(), number, IncidentChange(lessons="vet newcomers"))
    move_incident(plain, owner(), number, "close", reason="x")
    closed = shown(plain, number).incident
    move_incident(plain, owner(), number, "reopen", reason="there was more")

    assert (closed.status, closed.closed_at is not None) == ("closed", True)
    again = shown(plain, number).incident
    assert (again.status, again.closed_at, again.contained_at) == ("open", None, None)
    assert [row.type for row in history(plain, "incident.")] == [
        "incident.opened", "incident.contained", "incident.resolved", "incident.updated",
        "incident.closed", "incident.reopened",
    ]  # fmt: skip


@pytest.mark.parametrize("act", ["close", "reopen"])
def test_an_open_incident_takes_no_such_act(plain, act):
    with pytest.raises(Conflict, match="cannot"):
        move_incident(plain, owner(), opened(plain), act, reason="x")


def test_a_closed_incident_is_changed_by_nobody(plain):
    number = opened(plain)
    change_incident(plain, owner(), number, IncidentChange(lessons="x"))
    for act in ("resolve", "close"):
        move_incident(plain, owner(), number, act, reason="x")

    for act in (
        lambda: change_incident(plain, owner(), number, IncidentChange(title="y")),
        lambda: add_member(plain, owner(), number, MemberDraft(labeler="alice")),
        lambda: add_task(plain, owner(), number, TaskDraft(words="x")),
        lambda: tick_step(plain, owner(), number, "triage", done=True),
    ):
        with pytest.raises(Conflict, match="closed"):
            act()


def test_members_come_and_go_by_events(plain):
    number = opened(plain)
    add_member(plain, owner(), number, MemberDraft(labeler="alice"))
    add_member(plain, owner(), number, MemberDraft(source="feed"))
    with pytest.raises(Conflict, match="already"):
        add_member(plain, owner(), number, MemberDraft(source="feed"))
    first = shown(plain, number).members[0]
    remove_member(plain, owner(), number, first.id, reason="cleared")

    assert [(m.kind, m.name) for m in shown(plain, number).members] == [("source", "feed")]
    assert len(history(plain, "incident.member_removed")) == 1


@pytest.mark.parametrize(
    "draft",
    [MemberDraft(flag=99), MemberDraft(labeler="zoe"), MemberDraft(source="x")],
)
def test_what_is_not_there_belongs_to_no_incident(plain, draft):
    number = opened(plain)

    with pytest.raises(NotFound):
        add_member(plain, owner(), number, draft)
    with pytest.raises(NotFound):
        opened(plain, flags=(99,))
    assert [one.id for one in list_incidents(plain, owner())] == [number]


def test_tasks_and_steps_are_ticked_once_with_name_and_time(plain, clock):
    number = opened(plain)
    add_task(plain, owner(), number, TaskDraft(words="rotate", owner="ann", due_on="2026-12-01"))
    tick_step(plain, owner(), number, "triage", done=True)
    tick_step(plain, owner(), number, "triage", done=True)
    (task,) = shown(plain, number).tasks
    finish_task(plain, owner(), number, task.id)

    case = shown(plain, number)
    assert (case.tasks[0].done_by, case.tasks[0].due_on) == ("os:tester", "2026-12-01")
    assert (case.checklist[0].step, case.checklist[0].at) == ("triage", clock.now)
    assert len(history(plain, "incident.step_done")) == 1
    with pytest.raises(Conflict, match="done already"):
        finish_task(plain, owner(), number, task.id)
    with pytest.raises(InvalidInput, match="no day"):
        add_task(plain, owner(), number, TaskDraft(words="x", due_on="soon"))


def test_without_a_flag_neither_time_is_known(plain):
    case = shown(plain, opened(plain))

    assert (case.to_detect.seconds, case.to_contain.seconds) == (None, None)
    assert "no flag belongs to it" in case.to_detect.reason


def test_containing_takes_until_the_last_suspect_is_held_out(suspects, clock):
    flag = list_flags(suspects, owner(), "fraud")[0]
    number = opened(suspects, flags=(flag.id,))
    add_member(suspects, owner(), number, MemberDraft(source="feed"))
    before = shown(suspects, number).to_contain
    clock.tick(3_600)
    freeze_labels(suspects, owner(), FreezeDraft(project="fraud", source="feed", reason="x"))
    if not flag.freezes:
        draft = FreezeDraft(project="fraud", labeler=flag.labeler, reason="x")
        freeze_labels(suspects, owner(), draft)

    after = shown(suspects, number).to_contain

    assert "feed were never held out" in before.reason or "never held out" in before.reason
    assert after.seconds == timedelta(hours=1).total_seconds()
    assert "freeze placed" in [entry.what for entry in shown(suspects, number).timeline]


def test_the_postmortem_shows_hostile_text_as_text(plain):
    number = opened(plain, title="a <b>ring</b>", summary=HOSTILE)

    text = postmortem_text(plain, owner(), number)

    assert "<script>" not in text.replace("\\<", "")
    assert "](javascript" not in text
    assert "\u202e" not in text
    for part in ("## Times", "## Timeline", "## Checklist", "## Actions", "## Lessons"):
        assert part in text


def test_rights_and_scope_hold_for_incidents(plain):
    number = opened(plain)
    reviewer = Principal(name="person:ann", role="reviewer", projects=None)
    elsewhere = Principal(name="person:ben", role="qa_lead", projects=frozenset({"other"}))

    with pytest.raises(NotAllowed):
        open_incident(plain, reviewer, IncidentDraft(project="fraud", title="x"))
    with pytest.raises(NotFound):
        show_incident(plain, elsewhere, number)
    with pytest.raises(NotFound):
        move_incident(plain, elsewhere, number, "contain", reason="x")
    assert list_incidents(plain, elsewhere) == []


@pytest.mark.parametrize(
    "more", [{"title": " "}, {"title": "x" * 201}, {"title": "a\nb"}, {"severity": "dire"}]
)
def test_what_cannot_be_an_incident_is_not_opened(plain, more):
    with pytest.raises(InvalidInput):
        opened(plain, **more)


def test_a_suspect_is_told_in_time(suspects, clock):
    flag = list_flags(suspects, owner(), "fraud")[0]
    number = opened(suspects, flags=(flag.id,))

    (one,) = shown(suspects, number).suspects

    assert (one.name, one.flags, one.flagged_at) == (flag.labeler, (flag.id,), flag.opened_at)
    assert one.held_at is not None
    assert one.lifted_at is None
    (part,) = spans_frame(shown(suspects, number), clock.now + timedelta(days=1))["part"].tail(1)
    assert part == "held out"
    assert "| labeler " in postmortem_text(suspects, owner(), number)
