"""Verdicts on flags: the table of changes, what follows from each, and the history of all."""

from datetime import timedelta

import pytest
from factories import START, label, owner
from recorded import history, project, record
from sqlmodel import select

from labeltrust.domain.errors import Conflict, InvalidInput, NotAllowed, NotFound
from labeltrust.domain.flags import FlagState
from labeltrust.domain.freezes import FreezeState
from labeltrust.domain.principals import Principal
from labeltrust.services import _acts
from labeltrust.services.decide_flag import decide_flag
from labeltrust.services.freeze_labels import list_standing
from labeltrust.services.list_flags import list_flags, show_flag
from labeltrust.store.assessments import MACHINE
from labeltrust.store.projects import project_row
from labeltrust.store.session import unit_of_work
from labeltrust.store.tables import LabelerAlias


@pytest.fixture
def frauds(deployment):
    project(deployment)
    record(deployment, [label("i1", "alice"), label("i1", "bob")])
    return deployment


def flagged(deployment, name="alice", *, freeze=None):
    """Open a flag as an assessment does, with an automatic freeze of a kind."""
    with unit_of_work(deployment.engine) as session:
        who = session.exec(select(LabelerAlias).where(LabelerAlias.outside_id == name)).one().id
        act = _acts.begin_act(session, project_row(session, "fraud"), MACHINE, deployment.clock())
        state = FlagState(
            id=0, labeler_id=who, status="open", severity="high", signals=("targeted_flip",),
            contested=False, since=START, opened_at=act.at, updated_at=act.at,
            evidence={"strong": True},
        )  # fmt: skip
        number = _acts.open_flag(act, state)
        if freeze is not None:
            held = FreezeState(
                id=0, kind=freeze, labeler_id=who, flag_id=number, since=START, automatic=True,
                placed_at=act.at, placed_by=act.actor,
            )  # fmt: skip
            _acts.place_freeze(act, held, "strong evidence")
    return number


def decide(deployment, flag, verdict, note="21 of 25 audited items were wrong", who=None):
    return decide_flag(deployment, who or owner(), flag, verdict=verdict, note=note)


def standing(deployment):
    return [(f.kind, f.automatic) for f in list_standing(deployment, owner(), "fraud")]


def kinds(deployment):
    return [(e.type, e.actor) for e in history(deployment, "flag", "freeze")]


def test_a_confirmed_flag_keeps_its_freeze(frauds):
    number = flagged(frauds, freeze="label")

    decided = decide(frauds, number, "confirm")

    assert (decided.status, decided.decided_by) == ("confirmed", "os:tester")
    assert standing(frauds) == [("label", True)]
    assert kinds(frauds) == [
        ("flag.opened", MACHINE),
        ("freeze.placed", MACHINE),
        ("flag.confirmed", "os:tester"),
    ]


def test_a_dismissed_flag_gives_back_what_the_machine_froze_for_it(frauds):
    number = flagged(frauds, freeze="label")
    other = flagged(frauds, "bob", freeze="label")

    decide(frauds, number, "dismiss", note="hard items")

    kept = list_standing(frauds, owner(), "fraud")
    assert [f.flag for f in kept] == [other]
    lifted = list_standing(frauds, owner(), "fraud", lifted=True)[0]
    assert lifted.lift_reason == f"flag {number} dismissed: hard items"
    assert lifted.lifted_by == "os:tester"


def test_confirming_turns_a_provisional_hold_into_a_label_freeze(frauds):
    number = flagged(frauds, freeze="provisional")

    decided = decide(frauds, number, "confirm")

    assert standing(frauds) == [("label", False)]
    assert decided.freezes == (2,)
    held = list_standing(frauds, owner(), "fraud")[0]
    assert (held.since, held.placed_by) == (START, "os:tester")


def test_a_verdict_is_not_overwritten_but_reopened(frauds, clock):
    number = flagged(frauds)
    decide(frauds, number, "dismiss")

    with pytest.raises(Conflict, match="reopen it first"):
        decide(frauds, number, "confirm")
    clock.tick(60)
    reopened = decide(frauds, number, "reopen", note="appeal")
    confirmed = decide(frauds, number, "confirm")

    assert (reopened.status, reopened.decided_by, reopened.note) == ("open", None, "appeal")
    assert confirmed.decided_at == START + timedelta(seconds=60)
    assert [kind for kind, _ in kinds(frauds)] == [
        "flag.opened",
        "flag.dismissed",
        "flag.reopened",
        "flag.confirmed",
    ]


@pytest.mark.parametrize(("verdict", "note"), [("maybe", "x"), ("confirm", " ")])
def test_a_verdict_needs_a_known_word_and_a_note(frauds, verdict, note):
    number = flagged(frauds)

    with pytest.raises(InvalidInput):
        decide(frauds, number, verdict, note)
    assert show_flag(frauds, owner(), number).status == "open"


def test_who_may_not_review_or_sees_other_projects_decides_nothing(frauds):
    number = flagged(frauds)
    admin = Principal(name="person:ada", role="admin", projects=None)
    elsewhere = Principal(name="person:ben", role="reviewer", projects=frozenset({"other"}))

    with pytest.raises(NotAllowed):
        decide(frauds, number, "confirm", who=admin)
    with pytest.raises(NotFound):
        decide(frauds, number, "confirm", who=elsewhere)
    with pytest.raises(NotFound):
        show_flag(frauds, elsewhere, number)
    with pytest.raises(NotFound):
        decide(frauds, 99, "confirm")


def test_the_queue_is_oldest_first_and_can_be_cut(frauds):
    first, second = flagged(frauds), flagged(frauds, "bob")
    decide(frauds, second, "confirm")

    assert [f.id for f in list_flags(frauds, owner(), "fraud")] == [first, second]
    assert [f.labeler for f in list_flags(frauds, owner(), "fraud", status="open")] == ["alice"]
    assert [f.id for f in list_flags(frauds, owner(), "fraud", after=first)] == [second]
    assert [f.id for f in list_flags(frauds, owner(), "fraud", limit=1)] == [first]
    with pytest.raises(InvalidInput):
        list_flags(frauds, owner(), "fraud", status="closed")
