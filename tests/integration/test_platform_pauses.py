"""A labeler of an Argilla is taken off the workspace by a freeze, and put back by its lift."""

from dataclasses import replace

import pytest
from argilla_server import (
    ADMIN_KEY,
    DATASET,
    HER_KEY,
    MALLORY,
    OWNER,
    OWNER_KEY,
    Members,
    argilla_serving,
)
from factories import label, owner
from recorded import record

from labeltrust.domain.access import SourceDraft
from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.freezes import FreezeState
from labeltrust.domain.platform_access import AccessDraft
from labeltrust.domain.projects import ProjectDraft
from labeltrust.services._acts import begin_act, place_freeze
from labeltrust.services._cases import labeler_named
from labeltrust.services.acting.list_acts import list_acts
from labeltrust.services.acting.set_policy import set_source_policy
from labeltrust.services.acting.undo_act import undo_act
from labeltrust.services.acting.work import acting_worker_of
from labeltrust.services.add_source import add_source
from labeltrust.services.connect_source import connect_source
from labeltrust.services.create_project import create_project
from labeltrust.services.freeze_labels import FreezeDraft, freeze_labels
from labeltrust.services.lift_freeze import lift_freeze
from labeltrust.store.projects import project_row
from labeltrust.store.session import unit_of_work


@pytest.fixture
def here(deployment):
    networks = replace(deployment.settings, platform_networks="127.0.0.0/8")
    deployment = replace(deployment, settings=networks)
    create_project(deployment, owner(), ProjectDraft(name="fraud"))
    draft = SourceDraft(name="a", platform="argilla", projects=("fraud",))
    add_source(deployment, owner(), draft)
    record(deployment, [label(labeler=MALLORY), label(labeler=OWNER)], source="a")
    return deployment


def held(here, labeler=MALLORY, kind="label"):
    draft = FreezeDraft(project="fraud", labeler=labeler, reason="flips labels", kind=kind)
    return freeze_labels(here, owner(), draft)


def lifted(here, freeze):
    lift_freeze(here, owner(), freeze.id, reason="was right")


def linked(here, url, key=OWNER_KEY):
    connect_source(here, owner(), "a", AccessDraft(url=url, remote=DATASET, token=key))


def worked(here):
    worker = acting_worker_of(here)
    while worker.step():
        pass


def acts(here):
    return list_acts(here, owner(), "a").acts


def test_a_hold_takes_a_labeler_off_and_its_lift_puts_her_back(here, database):
    members = Members()
    with argilla_serving(members) as (url, _):
        linked(here, url)
        set_source_policy(here, owner(), "a", ["pause"])
        freeze = held(here, kind="person-hold")
        worked(here)
        during = set(members.members)
        lifted(here, freeze)
        worked(here)

    assert during == {OWNER}
    assert members.changes == [("DELETE", MALLORY), ("POST", MALLORY)]
    assert (acts(here)[0].state, acts(here)[0].lost) == ("undone", ())
    with database.connect() as connection:
        kept = str(connection.exec_driver_sql("SELECT * FROM platform_act").all())
        kept += str(connection.exec_driver_sql("SELECT detail FROM event").all())
    assert not [secret for secret in (OWNER_KEY, HER_KEY, MALLORY) if secret in kept]


def test_two_freezes_keep_a_labeler_off_until_both_are_lifted(here):
    members = Members()
    with argilla_serving(members) as (url, _):
        linked(here, url)
        set_source_policy(here, owner(), "a", ["pause"])
        first, second = held(here), held(here, kind="person-hold")
        worked(here)
        lifted(here, first)
        worked(here)
        between = set(members.members)
        lifted(here, second)
        worked(here)

    assert (between, set(members.members)) == ({OWNER}, {OWNER, MALLORY})
    assert [act.state for act in acts(here)] == ["undone", "undone"]


def test_who_was_no_member_is_not_made_one(here):
    members = Members(members={OWNER: "owner"})
    with argilla_serving(members) as (url, _):
        linked(here, url)
        set_source_policy(here, owner(), "a", ["pause"])
        freeze = held(here)
        worked(here)
        lifted(here, freeze)
        worked(here)

    assert members.changes == []


def test_an_answer_that_got_lost_is_not_taken_for_a_failure(here, clock, monkeypatch):
    members = Members()
    with argilla_serving(members) as (url, _):
        linked(here, url)
        set_source_policy(here, owner(), "a", ["pause"])
        held(here)
        with monkeypatch.context() as dying:
            dying.setattr("labeltrust.services.acting.work._settled", _dies)
            with pytest.raises(SystemExit):
                worked(here)
        clock.tick(31)
        worked(here)
        undo_act(here, owner(), acts(here)[0].id, reason="a mistake")
        worked(here)

    assert members.changes == [("DELETE", MALLORY), ("POST", MALLORY)]


def _dies(*_):
    raise SystemExit


def test_a_key_that_could_not_put_back_may_not_take_off(here):
    members = Members()
    with argilla_serving(members) as (url, _):
        linked(here, url, ADMIN_KEY)
        with pytest.raises(InvalidInput, match="only an owner's key"):
            set_source_policy(here, owner(), "a", ["pause"])

    assert list_acts(here, owner(), "a").policy.acts == ()


def test_an_owner_cannot_be_paused_and_the_act_says_so(here):
    members = Members()
    with argilla_serving(members) as (url, _):
        linked(here, url)
        set_source_policy(here, owner(), "a", ["pause"])
        held(here, labeler=OWNER)
        worked(here)

    assert members.changes == []
    assert (acts(here)[0].state, "is an owner" in acts(here)[0].trouble) == ("failed", True)


def test_requeueing_is_not_offered_and_the_reason_is_told(here):
    found = list_acts(here, owner(), "a")

    assert [one.kind for one in found.offered] == ["pause"]
    assert "whole dataset" in found.unoffered["requeue"]


def test_a_pause_ends_with_a_hold_of_the_machine_that_ran_out(here, clock):
    members = Members()
    with argilla_serving(members) as (url, _):
        linked(here, url)
        set_source_policy(here, owner(), "a", ["pause"])
        held_by_machine(here)
        worked(here)
        during = set(members.members)
        clock.tick(24 * 3600)
        worked(here)

    assert (during, set(members.members)) == ({OWNER}, {OWNER, MALLORY})
    assert (acts(here)[0].state, acts(here)[0].undo_reason) == ("undone", "the hold ran out")


def held_by_machine(here):
    with unit_of_work(here.engine) as session:
        project = project_row(session, "fraud")
        act = begin_act(session, project, "system:test", here.clock())
        who = labeler_named(here, session, project, MALLORY)
        hold = FreezeState(
            id=0, kind="person-hold", labeler_id=who, automatic=True, placed_at=act.at,
            placed_by=act.actor,
        )  # fmt: skip
        place_freeze(act, hold, "leaks gold")
