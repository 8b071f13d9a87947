"""Notices and appeals: on record, decided by another person, and what follows from the outcome."""

import json
from datetime import timedelta

import pytest
from factories import START, label, owner
from flagging import flagged, person
from recorded import history, project, record

from labeltrust.domain.access import KeyDraft
from labeltrust.domain.appeals import due_at
from labeltrust.domain.errors import Conflict, InvalidInput, NotAllowed, NotFound
from labeltrust.domain.estimates import Undefined
from labeltrust.domain.principals import Principal
from labeltrust.services.authenticate import authenticate_key
from labeltrust.services.create_key import create_key
from labeltrust.services.decide_appeal import decide_appeal
from labeltrust.services.decide_flag import decide_flag
from labeltrust.services.freeze_labels import FreezeDraft, freeze_labels, list_standing
from labeltrust.services.lift_freeze import lift_freeze
from labeltrust.services.list_appeals import list_appeals, show_appeal
from labeltrust.services.list_flags import show_flag
from labeltrust.services.open_appeal import open_appeal
from labeltrust.services.send_notice import send_notice, show_notice
from labeltrust.services.show_workload import show_workload

WORDS = "the guideline changed; ask alice@example.com"
ITEM = {"said": "benign", "others_believe": "fraud", "belief": 0.99, "disagreed": []}
EVIDENCE = {
    "strong": True, "clock": "received",
    "holds": {"labels": 9, "items": 8, "first_received_us": 1},
    "items": [ITEM | {"item": 1, "gold": False}, ITEM | {"item": 2, "gold": True}],
}  # fmt: skip


@pytest.fixture
def frauds(deployment):
    project(deployment)
    record(deployment, [label("i1", "alice"), label("i2", "alice"), label("i1", "bob")])
    return deployment


@pytest.fixture
def ann(frauds):
    return person(frauds, "ann")


@pytest.fixture
def ben(frauds):
    return person(frauds, "ben", "reviewer")


def appealed(deployment, who, freeze=1):
    return open_appeal(deployment, who, freeze, reason=WORDS)


def test_an_appeal_is_due_in_two_working_days_and_the_history_keeps_no_words(frauds, ann):
    flagged(frauds, freeze="label")

    made = appealed(frauds, ann)

    assert (made.labeler, made.freeze, made.flag, made.outcome) == ("alice", 1, 1, None)
    assert made.due_at == due_at(START)
    assert not made.overdue(START)
    (event,) = history(frauds, "appeal.opened")
    assert (event.actor, json.loads(event.detail)["appeal"]) == ("person:ann", made.id)
    assert "guideline" not in event.detail


def test_overturned_the_freeze_is_lifted_and_the_flag_is_open_again(frauds, ann, ben):
    number = flagged(frauds, freeze="label")
    decide_flag(frauds, ann, number, verdict="confirm", note="looked")
    made = appealed(frauds, ann)

    done = decide_appeal(frauds, ben, made.id, outcome="overturned", reason="24 of 25 were right")

    assert (done.outcome, done.decided_by) == ("overturned", "person:ben")
    assert list_standing(frauds, owner(), "fraud") == []
    flag = show_flag(frauds, owner(), number)
    assert (flag.status, flag.note) == ("open", "appeal 1 overturned: 24 of 25 were right")
    assert [e.type for e in history(frauds, "appeal", "freeze.lifted", "flag.reopened")] == [
        "appeal.opened", "appeal.decided", "freeze.lifted", "flag.reopened",
    ]  # fmt: skip


def test_upheld_the_freeze_stands_and_another_appeal_may_follow(frauds, ann, ben):
    number = flagged(frauds, freeze="label")
    decide_flag(frauds, ann, number, verdict="confirm", note="looked")
    made = appealed(frauds, ann)

    decide_appeal(frauds, ben, made.id, outcome="upheld", reason="12 of 25 were wrong")

    assert len(list_standing(frauds, owner(), "fraud")) == 1
    assert show_flag(frauds, owner(), number).status == "confirmed"
    with pytest.raises(Conflict, match="upheld already"):
        decide_appeal(frauds, ben, made.id, outcome="overturned", reason="on second thought")
    assert appealed(frauds, ann).id == made.id + 1


def test_who_froze_or_confirmed_decides_nothing_about_it_by_whatever_way(frauds, ann, ben):
    number = flagged(frauds, freeze="label")
    decide_flag(frauds, ann, number, verdict="confirm", note="looked")
    decide_flag(frauds, ben, number, verdict="reopen", note="again")
    by_machine = appealed(frauds, ben)
    draft = FreezeDraft(project="fraud", labeler="bob", reason="ring")
    by_ben = freeze_labels(frauds, person(frauds, "cleo"), draft)
    by_hand = appealed(frauds, ann, by_ben.id)
    key = create_key(frauds, owner(), KeyDraft(name="k", role="qa_lead", person="ann")).text
    ann_by_key = authenticate_key(frauds, key)
    cleo = Principal(name="person:cleo", role="qa_lead", projects=None, person="cleo")

    for appeal, who in ((by_machine, ann), (by_machine, ann_by_key), (by_hand, cleo)):
        with pytest.raises(NotAllowed):
            decide_appeal(frauds, who, appeal.id, outcome="upheld", reason="x")
    assert decide_appeal(frauds, ben, by_machine.id, outcome="upheld", reason="x").outcome
    assert decide_appeal(frauds, ann_by_key, by_hand.id, outcome="upheld", reason="x").outcome


def test_what_cannot_be_appealed_is_refused(frauds, ann):
    flagged(frauds, freeze="label")
    source = freeze_labels(frauds, owner(), FreezeDraft(project="fraud", source="feed", reason="x"))
    elsewhere = Principal(name="person:o", role="reviewer", projects=frozenset({"other"}))
    auditor = Principal(name="person:a", role="auditor", projects=None)

    with pytest.raises(InvalidInput, match="empty"):
        open_appeal(frauds, ann, 1, reason=" ")
    with pytest.raises(InvalidInput, match="no labeler"):
        appealed(frauds, ann, source.id)
    for who, error in ((elsewhere, NotFound), (auditor, NotAllowed)):
        with pytest.raises(error):
            appealed(frauds, who)
    with pytest.raises(NotFound):
        appealed(frauds, ann, 99)
    appealed(frauds, ann)
    with pytest.raises(Conflict, match="waits already"):
        appealed(frauds, ann)
    with pytest.raises(NotFound):
        show_appeal(frauds, elsewhere, 1)
    with pytest.raises(NotFound):
        decide_appeal(frauds, elsewhere, 1, outcome="upheld", reason="x")
    assert list_appeals(frauds, elsewhere) == ()
    lift_freeze(frauds, owner(), 1, reason="x")
    with pytest.raises(Conflict, match="lifted already"):
        appealed(frauds, ann)


def test_a_notice_names_items_without_gold_and_is_on_record(frauds, ann, clock):
    flagged(frauds, freeze="label", evidence=EVIDENCE)
    clock.tick(60)

    told = show_notice(frauds, ann, 1)
    sent = send_notice(frauds, ann, 1, sent_to=" mara@example.com ")

    assert [item.item for item in told.items] == ["i1"]
    assert (told.labels, told.items_n, told.sent) == (9, 8, ())
    assert show_notice(frauds, ann, 1).sent == (sent,)
    assert (sent.sent_to, sent.sent_by, sent.sent_at) == ("mara@example.com", "person:ann", clock())
    (event,) = history(frauds, "notice.sent")
    assert json.loads(event.detail)["notice"] == sent.id
    assert "mara" not in event.detail


def test_a_notice_is_about_a_labeler_whose_labels_are_held(frauds, ann, ben):
    source = freeze_labels(frauds, owner(), FreezeDraft(project="fraud", source="feed", reason="x"))
    flagged(frauds, freeze="label")

    with pytest.raises(InvalidInput, match="no labeler"):
        show_notice(frauds, ann, source.id)
    with pytest.raises(NotAllowed):
        send_notice(frauds, ben, 2, sent_to="mara")
    with pytest.raises(InvalidInput, match="empty"):
        send_notice(frauds, ann, 2, sent_to="")
    lift_freeze(frauds, owner(), 2, reason="x")
    with pytest.raises(Conflict, match="lifted"):
        send_notice(frauds, ann, 2, sent_to="mara")


def test_the_workload_counts_what_waits_for_whom_and_what_was_decided(frauds, ann, ben, clock):
    from labeltrust.services.assign_flag import assign_flag  # noqa: PLC0415 - this test alone

    first, second, third = flagged(frauds), flagged(frauds, "bob"), flagged(frauds)
    before = show_workload(frauds, ann)
    clock.tick(3_600)
    assign_flag(frauds, ann, first, person="ben")
    decide_flag(frauds, ben, second, verdict="dismiss", note="hard items")
    clock.tick(8 * 86_400)

    work = show_workload(frauds, ann)

    assert (before.unassigned, before.unassigned_oldest) == (3, timedelta(0))
    assert (work.unassigned, work.unassigned_oldest) == (1, timedelta(days=8, hours=1))
    load = {one.person: one for one in work.loads}
    assert (load["ben"].open, load["ben"].oldest) == (1, timedelta(days=8, hours=1))
    assert (load["ben"].decided_short, load["ben"].decided_long) == (0, 1)
    assert load["ben"].median_time == timedelta(hours=1)
    assert (load["ann"].open, load["ann"].median_time) == (0, None)
    assert third


def test_the_share_overturned_is_unknown_before_the_first_appeal_and_has_an_interval_then(
    frauds, ann, ben, clock
):
    flagged(frauds, freeze="label")
    none_yet = show_workload(frauds, ann).overturned
    appealed(frauds, ann)
    clock.tick(9 * 86_400)
    waiting = show_workload(frauds, ann)
    decide_appeal(frauds, ben, 1, outcome="overturned", reason="right after all")

    share = show_workload(frauds, ann).overturned

    assert none_yet == Undefined(reason="no appeal was decided yet")
    assert (waiting.appeals_open, waiting.appeals_overdue) == (1, 1)
    assert (share.value, share.n) == (1.0, 1)
    assert share.low < 0.5
