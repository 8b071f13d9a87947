"""Assigning and commenting: rows and events together, for those who may review."""

import hashlib
import json

import pytest
from factories import label, owner
from flagging import flagged, person
from recorded import history, project, record
from sqlmodel import select

from labeltrust.domain.errors import Conflict, InvalidInput, NotAllowed, NotFound
from labeltrust.domain.principals import Principal
from labeltrust.services.add_person import disable_person
from labeltrust.services.assign_flag import assign_flag, list_reviewers
from labeltrust.services.comment_flag import comment_flag, show_comments
from labeltrust.services.decide_flag import decide_flag
from labeltrust.services.list_flags import show_flag
from labeltrust.store.session import reading
from labeltrust.store.tables import FlagComment

HOSTILE = "<script>alert(1)</script>\u202e"


@pytest.fixture
def frauds(deployment):
    project(deployment)
    record(deployment, [label("i1", "alice"), label("i1", "bob")])
    return deployment


def test_a_flag_is_assigned_and_given_back_and_both_are_on_record(frauds, clock):
    number = flagged(frauds)
    ann = person(frauds, "ann")
    person(frauds, "rita", "reviewer")
    clock.tick(60)

    assigned = assign_flag(frauds, ann, number, person="rita", reason="she knows the guideline")
    again = assign_flag(frauds, ann, number, person="rita")
    nobody = assign_flag(frauds, ann, number, person=None)

    assert (assigned.assigned_to, assigned.assigned_at) == ("rita", clock())
    assert again.assigned_to == "rita"
    assert (nobody.assigned_to, nobody.assigned_at) == (None, None)
    events = history(frauds, "flag.assigned")
    assert [e.actor for e in events] == ["person:ann", "person:ann"]
    assert json.loads(events[0].detail) == {
        "flag": number, "before": None, "after": "rita", "reason": "she knows the guideline",
    }  # fmt: skip


def test_only_who_may_decide_in_this_project_is_given_a_flag(frauds):
    number = flagged(frauds)
    person(frauds, "olga", "on_call")
    project(frauds, "other", source="feed2")
    person(frauds, "otto", "reviewer", projects=("other",))
    person(frauds, "gone", "reviewer")
    person(frauds, "rita", "reviewer", projects=("fraud",))
    disable_person(frauds, owner(), name="gone", reason="left")

    for name in ("olga", "otto", "gone", "nobody of this name", "alice"):
        with pytest.raises(InvalidInput, match="may decide"):
            assign_flag(frauds, owner(), number, person=name)
    assert list_reviewers(frauds, owner(), "fraud") == ("rita",)
    assert show_flag(frauds, owner(), number).assigned_to is None


def test_a_decided_flag_is_nobodys_work(frauds):
    number = flagged(frauds)
    person(frauds, "rita", "reviewer")
    decide_flag(frauds, owner(), number, verdict="dismiss", note="hard items")

    with pytest.raises(Conflict, match="reopen it first"):
        assign_flag(frauds, owner(), number, person="rita")


def test_comments_stay_in_order_and_the_history_holds_their_digest_alone(frauds):
    number = flagged(frauds)
    ann = person(frauds, "ann")

    first = comment_flag(frauds, ann, number, text=f"  {HOSTILE} ")
    decide_flag(frauds, owner(), number, verdict="confirm", note="looked")
    second = comment_flag(frauds, ann, number, text="after the verdict")

    assert [c.text for c in show_comments(frauds, ann, number)] == [HOSTILE, "after the verdict"]
    assert (first.author, second.flag) == ("person:ann", number)
    told = [json.loads(e.detail) for e in history(frauds, "flag.commented")]
    assert [one["comment"] for one in told] == [first.id, second.id]
    assert not any("script" in e.detail for e in history(frauds, "flag.commented"))
    with reading(frauds.engine) as session:
        salts = [row.salt for row in session.exec(select(FlagComment).order_by(FlagComment.id))]
    assert told[0]["sha256"] == hashlib.sha256(salts[0] + HOSTILE.encode()).hexdigest()


@pytest.mark.parametrize("text", ["", "   ", "a\x00b", "\ud800", "x" * 4_001])
def test_words_that_cannot_be_kept_are_refused(frauds, text):
    number = flagged(frauds)

    with pytest.raises(InvalidInput):
        comment_flag(frauds, owner(), number, text=text)
    assert show_comments(frauds, owner(), number) == ()
    assert history(frauds, "flag.commented") == []


def test_who_may_not_review_or_sees_other_projects_writes_nothing(frauds):
    number = flagged(frauds)
    auditor = Principal(name="person:aud", role="auditor", projects=None)
    elsewhere = Principal(name="person:ben", role="reviewer", projects=frozenset({"other"}))

    for act, value in ((assign_flag, {"person": None}), (comment_flag, {"text": "x"})):
        with pytest.raises(NotAllowed):
            act(frauds, auditor, number, **value)
        with pytest.raises(NotFound):
            act(frauds, elsewhere, number, **value)
        with pytest.raises(NotFound):
            act(frauds, owner(), 99, **value)
    assert show_comments(frauds, auditor, number) == ()
    with pytest.raises(NotFound):
        show_comments(frauds, elsewhere, number)
