"""Acts of two persons: asked, approved or refused, expired, and never by one person twice."""

from datetime import timedelta

import pytest
from factories import START, label, owner
from recorded import history, project, record

from labeltrust.domain.access import KeyDraft
from labeltrust.domain.approvals import Approval
from labeltrust.domain.errors import Conflict, InvalidInput, NotAllowed, NotFound
from labeltrust.domain.principals import Principal
from labeltrust.services.add_person import add_person
from labeltrust.services.ask_approval import ask_approval
from labeltrust.services.authenticate import authenticate_key
from labeltrust.services.create_key import create_key
from labeltrust.services.freeze_labels import FreezeDraft, freeze_labels, list_standing
from labeltrust.services.give_approval import approve, refuse
from labeltrust.services.lift_freeze import lift_freeze, lift_freezes
from labeltrust.services.list_approvals import list_approvals, show_approval
from labeltrust.services.show_project import show_project
from labeltrust.services.verify_ledger import verify_ledger

LABELERS = ("alice", "bob", "carol", "dave")


def person(name, role="qa_lead", projects=None):
    return Principal(name=f"person:{name}", role=role, projects=projects, person=name)


ANN, BEN = person("ann"), person("ben")


@pytest.fixture
def frauds(deployment):
    project(deployment)
    record(deployment, [label("i1", name) for name in LABELERS])
    return deployment


def asked(deployment, who=ANN, value=0.01, before=0.05, reason="too many false flags"):
    change = {"thresholds": {"flag_rate": value}, "before": {"flag_rate": before}}
    return ask_approval(
        deployment, who, "threshold_change", project="fraud", change=change, reason=reason
    )


def rate(deployment):
    return show_project(deployment, owner(), "fraud").policy.get("flag_rate")


def key(deployment, name, **more):
    draft = KeyDraft(name=name, role="qa_lead", projects=("fraud",), **more)
    return authenticate_key(deployment, create_key(deployment, owner(), draft).text)


def frozen(deployment, *names):
    drafts = [FreezeDraft(project="fraud", labeler=name, reason="audit") for name in names]
    return [freeze_labels(deployment, owner(), draft).id for draft in drafts]


def test_what_a_second_person_approves_is_carried_out_and_both_are_on_record(frauds):
    request = asked(frauds)
    assert (request.status, rate(frauds)) == ("waiting", None)

    done = approve(frauds, BEN, request.id, reason="looked at the preview")

    assert (done.status, done.decided_by) == ("approved", "person:ben")
    assert rate(frauds) == 0.01
    said = [(e.type, e.actor) for e in history(frauds, "approval", "project.changed")]
    assert said == [
        ("approval.asked", "person:ann"),
        ("approval.approved", "person:ben"),
        ("project.changed", "person:ben"),
    ]
    assert verify_ledger(frauds, owner()).ok


def test_nobody_approves_what_they_asked_for(frauds):
    request = asked(frauds)

    with pytest.raises(NotAllowed, match="second person"):
        approve(frauds, ANN, request.id, reason="I am sure")

    assert rate(frauds) is None


def test_two_keys_of_one_person_are_one_person(frauds):
    add_person(frauds, owner(), name="ann", role="qa_lead")
    add_person(frauds, owner(), name="ben", role="qa_lead")
    first, second = key(frauds, "laptop", person="ann"), key(frauds, "server", person="ann")
    request = asked(frauds, first)

    for same in (first, second, ANN, Principal(name="os:ann", role="owner", projects=None)):
        with pytest.raises(NotAllowed, match="second person"):
            approve(frauds, same, request.id, reason="x")
    assert approve(frauds, key(frauds, "k", person="ben"), request.id, reason="x").id == request.id


def test_a_key_that_names_nobody_neither_asks_nor_approves(frauds):
    nobody = key(frauds, "ci")

    with pytest.raises(NotAllowed, match="names none"):
        asked(frauds, nobody)
    request = asked(frauds)
    with pytest.raises(NotAllowed, match="names none"):
        approve(frauds, nobody, request.id, reason="x")


def test_a_refused_request_changes_nothing_and_is_not_decided_again(frauds):
    request = asked(frauds)

    refused = refuse(frauds, BEN, request.id, reason="too few labels to tell")

    assert (refused.status, refused.decision_reason) == ("refused", "too few labels to tell")
    assert rate(frauds) is None
    with pytest.raises(Conflict, match="refused already"):
        approve(frauds, BEN, request.id, reason="x")
    assert asked(frauds).id == 2


def test_who_asked_withdraws(frauds):
    request = asked(frauds)

    assert refuse(frauds, ANN, request.id, reason="a mistake").status == "withdrawn"
    assert len(history(frauds, "approval.withdrawn")) == 1


def test_a_request_expires_after_seven_days(frauds, clock):
    request = asked(frauds)
    assert request.expires_at == START + timedelta(days=7)
    clock.tick(7 * 86_400)

    with pytest.raises(Conflict, match="expired"):
        approve(frauds, BEN, request.id, reason="x")
    assert list_approvals(frauds, ANN) == []
    assert [a.status for a in list_approvals(frauds, ANN, waiting=False)] == ["expired"]
    assert asked(frauds).id == 2


def test_the_same_is_not_asked_twice_at_once(frauds):
    asked(frauds)

    with pytest.raises(Conflict, match="approval 1 asks for this already"):
        asked(frauds, BEN)


def test_thresholds_that_were_changed_meanwhile_are_looked_at_again(frauds):
    first, second = asked(frauds), asked(frauds, value=0.2)
    approve(frauds, BEN, first.id, reason="x")

    with pytest.raises(Conflict, match="look again"):
        approve(frauds, BEN, second.id, reason="x")
    with pytest.raises(Conflict, match="look again"):
        asked(frauds, value=0.3)
    assert rate(frauds) == 0.01


@pytest.mark.parametrize(
    "thresholds",
    [{}, {"flag_rate": 2}, {"flag_rate": float("nan")}, {"surprise": 1}, {"remove_k": 1.5}, None,
     {"flag_rate": True}, {"flag_rate": "x"}],
)  # fmt: skip
def test_thresholds_out_of_range_are_not_even_asked_for(frauds, thresholds):
    change = {"thresholds": thresholds, "before": {"flag_rate": 0.05}}

    with pytest.raises(InvalidInput):
        ask_approval(frauds, ANN, "threshold_change", project="fraud", change=change, reason="x")


def test_roles_and_scopes_hold_for_both_persons(frauds):
    request = asked(frauds)

    with pytest.raises(NotAllowed):
        asked(frauds, person("rev", "reviewer"), value=0.2)
    with pytest.raises(NotAllowed):
        approve(frauds, person("on", "on_call"), request.id, reason="x")
    elsewhere = person("eve", projects=frozenset({"other"}))
    with pytest.raises(NotFound):
        approve(frauds, elsewhere, request.id, reason="x")
    with pytest.raises(NotFound):
        show_approval(frauds, elsewhere, request.id)
    assert list_approvals(frauds, elsewhere) == []
    with pytest.raises(InvalidInput, match="unknown kind"):
        ask_approval(frauds, ANN, "coup", project="fraud", change={}, reason="x")
    with pytest.raises(InvalidInput, match="reason"):
        asked(frauds, reason=" ", value=0.2)


def test_several_freezes_are_lifted_by_two_persons(frauds):
    numbers = frozen(frauds, "alice", "bob")

    waiting = lift_freezes(frauds, ANN, numbers, reason="the audit cleared them")

    assert isinstance(waiting, Approval)
    assert [what for what, _ in waiting.said] == ["Freeze 1", "Freeze 2"]
    assert len(list_standing(frauds, owner(), "fraud")) == 2
    approve(frauds, BEN, waiting.id, reason="read it")
    assert list_standing(frauds, owner(), "fraud") == []
    assert [e.actor for e in history(frauds, "freeze.lifted")] == ["person:ben", "person:ben"]


def test_the_third_lift_of_a_day_waits_for_a_second_person(frauds, clock):
    first, second, third, fourth = frozen(frauds, *LABELERS)
    lift_freeze(frauds, ANN, first, reason="x")
    lift_freeze(frauds, BEN, second, reason="x")

    waiting = lift_freeze(frauds, ANN, third, reason="x")
    clock.tick(86_400)
    alone = lift_freeze(frauds, ANN, fourth, reason="x")

    assert isinstance(waiting, Approval)
    assert not isinstance(alone, Approval)
    assert [f.id for f in list_standing(frauds, owner(), "fraud")] == [third]


def test_a_labeler_frozen_again_was_not_given_back(frauds):
    for _ in range(4):
        (number,) = frozen(frauds, "alice")
        assert not isinstance(lift_freeze(frauds, ANN, number, reason="x"), Approval)


def test_lifting_a_source_gives_back_all_its_labelers_and_takes_two(frauds):
    draft = FreezeDraft(project="fraud", source="feed", reason="leaked secret")
    number = freeze_labels(frauds, owner(), draft).id

    assert isinstance(lift_freeze(frauds, ANN, number, reason="x"), Approval)


def test_a_freeze_that_was_lifted_meanwhile_stops_the_lift_of_all(frauds):
    numbers = frozen(frauds, "alice", "bob")
    waiting = lift_freezes(frauds, ANN, numbers, reason="x")
    lift_freeze(frauds, ANN, numbers[0], reason="x")

    with pytest.raises(Conflict, match="lifted already"):
        approve(frauds, BEN, waiting.id, reason="x")

    assert [f.id for f in list_standing(frauds, owner(), "fraud")] == [numbers[1]]
    assert show_approval(frauds, BEN, waiting.id).status == "waiting"
