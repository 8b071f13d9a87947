"""Freezes that act at a platform: asked for with the freeze, done by the worker, taken back."""

from dataclasses import replace
from datetime import timedelta
from threading import Thread

import pytest
from commands import commands
from factories import owner
from reconciling import connected, sent, standing, with_source
from sqlalchemy import text
from studio_server import LEGACY, Studio

from labeltrust.domain.errors import Conflict, InvalidInput, NotAllowed
from labeltrust.domain.principals import Principal
from labeltrust.services.acting.list_acts import acts_of_freeze, list_acts
from labeltrust.services.acting.set_policy import set_source_policy
from labeltrust.services.acting.undo_act import retry_act, undo_act
from labeltrust.services.acting.work import acting_worker_of
from labeltrust.services.connect_source import disconnect_source
from labeltrust.services.freeze_labels import FreezeDraft, freeze_labels
from labeltrust.services.lift_freeze import lift_freeze
from labeltrust.services.verify_ledger import verify_ledger

LEAD = Principal(name="person:ann", role="qa_lead", projects=None, person="ann")


@pytest.fixture
def here(deployment):
    return with_source(deployment)


@pytest.fixture
def studio(here):
    """Two labelers, 2 and 3; 2 answered tasks 1 and 2, 3 answered task 2."""
    made = Studio()
    sent(here, made, 1, 10, completed_by=2)
    sent(here, made, 2, 20, completed_by=2)
    sent(here, made, 2, 21, completed_by=3)
    return made


def frozen(here, labeler="2", **more):
    draft = FreezeDraft(project="fraud", labeler=labeler, reason="flips labels", **more)
    return freeze_labels(here, LEAD, draft)


def switched_on(here, most_items=500):
    return set_source_policy(here, owner(), "ls", ["requeue"], most_items=most_items)


def worked(here):
    """Do all that is due; return how many jobs there were."""
    worker, n = acting_worker_of(here), 0
    while worker.step():
        n += 1
    return n


def overlaps(studio):
    return {task["id"]: (task.get("overlap", 1), task.get("is_labeled")) for task in studio.tasks}


def acts(here):
    return list_acts(here, owner(), "ls").acts


def told(database, like="platform.%"):
    sql = text("SELECT type, actor, detail FROM event WHERE type LIKE :like ORDER BY sequence")
    with database.connect() as connection:
        return [tuple(row) for row in connection.execute(sql, {"like": like}).all()]


def impatient(monkeypatch):
    monkeypatch.setattr("labeltrust.connectors._web.LONGEST_PAUSE_SECONDS", 0.0)


def test_nothing_is_asked_of_a_platform_unless_somebody_switched_it_on(here, studio):
    with connected(here, studio) as calls:
        calls.clear()
        frozen(here)
        jobs = worked(here)

    assert (jobs, calls, acts(here), studio.patched) == (0, [], (), [])


def test_a_freeze_requeues_its_items_and_its_lift_restores_them(here, studio, database):
    before = standing(here)
    with connected(here, studio):
        switched_on(here)
        freeze = frozen(here)
        assert studio.patched == []
        worked(here)
        raised = overlaps(studio)
        lift_freeze(here, LEAD, freeze.id, reason="was right")
        worked(here)

    assert raised == {1: (2, False), 2: (3, False)}
    assert overlaps(studio) == {1: (1, True), 2: (1, True)}
    (act,) = acts(here)
    assert (act.state, act.changed, act.undo_by, act.lost) == ("undone", 2, "person:ann", ())
    assert [(kind, who) for kind, who, _ in told(database)] == [
        ("platform.asked", "person:ann"), ("platform.done", "system:platform"),
        ("platform.undo_asked", "person:ann"), ("platform.undone", "system:platform"),
    ]  # fmt: skip
    assert standing(here) == before
    assert verify_ledger(here, owner()).ok


def test_only_items_within_the_freeze_are_requeued(here, studio, clock):
    clock.tick(3600)
    later = clock()
    sent(here, studio, 3, 30, completed_by=2)
    with connected(here, studio):
        switched_on(here)
        frozen(here, since=later)
        worked(here)

    assert {task for task, *_ in studio.patched} == {3}


def test_an_act_is_undone_alone_and_the_freeze_stays(here, studio):
    with connected(here, studio):
        switched_on(here)
        freeze = frozen(here)
        worked(here)
        (act,) = acts_of_freeze(here, LEAD, freeze.id)
        undo_act(here, LEAD, act.id, reason="queue is full")
        worked(here)
        lift_freeze(here, LEAD, freeze.id, reason="was right")
        worked(here)

    assert overlaps(studio) == {1: (1, True), 2: (1, True)}
    assert len(studio.patched) == 4
    with pytest.raises(Conflict, match="nothing to take back"):
        undo_act(here, LEAD, act.id, reason="again")


def test_a_platform_that_is_away_is_asked_again(here, studio, clock, monkeypatch):
    impatient(monkeypatch)
    with connected(here, studio):
        switched_on(here)
        frozen(here)
        studio.broken = True
        worked(here)
        (failed,) = acts(here)
        studio.broken = False
        at_once = worked(here)
        clock.tick(10)
        worked(here)

    assert (failed.state, failed.tries, at_once) == ("waiting", 1, 0)
    assert "status 500" in failed.trouble
    assert (acts(here)[0].state, acts(here)[0].trouble) == ("done", None)
    assert overlaps(studio) == {1: (2, False), 2: (3, False)}


def test_an_act_is_given_up_after_a_day_and_a_person_tries_again(
    here, studio, clock, database, monkeypatch
):
    impatient(monkeypatch)
    with connected(here, studio):
        switched_on(here)
        frozen(here)
        studio.broken = True
        for _ in range(10):
            worked(here)
            clock.tick(10_000)
        (given_up,) = acts(here)
        studio.broken = False
        waits = worked(here)
        retry_act(here, LEAD, given_up.id, reason="it is back")
        worked(here)

    assert (given_up.state, waits, acts(here)[0].state) == ("failed", 0, "done")
    assert [kind for kind, *_ in told(database, "platform.failed")] == ["platform.failed"]


def test_a_crash_between_the_answer_and_the_commit_changes_nothing_twice(
    here, studio, clock, monkeypatch
):
    """The lease of a worker that died runs out; the next one finds done what was done."""
    with connected(here, studio):
        switched_on(here)
        frozen(here)
        with monkeypatch.context() as dying:
            dying.setattr("labeltrust.services.acting.work._settled", _dies)
            with pytest.raises(SystemExit):
                worked(here)
        assert acts(here)[0].state == "waiting"
        clock.tick(31)
        worked(here)

    assert sorted(studio.patched) == [(1, 2, False), (2, 3, False)]
    assert (acts(here)[0].state, acts(here)[0].changed) == ("done", 2)


def test_a_crash_while_taking_back_restores_once(here, studio, clock, monkeypatch):
    with connected(here, studio):
        switched_on(here)
        first, second = frozen(here, "2"), frozen(here, "3")
        worked(here)
        lift_freeze(here, LEAD, first.id, reason="was right")
        with monkeypatch.context() as dying:
            dying.setattr("labeltrust.services.acting.work._settled", _dies)
            with pytest.raises(SystemExit):
                worked(here)
        clock.tick(31)
        worked(here)
        between = overlaps(studio)
        lift_freeze(here, LEAD, second.id, reason="was right, too")
        worked(here)

    # Two people answered task 2: the first freeze made it 3, the second 4.
    assert between[2] == (2, True)
    assert overlaps(studio) == {1: (1, True), 2: (1, True)}


def _dies(*_):
    raise SystemExit


def test_two_workers_do_each_act_once(here, studio):
    with connected(here, studio):
        switched_on(here)
        frozen(here, "2")
        frozen(here, "3")
        threads = [Thread(target=worked, args=(here,)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        worked(here)

    assert [act.state for act in acts(here)] == ["done", "done"]
    assert sorted(studio.patched) == [(1, 2, False), (2, 3, False), (2, 4, False)]


def test_what_somebody_else_changed_meanwhile_is_left_alone_and_said(here, studio):
    with connected(here, studio):
        switched_on(here)
        freeze = frozen(here)
        worked(here)
        studio.tasks[0]["overlap"] = 7
        lift_freeze(here, LEAD, freeze.id, reason="was right")
        worked(here)

    assert overlaps(studio) == {1: (7, False), 2: (1, True)}
    (lost,) = acts(here)[0].lost
    assert (lost.target, lost.undone) == ("1", "not restored: somebody else made it 7 meanwhile")


def test_a_second_freeze_of_a_labeler_keeps_items_requeued_when_the_first_is_lifted(
    here, studio, clock
):
    clock.tick(60)
    with connected(here, studio):
        switched_on(here)
        narrow = frozen(here, since=clock() - timedelta(days=1), clock="received")
        worked(here)
        wide = frozen(here)
        worked(here)
        lift_freeze(here, LEAD, narrow.id, reason="the wide one holds")
        worked(here)
        kept = overlaps(studio)
        lift_freeze(here, LEAD, wide.id, reason="was right")
        worked(here)

    assert kept == {1: (2, False), 2: (3, False)}
    assert overlaps(studio) == {1: (1, True), 2: (1, True)}


def test_more_items_than_allowed_are_not_requeued_at_all(here, studio):
    with connected(here, studio):
        switched_on(here, most_items=1)
        frozen(here)
        worked(here)

    assert studio.patched == []
    assert (acts(here)[0].state, "more than 1 items" in acts(here)[0].trouble) == ("failed", True)


def test_a_lift_before_anything_was_asked_calls_the_act_off(here, studio, database):
    with connected(here, studio) as calls:
        switched_on(here)
        calls.clear()
        freeze = frozen(here)
        lift_freeze(here, LEAD, freeze.id, reason="wrong one")
        worked(here)

    assert (calls, acts(here)[0].state) == ([], "undone")
    assert [kind for kind, *_ in told(database)] == ["platform.asked", "platform.called_off"]


def test_a_source_of_another_project_or_platform_is_not_touched(here, studio):
    studio.elsewhere = {"10"}
    studio.tasks = [task for task in studio.tasks if task["id"] != 1]
    with connected(here, studio):
        switched_on(here)
        frozen(here)
        worked(here)

    assert {task for task, *_ in studio.patched} == {2}


def test_an_act_is_not_taken_back_at_another_platform(here, studio):
    other = Studio()
    other.annotate(1, 10)
    with connected(here, studio):
        switched_on(here)
        freeze = frozen(here)
        worked(here)
    with connected(here, other):
        lift_freeze(here, LEAD, freeze.id, reason="was right")
        worked(here)

    assert other.patched == []
    assert (acts(here)[0].state, "connected to" in acts(here)[0].trouble) == ("stuck", True)


def test_a_disconnected_source_says_that_it_could_not_act(here, studio):
    with connected(here, studio):
        switched_on(here)
        frozen(here)
        disconnect_source(here, owner(), "ls", reason="moved")
        worked(here)

    assert (acts(here)[0].state, "connect it first" in acts(here)[0].trouble) == ("failed", True)


def test_the_token_is_in_no_event_row_or_answer(here, studio, database, monkeypatch):
    impatient(monkeypatch)
    with connected(here, studio):
        switched_on(here)
        frozen(here)
        studio.broken = True
        worked(here)
        shown = repr(list_acts(here, owner(), "ls"))
    with database.connect() as connection:
        kept = str(connection.exec_driver_sql("SELECT * FROM platform_act").all())
        kept += str(connection.exec_driver_sql("SELECT detail FROM event").all())

    assert LEGACY not in kept + shown


def test_an_address_inside_a_network_is_not_asked_when_the_rules_are_tightened(here, studio):
    with connected(here, studio) as calls:
        switched_on(here)
        frozen(here)
        calls.clear()
        tight = replace(here, settings=replace(here.settings, platform_networks=""))
        worked(tight)

    assert calls == []
    assert "platform is refused" in acts(here)[0].trouble


def test_what_the_platform_cannot_do_is_not_switched_on(here, studio):
    with connected(here, studio), pytest.raises(InvalidInput, match="no way back") as refused:
        set_source_policy(here, owner(), "ls", ["pause"])

    assert refused.value.code == "act_not_offered"
    assert list_acts(here, owner(), "ls").policy.acts == ()


def test_only_who_manages_sources_switches_acts_on(here, studio):
    with connected(here, studio), pytest.raises(NotAllowed):
        set_source_policy(here, LEAD, "ls", ["requeue"])


def test_only_who_may_freeze_takes_back_and_tries_again(here, studio):
    reviewer = Principal(name="key:r", role="reviewer", projects=None)
    with connected(here, studio):
        switched_on(here)
        frozen(here)
        worked(here)
        (act,) = acts(here)

    for service in (undo_act, retry_act):
        with pytest.raises(NotAllowed):
            service(here, reviewer, act.id, reason="x")


def test_switched_off_asks_for_nothing_more_and_leaves_what_was_done(here, studio):
    with connected(here, studio):
        switched_on(here)
        first = frozen(here, "2")
        worked(here)
        set_source_policy(here, owner(), "ls", [])
        frozen(here, "3")
        worked(here)
        lift_freeze(here, LEAD, first.id, reason="was right")
        worked(here)

    assert len(acts(here)) == 1
    assert overlaps(studio) == {1: (1, True), 2: (1, True)}


def test_the_command_line_switches_on_lists_and_takes_back(
    here, studio, settings, monkeypatch, capsys
):
    monkeypatch.setenv("LABELTRUST_PLATFORM_NETWORKS", "127.0.0.0/8")
    cli = commands(settings, monkeypatch, capsys)
    with connected(here, studio):
        off = cli("source", "policy", "ls")
        refused = cli("source", "policy", "ls", "--on", "pause")
        on = cli("source", "policy", "ls", "--on", "requeue", "--most-items", "5", "--json")
        frozen(here)
        worked(here)
        listed = cli("source", "acts", "ls", "--json").document
        number = str(listed["acts"][0]["id"])
        undone = cli("source", "undo-act", number, "--reason", "full", "--json").document
        again = cli("source", "retry-act", number, "--reason", "again")
        table = cli("source", "acts", "ls")

    assert "freezes do nothing at this platform" in off.out
    assert (refused.code, "no way back" in refused.err) == (2, True)
    assert on.document["policy"]["acts"] == ["requeue"]
    assert (listed["acts"][0]["state"], undone["state"], again.code) == ("done", "undoing", 2)
    assert "requeue" in table.out
    assert LEGACY not in off.out + on.out + str(listed) + table.out
