"""Drills on record: what was ordered, and what came of it, cannot be altered unseen."""

import json
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from commands import commands
from drilled import FOUND, UNSEEN, drilled
from factories import owner
from recorded import history
from sqlalchemy import text

from labeltrust.domain.drills import DrillDraft
from labeltrust.domain.errors import Busy, Conflict
from labeltrust.jobs.table_queue import TableQueue
from labeltrust.services.apart import Apart
from labeltrust.services.background import daily_work, puller_of
from labeltrust.services.drills._altered import altered_drills
from labeltrust.services.drills._keeping import finished, ordered
from labeltrust.services.drills.game_days import order_game_day
from labeltrust.services.drills.order_drill import DRILL, list_drills, order_drill
from labeltrust.services.drills.work import drill_for_job, schedule_drills
from labeltrust.services.verify_ledger import verify_ledger
from labeltrust.store.session import unit_of_work

SUPPLY = DrillDraft(campaign="import", seed=5)
LEASE = timedelta(seconds=30)


def told(deployment):
    return [(row.type, row.actor, json.loads(row.detail)) for row in history(deployment, "drill.")]


def test_what_was_ordered_and_what_came_of_it_are_acts_of_the_installation(deployment):
    order_drill(deployment, owner(), SUPPLY)
    worker = puller_of(deployment)
    while worker.step():
        pass

    (drill,) = list_drills(deployment, owner()).drills
    # A supplier's file is found by its vetting, before a label of it counts.
    assert (drill.found.bad_until_found, drill.found.flagged, drill.found.frozen) == (0, 3, 3)
    assert drill.found.bad_labels > 50
    assert not drill.found.gate_open
    (order, by, asked), (end, machine, outcome) = told(deployment)
    assert (order, by) == ("drill.ordered", owner().name)
    assert (asked["campaign"], asked["seed"]) == ("import", 5)
    assert (end, machine) == ("drill.finished", "system:drill")
    assert outcome["drill"] == drill.id
    assert outcome["found"]["minutes_until_found"] == drill.found.minutes_until_found
    assert outcome["found"]["seconds_until_contained"] == drill.found.seconds_until_contained
    assert outcome["found"]["held_wrongly"] == list(drill.found.held_wrongly) == []
    assert outcome["aims"] == {"detected": True, "contained": True, "held_wrongly": False}
    assert verify_ledger(deployment, owner()).ok


@pytest.fixture
def kept(deployment):
    """Two drills with an outcome, and a game day that waits."""
    drilled(deployment, [replace(FOUND, others_frozen=1, held_wrongly=(7,)), UNSEEN])
    order_game_day(deployment, owner())
    assert verify_ledger(deployment, owner()).ok
    return deployment


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            "UPDATE drill SET found = replace(found, '[7]', '[]') WHERE id = 1",
            ["drill 1 is not what its record says"],
        ),
        (
            "UPDATE drill SET found = NULL, error = 'no disk' WHERE id = 2",
            ["drill 2 is not what its record says"],
        ),
        ("UPDATE drill SET found = '{' WHERE id = 2", None),
        ("UPDATE drill SET seed = 9 WHERE id = 1", ["drill 1 is not what its record says"] * 2),
        (
            "UPDATE drill SET finished_at = '2026-01-01 00:00:00.000000' WHERE id = 1",
            ["drill 1 is not what its record says"],
        ),
        (
            "UPDATE drill SET finished_at = NULL WHERE id = 2",
            ["drill 2 was finished by its record, and is not"],
        ),
        (
            "DELETE FROM drill WHERE id = 2",
            [
                "drill 2 was finished by its record, and is not",
                "drill 2 was ordered by its record, and is not",
            ],
        ),
        (
            (
                "INSERT INTO drill (id, ordered_at, ordered_by, campaign, seed, labels_a_minute) "
                "SELECT 99, ordered_at, ordered_by, 'flip', 1, 100 FROM drill WHERE id = 1"
            ),
            ["drill 99 has no record"],
        ),
        (
            "UPDATE game_day SET ordered_by = 'os:else' WHERE id = 1",
            ["game day 1 is not what its record says"],
        ),
    ],
)
def test_a_row_that_was_altered_is_named(kept, clock, change, words):
    clock.tick(5)
    with kept.engine.begin() as connection:
        connection.execute(text(change))

    report = verify_ledger(kept, owner())

    assert not report.ok
    assert all(chain.problem is None for chain in report.chains)
    if words is None:
        assert all("drill 2 " in one for one in report.altered)
        assert report.altered
    else:
        assert list(report.altered) == words


def test_the_command_says_so_and_fails(deployment, monkeypatch, capsys):
    drilled(deployment, [FOUND])
    command = commands(deployment.settings, monkeypatch, capsys)
    good = command("ledger", "verify")
    with deployment.engine.begin() as connection:
        connection.execute(text("UPDATE drill SET campaign = 'ring'"))

    bad = command("ledger", "verify")

    assert (good.code, bad.code) == (0, 1)
    assert "drill 1 is not what its record says" in bad.out


def test_a_drill_that_is_over_stays_as_it_ended(deployment):
    (drill,) = drilled(deployment, [FOUND])

    with unit_of_work(deployment.engine) as session:
        again = finished(deployment, session, owner(), drill.id, found=UNSEEN)

    assert again == drill
    assert len(told(deployment)) == 2


def test_who_lost_the_lease_records_nothing(deployment, clock):
    drill = order_drill(deployment, owner(), SUPPLY)
    queue = TableQueue(engine=deployment.engine)
    slow = queue.claim("slow", clock(), LEASE)
    clock.tick(31)
    queue.claim("other", clock(), LEASE)

    with pytest.raises(Conflict):
        drill_for_job(deployment, slow)

    assert [kind for kind, *_ in told(deployment)] == ["drill.ordered"]
    assert list_drills(deployment, owner()).drills == [drill]


def test_one_that_a_stopping_server_cut_off_is_tried_again_but_not_for_ever(deployment, clock):
    order_drill(deployment, owner(), SUPPLY)
    stopping = replace(deployment, apart=Apart())
    stopping.apart.close()
    lease = TableQueue(engine=deployment.engine).claim("worker", clock(), LEASE)

    with pytest.raises(Busy):
        drill_for_job(stopping, lease)
    waits = list_drills(deployment, owner()).drills[0]
    drill_for_job(stopping, replace(lease, attempts=3))

    assert waits.finished_at is None
    assert list_drills(deployment, owner()).drills[0].error == "the server is stopping"


def test_a_scheduled_drill_that_its_worker_left_is_taken_up_again(deployment, clock):
    daily = replace(deployment, settings=replace(deployment.settings, drills_a_day=1))
    queue = TableQueue(engine=deployment.engine, kinds=frozenset({DRILL}))
    with unit_of_work(deployment.engine) as session:
        machine = replace(owner(), name="system:drill")
        left = ordered(deployment, session, machine, SUPPLY)
    clock.now += timedelta(days=1)
    schedule_drills(daily, queue)

    drill_for_job(daily, queue.claim("worker", clock(), LEASE))

    (drill,) = list_drills(deployment, owner()).drills
    assert (drill.id, drill.draft) == (left.id, SUPPLY)
    assert drill.found is not None


def test_what_nobody_finished_within_a_day_is_given_up_unless_a_job_is_about_it(deployment, clock):
    waits = order_drill(deployment, owner(), SUPPLY)
    with unit_of_work(deployment.engine) as session:
        left = ordered(deployment, session, owner(), SUPPLY)
    daily_work(deployment)
    early = list_drills(deployment, owner()).drills
    clock.now += timedelta(days=1, seconds=1)

    daily_work(deployment)

    assert [one.finished_at for one in early] == [None, None]
    after = {one.id: one for one in list_drills(deployment, owner()).drills}
    assert (after[waits.id].finished_at, after[left.id].error) == (None, "cut short")
    assert verify_ledger(deployment, owner()).ok


def test_drills_that_come_meanwhile_are_no_alarm(deployment):
    began, over = threading.Event(), threading.Event()

    def worked():
        for _ in range(25):
            drilled(deployment, [FOUND])
            began.set()
        over.set()

    worker = threading.Thread(target=worked)
    worker.start()
    assert began.wait(10)
    looks = []
    while not over.is_set():
        looks.append(list(altered_drills(deployment)))
    worker.join()

    assert len(looks) > 1
    assert looks == [[]] * len(looks)
    assert len(list_drills(deployment, owner(), limit=100).drills) == 25
