"""One person on several platforms: joined, split, named ahead, undone; vendors without blame."""

import json
from datetime import timedelta

import pytest
from commands import commands
from factories import START, gold, label, owner
from recorded import history, project, record

from labeltrust.domain.access import SourceDraft
from labeltrust.domain.errors import Conflict, InvalidInput, NotAllowed, NotFound
from labeltrust.domain.principals import Principal
from labeltrust.services._identity import Named
from labeltrust.services.add_alias import add_alias
from labeltrust.services.add_source import add_source
from labeltrust.services.assess_project import assess_project
from labeltrust.services.describe_labeler import Profile, describe_labelers, read_profiles
from labeltrust.services.erase_labeler import erase_labeler
from labeltrust.services.freeze_labels import FreezeDraft, freeze_labels, list_standing
from labeltrust.services.list_vendors import list_vendors
from labeltrust.services.merge_labelers import merge_labelers
from labeltrust.services.show_identity import show_identity
from labeltrust.services.split_labeler import split_labeler
from labeltrust.services.undo_identity import undo_identity
from labeltrust.services.verify_ledger import verify_ledger

NAMES = ("alice", "al", "bob", "cat", "dan")


@pytest.fixture
def crowd(deployment):
    """Five names on 40 items of two sources; al is alice on the second."""
    project(deployment)
    add_source(
        deployment, owner(), SourceDraft(name="other", platform="generic", projects=("fraud",))
    )
    for number in range(40):
        who = [n for k, n in enumerate(NAMES) if n != "al" and (number + k) % 4]
        record(deployment, [label(f"i{number}", n, label="fraud" if number % 3 else "benign")
                            for n in who])  # fmt: skip
    # The second source knows items of its own: ids are shared where sources say so.
    record(deployment, [label(f"j{n}", "al", label="fraud") for n in range(9)], source="other")
    record(deployment, [gold(f"i{n}", label="fraud" if n % 3 else "benign") for n in range(12)])
    return deployment


def merge(crowd, one="al", into="alice", **more):
    return merge_labelers(crowd, owner(), "fraud", Named(one, "other"), Named(into),
                          reason="one person, says HR", **more)  # fmt: skip


def assessed(crowd):
    """What an assessment says of everybody, without its time and place in the chain."""
    document = assess_project(crowd, owner(), "fraud")
    told = {k: v for k, v in document.items() if k not in {"as_of", "events_through"}}
    return json.loads(json.dumps(told, default=str))


def labels_by_name(document):
    return {one["labeler"]: one["labels"] for one in document["labelers"]}


def test_what_was_said_by_two_names_counts_as_said_by_one(crowd):
    before = labels_by_name(assessed(crowd))

    merge(crowd)

    after = labels_by_name(assessed(crowd))
    assert after["alice"] == before["alice"] + before["al"]
    assert "al" not in after
    assert verify_ledger(crowd, owner()).ok


def test_an_undone_merge_restores_exactly_the_former_assessment(crowd):
    before = assessed(crowd)
    act = merge(crowd)
    assert assessed(crowd) != before

    undone = undo_identity(crowd, owner(), act.number, reason="the wrong Alice")

    assert undone.undone
    assert assessed(crowd) == before
    assert verify_ledger(crowd, owner()).ok


def test_freezes_follow_the_person_and_return_with_the_undo(crowd):
    draft = FreezeDraft(project="fraud", labeler="al", source=None, reason="audit under way")
    placed = freeze_labels(crowd, owner(), draft)

    act = merge(crowd)

    assert act.freezes == (placed.id,)
    (held,) = list_standing(crowd, owner(), "fraud")
    assert held.labeler == "alice"
    frozen = {one["labeler"]: one["frozen"] for one in assessed(crowd)["labelers"]}
    assert frozen["alice"] is True
    undo_identity(crowd, owner(), act.number, reason="x")
    (held,) = list_standing(crowd, owner(), "fraud")
    assert held.labeler == "al"
    frozen = {one["labeler"]: one["frozen"] for one in assessed(crowd)["labelers"]}
    assert (frozen["alice"], frozen["al"]) == (False, True)


def test_every_act_is_on_record_with_actor_and_reason_and_without_names(crowd):
    act = merge(crowd)
    undo_identity(crowd, owner(), act.number, reason="the wrong one")

    events = history(crowd, "labeler.")

    assert [one.type for one in events if one.actor != "os:tester"] == []
    kinds = sorted(one.type for one in events)
    assert kinds == ["labeler.identity_undone"] * 2 + ["labeler.merged"] * 2
    assert all("alice" not in one.detail for one in events)
    assert all("reason" in one.detail for one in events)


def test_three_names_may_be_one_person_and_the_last_act_is_undone_first(crowd):
    first = merge(crowd)
    second = merge_labelers(crowd, owner(), "fraud", Named("alice"), Named("bob"), reason="x")

    assert [n.name for n in show_identity(crowd, owner(), "fraud", "bob").names] == [
        "bob", "alice", "al",
    ]  # fmt: skip
    with pytest.raises(Conflict, match="undo that first"):
        undo_identity(crowd, owner(), first.number, reason="x")
    undo_identity(crowd, owner(), second.number, reason="x")
    undo_identity(crowd, owner(), first.number, reason="x")
    with pytest.raises(Conflict, match="undone already"):
        undo_identity(crowd, owner(), first.number, reason="x")
    assert len(show_identity(crowd, owner(), "fraud", "alice").names) == 1


def test_a_name_that_is_split_off_is_somebody_else_again(crowd):
    before = labels_by_name(assessed(crowd))
    merge(crowd)

    act = split_labeler(crowd, owner(), "fraud", Named("al", "other"), reason="two after all")

    assert labels_by_name(assessed(crowd)) == before
    undo_identity(crowd, owner(), act.number, reason="one after all")
    assert "al" not in labels_by_name(assessed(crowd))
    with pytest.raises(InvalidInput, match="stands for the person"):
        split_labeler(crowd, owner(), "fraud", Named("alice"), reason="x")
    with pytest.raises(InvalidInput, match="no name that was joined"):
        split_labeler(crowd, owner(), "fraud", Named("bob"), reason="x")


def test_a_name_told_ahead_is_known_when_it_comes(crowd):
    add_alias(crowd, owner(), "fraud", Named("bob"), Named("b-17", "other"), reason="list of May")

    record(crowd, [label("j1", "b-17", label="fraud")], source="other")

    assert "b-17" not in labels_by_name(assessed(crowd))
    with pytest.raises(Conflict, match="merge the two labelers instead"):
        add_alias(crowd, owner(), "fraud", Named("bob"), Named("al", "other"), reason="x")
    with pytest.raises(InvalidInput, match="does not speak for"):
        add_alias(crowd, owner(), "fraud", Named("bob"), Named("b", "nobody"), reason="x")


def test_a_name_told_ahead_and_undone_is_a_labeler_of_its_own(crowd):
    act = add_alias(crowd, owner(), "fraud", Named("bob"), Named("b-17", "other"), reason="x")
    undo_identity(crowd, owner(), act.number, reason="x")

    record(crowd, [label("j1", "b-17", label="fraud")], source="other")

    assert labels_by_name(assessed(crowd))["b-17"] == 1


@pytest.mark.parametrize("role", ["reviewer", "investigator", "ml_engineer", "auditor", "admin"])
def test_who_may_not_freeze_may_not_say_who_is_who(crowd, role):
    who = Principal(name="key:x", role=role, projects=None)

    with pytest.raises(NotAllowed):
        merge_labelers(crowd, who, "fraud", Named("al"), Named("alice"), reason="x")


def test_who_sees_one_project_may_not_join_labelers_of_another(crowd):
    project(crowd, "else", source="elsewhere")
    record(crowd, [label("i1", "alice", project="else")], source="elsewhere")
    narrow = Principal(name="key:x", role="qa_lead", projects=frozenset({"else"}))

    with pytest.raises(NotFound):
        merge_labelers(crowd, narrow, "fraud", Named("al"), Named("alice"), reason="x")


@pytest.mark.parametrize(
    ("one", "into", "reason", "error"),
    [
        ("al", "alice", " ", InvalidInput),
        ("alice", "alice", "x", InvalidInput),
        ("nobody", "alice", "x", NotFound),
    ],
)
def test_merges_that_cannot_be_are_refused(crowd, one, into, reason, error):
    with pytest.raises(error):
        merge_labelers(crowd, owner(), "fraud", Named(one), Named(into), reason=reason)


def test_the_ledger_verifies_after_merge_split_and_erasure(crowd):
    act = merge(crowd)
    split_labeler(crowd, owner(), "fraud", Named("al", "other"), reason="x")
    merge(crowd)

    number = show_identity(crowd, owner(), "fraud", "alice").labeler_id
    erased = erase_labeler(crowd, owner(), number, reason="request of 3 May")

    assert erased.names == 2
    assert act.number > 0
    assert verify_ledger(crowd, owner()).ok
    assert f"labeler #{erased.labeler_id}" in labels_by_name(assessed(crowd))
    with pytest.raises(NotFound):
        show_identity(crowd, owner(), "fraud", "alice")


def test_vendors_are_told_by_event_and_table_and_counted(crowd):
    told = read_profiles("labeler,vendor,team\nbob,acme,night\ncat,acme,day\n")
    assert describe_labelers(crowd, owner(), "fraud", told, reason="contract 12") == 2
    assert describe_labelers(crowd, owner(), "fraud", told, reason="again") == 0
    describe_labelers(crowd, owner(), "fraud", [Profile(labeler="cat", team="late")], reason="x")
    freeze_labels(crowd, owner(), FreezeDraft(project="fraud", labeler="bob", reason="x"))
    assessed(crowd)

    acme, none = list_vendors(crowd, owner(), "fraud")

    assert (acme.vendor, acme.labelers, acme.suspects) == ("acme", 2, 1)
    assert acme.share.value == 0.5
    assert 0 < acme.share.low < 0.5 < acme.share.high < 1
    assert (none.vendor, none.suspects) == ("", 0)
    assert {one.team for one in list_vendors(crowd, owner(), "fraud", by_team=True)} == {
        "night", "late", "",
    }  # fmt: skip
    assert show_identity(crowd, owner(), "fraud", "cat").team == "late"
    assert len(history(crowd, "labeler.described")) == 3


def test_a_vendor_moves_nobodys_flag_or_trust(crowd):
    before = assessed(crowd)

    told = [Profile(labeler=name, vendor="acme") for name in ("bob", "cat", "dan")]
    describe_labelers(crowd, owner(), "fraud", told, reason="x")
    freeze_labels(crowd, owner(), FreezeDraft(project="fraud", labeler="bob", reason="x"))

    after = assessed(crowd)
    others = [one for one in after["labelers"] if one["labeler"] != "bob"]
    assert others == [one for one in before["labelers"] if one["labeler"] != "bob"]


def test_a_joined_labeler_has_the_vendor_of_either_name(crowd):
    describe_labelers(crowd, owner(), "fraud", [Profile(labeler="al", vendor="acme")], reason="x")

    act = merge(crowd)

    assert show_identity(crowd, owner(), "fraud", "alice").vendor == "acme"
    undo_identity(crowd, owner(), act.number, reason="x")
    assert show_identity(crowd, owner(), "fraud", "alice").vendor == ""


@pytest.mark.parametrize(
    "text", ["", "name,vendor\na,b", "vendor\nacme", "labeler,vendor\nbob", "labeler\n" + "x,y"]
)
def test_tables_of_vendors_that_do_not_fit_are_refused(text):
    with pytest.raises(InvalidInput):
        read_profiles(text)


def test_the_command_line_joins_shows_undoes_and_erases(settings, crowd, monkeypatch, capsys):
    run = commands(settings, monkeypatch, capsys)
    assessed(crowd)

    done = run("labelers", "merge", "al", "alice", "-p", "fraud", "--reason", "HR", "--json")
    number = done.document["number"]
    shown = run("labelers", "identity", "alice", "-p", "fraud")
    assert "al  (other)" in shown.out
    assert run("labelers", "undo", number, "--reason", "x").code == 0
    assert "undone" in run("labelers", "undo", number, "--reason", "x").err
    assert run("labelers", "describe", "bob", "-p", "fraud", "--vendor", "acme",
               "--reason", "x").out == "1 changed\n"  # fmt: skip
    assert "acme" in run("labelers", "vendors", "-p", "fraud").out
    assert "no reason to suspect a person" in run("labelers", "vendors", "-p", "fraud").err
    assert run("labelers", "alias", "bob", "b-17", "-p", "fraud", "--source", "other",
               "--reason", "x").code == 0  # fmt: skip
    assert run("labelers", "split", "bob", "-p", "fraud", "--reason", "x").code == 2
    assert "alice" in run("labelers", "--project", "fraud").out
    assert run("labelers").code == 2
    assert "names" in run("labelers", "erase", "alice", "-p", "fraud", "--reason", "x").out
    assert "alice" not in run("labelers", "--project", "fraud").out


def vendor_of(crowd, name):
    return show_identity(crowd, owner(), "fraud", name).vendor


def told_by_event(crowd, name, vendor, hour):
    detail = {} if vendor is None else {"vendor": vendor}
    at = START + timedelta(hours=hour)
    record(crowd, [label(f"v{hour}", name, label="fraud", occurred_at=at, detail=detail)])


def test_the_newest_event_that_names_a_vendor_tells_it(crowd):
    told_by_event(crowd, "bob", "acme", 2)
    told_by_event(crowd, "bob", "older", 1)
    assert vendor_of(crowd, "bob") == "acme"

    told_by_event(crowd, "bob", "bolt", 3)
    told_by_event(crowd, "bob", None, 4)

    assert vendor_of(crowd, "bob") == "bolt"
    assert vendor_of(crowd, "cat") == ""
    assess_project(crowd, owner(), "fraud")
    assert {line.vendor: line.labelers for line in list_vendors(crowd, owner(), "fraud")}[
        "bolt"
    ] == 1


def test_what_a_person_said_of_a_vendor_no_event_changes(crowd):
    told_by_event(crowd, "bob", "acme", 1)
    describe_labelers(crowd, owner(), "fraud", [Profile(labeler="bob", vendor="night")], reason="x")

    told_by_event(crowd, "bob", "acme", 2)
    told_by_event(crowd, "bob", "bolt", 3)

    assert vendor_of(crowd, "bob") == "night"
