"""Game days: all attacks of the suite, ordered together, once, and kept as a report."""

import json
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from commands import commands
from drilled import FOUND, UNSEEN, drilled
from factories import owner
from recorded import history, project

from labeltrust.domain.drills import SUITE
from labeltrust.domain.errors import Conflict, InvalidInput, NotAllowed
from labeltrust.domain.principals import Principal
from labeltrust.jobs.table_queue import TableQueue
from labeltrust.services.drills._keeping import finished
from labeltrust.services.drills.game_days import (
    GAME_DAY,
    game_day_for_job,
    list_game_days,
    order_game_day,
    run_game_day,
    schedule_game_days,
    show_game_day,
)
from labeltrust.services.drills.order_drill import DRILL
from labeltrust.services.slis.document import show_slis
from labeltrust.services.verify_ledger import verify_ledger
from labeltrust.store.jobs import jobs_of
from labeltrust.store.session import reading, unit_of_work

LEASE = timedelta(seconds=30)


def over(deployment, day, outcomes):
    """End drills of a game day in the order of the suite."""
    for drill, found in zip(day.drills, outcomes, strict=False):
        with unit_of_work(deployment.engine) as session:
            finished(deployment, session, owner(), drill.id, found=found)


def details(deployment, *kinds):
    return [(row.type, json.loads(row.detail)) for row in history(deployment, *kinds)]


def test_a_game_day_is_a_drill_of_each_attack_and_ends_with_the_last(deployment):
    day = order_game_day(deployment, owner())
    with pytest.raises(Conflict, match="under way"):
        order_game_day(deployment, owner())
    wrong = replace(FOUND, others_frozen=2, held_wrongly=(3, 4))
    over(deployment, day, [FOUND, wrong, UNSEEN, FOUND])
    assert show_game_day(deployment, owner(), day.id).finished_at is None
    assert details(deployment, "game_day.finished") == []

    with unit_of_work(deployment.engine) as session:
        finished(deployment, session, owner(), day.drills[-1].id, error="no disk")

    report = show_game_day(deployment, owner(), day.id)
    numbers = [drill.id for drill in day.drills]
    assert [drill.draft.campaign for drill in report.day.drills] == list(SUITE)
    assert len({drill.draft.seed for drill in report.day.drills}) == len(SUITE)
    assert report.finished_at == report.day.drills[-1].finished_at
    assert (report.summary.n, report.summary.detected.value) == (4, 0.75)
    assert details(deployment, "game_day.") == [
        ("game_day.ordered", {"drills": numbers, "game_day": day.id}),
        (
            "game_day.finished",
            {
                "drills": numbers, "game_day": day.id, "detected": 3, "contained": 3,
                "held_wrongly": 1, "failed": 1,
            },
        ),
    ]  # fmt: skip
    assert verify_ledger(deployment, owner()).ok
    assert order_game_day(deployment, owner()).id == day.id + 1


def test_its_drills_are_jobs_and_indicators_like_all_others(deployment):
    project(deployment)
    day = order_game_day(deployment, owner())
    with reading(deployment.engine) as session:
        keys = [job.key for job in jobs_of(session, DRILL)]
    over(deployment, day, [FOUND, FOUND, UNSEEN, FOUND, FOUND])
    drilled(deployment, [FOUND, FOUND])

    shown = {one.id: one for one in show_slis(deployment, owner(), "fraud").slis if not one.source}

    assert keys == [str(drill.id) for drill in day.drills]
    counts = {number: (shown[number].bad_n, shown[number].value.n) for number in ("S7", "S8", "S9")}
    assert counts == {"S7": (1, 7), "S8": (0, 6), "S9": (0, 7)}


def test_one_comes_each_so_many_days_after_the_last_whoever_ordered_it(deployment, clock):
    quarterly = replace(deployment, settings=replace(deployment.settings, game_day_every_days=91))
    queue = TableQueue(engine=deployment.engine, kinds=frozenset({GAME_DAY}))
    began, made = clock.now, []
    for day in range(200):
        schedule_game_days(quarterly, queue)
        lease = queue.claim("worker", clock(), LEASE)
        if lease is not None:
            game_day_for_job(quarterly, lease)
            queue.finish(lease)
            made.append(day)
        if day == 120:
            over(quarterly, list_game_days(quarterly, owner()).days[0].day, [FOUND] * 5)
            order_game_day(quarterly, owner())
        if day in made or day == 120:
            over(quarterly, list_game_days(quarterly, owner()).days[0].day, [FOUND] * 5)
        clock.now += timedelta(days=1)

    page = list_game_days(quarterly, owner())
    assert made == [0, 91]
    assert [(one.day.ordered_at - began).days for one in page.days] == [120, 91, 0]
    assert page.next_at == page.days[0].day.ordered_at + timedelta(days=91)
    assert not page.overdue
    clock.now = page.next_at + timedelta(days=2)
    assert list_game_days(quarterly, owner()).overdue
    assert list_game_days(deployment, owner()).next_at is None


def test_without_the_setting_none_is_ordered(deployment):
    queue = TableQueue(engine=deployment.engine)

    schedule_game_days(deployment, queue)

    with reading(deployment.engine) as session:
        assert jobs_of(session, GAME_DAY) == []


def test_a_job_that_is_done_twice_orders_one_game_day(deployment, clock):
    quarterly = replace(deployment, settings=replace(deployment.settings, game_day_every_days=91))
    queue = TableQueue(engine=deployment.engine, kinds=frozenset({GAME_DAY}))
    schedule_game_days(quarterly, queue)
    slow = queue.claim("slow", clock(), LEASE)
    clock.tick(31)
    other = queue.claim("other", clock(), LEASE)

    game_day_for_job(quarterly, other)
    with pytest.raises(Conflict):
        game_day_for_job(quarterly, slow)
    game_day_for_job(quarterly, other)

    assert len(list_game_days(quarterly, owner()).days) == 1


def test_it_is_carried_out_here_listed_and_shown_by_commands(deployment, monkeypatch, capsys):
    command = commands(deployment.settings, monkeypatch, capsys)
    empty = command("redteam", "game-day", "list")

    ran = command("redteam", "game-day", "run", "--campaign", "import", "--json")

    shown = command("redteam", "game-day", "show", "1", "--json")
    listed = command("redteam", "game-day", "list", "--json")
    plain = command("redteam", "game-day", "show", "1")
    wrong = command("redteam", "game-day", "run", "--campaign", "bribe")
    assert "No game day yet" in empty.out
    assert "none is scheduled" in empty.out
    assert (ran.code, ran.document) == (0, shown.document)
    assert listed.document["days"] == [shown.document]
    (drill,) = shown.document["day"]["drills"]
    assert (drill["draft"]["campaign"], drill["found"]["bad_until_found"]) == ("import", 0)
    assert "found in time" in plain.out
    assert "1.00 [0.21, 1.00] n=1" in plain.out
    assert (wrong.code, "bribe" in wrong.err) == (2, True)
    assert command("redteam", "game-day", "show", "9").code == 2


def test_an_unknown_campaign_orders_nothing(deployment):
    with pytest.raises(InvalidInput):
        run_game_day(deployment, owner(), ["import", "bribe"])

    assert list_game_days(deployment, owner()).days == []
    assert history(deployment, "drill.", "game_day.") == []


def test_one_that_is_broken_off_is_over_and_another_may_begin(deployment):
    def interrupted(done, _of, _campaign):
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_game_day(deployment, owner(), ["import", "ring"], interrupted)

    (report,) = list_game_days(deployment, owner()).days
    first, second = report.day.drills
    assert (first.error, second.error) == (None, "cut short")
    assert report.finished_at is not None
    assert order_game_day(deployment, owner()).id > report.day.id


def test_of_two_last_drills_at_once_one_ends_the_game_day(deployment):
    for number in range(1, 6):
        day = order_game_day(deployment, owner())
        over(deployment, day, [FOUND] * 3)
        together = threading.Barrier(2)

        def last(drill, together=together):
            together.wait(10)
            with unit_of_work(deployment.engine) as session:
                finished(deployment, session, owner(), drill.id, found=FOUND)

        both = [threading.Thread(target=last, args=(drill,)) for drill in day.drills[3:]]
        for thread in both:
            thread.start()
        for thread in both:
            thread.join()
        assert len(details(deployment, "game_day.finished")) == number


def test_who_may_only_read_orders_none(deployment):
    reader = Principal(name="key:a", role="auditor", projects=None)

    with pytest.raises(NotAllowed):
        order_game_day(deployment, reader)
    assert list_game_days(deployment, reader).days == []
