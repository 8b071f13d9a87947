"""Two workers on one PostgreSQL: features, patterns, drills and game days are done once."""

import json
from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
import pytest
from chaos.process import Running
from commands import environment
from databases import copied
from drilled import FOUND
from factories import StepClock, label, owner
from receivers import channel, near, receiving
from recorded import history, project, record
from servers import until

from labeltrust.app import build_deployment, wall_clock
from labeltrust.domain.drills import CAMPAIGNS, SUITE, DrillDraft
from labeltrust.services.alerting.list_alerts import list_alerts
from labeltrust.services.background import DRIFT
from labeltrust.services.deployment import Deployment
from labeltrust.services.drills._keeping import day_ordered, finished, ordered
from labeltrust.services.drills._shadow import MACHINE
from labeltrust.services.drills.game_days import list_game_days
from labeltrust.services.drills.order_drill import DRILL, list_drills
from labeltrust.services.drills.work import SCHEDULED
from labeltrust.services.measure_drift import show_drift
from labeltrust.services.register_pattern import add_pattern
from labeltrust.services.verify_ledger import verify_ledger
from labeltrust.settings import Settings
from labeltrust.store import drills
from labeltrust.store.jobs import enqueue
from labeltrust.store.session import unit_of_work

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
ITEMS, WEEK, DAYS = 120, timedelta(days=7), 30
MORE = {
    "LABELTRUST_UNSAFE_ALERTS": "true",
    "LABELTRUST_DRILLS_A_DAY": "1",
    "LABELTRUST_GAME_DAY_EVERY_DAYS": str(DAYS),
    # Nothing but what is asked for here.
    "LABELTRUST_ASSESS_AFTER_SECONDS": "86400",
    "LABELTRUST_ASSESS_AT_MOST_EVERY_SECONDS": "8640000",
}


@dataclass(frozen=True)
class Home:
    """An installation with weeks of a past, as this process reaches it, and its clock."""

    deployment: Deployment
    clock: StepClock


@pytest.fixture
def home(postgres_server, postgres_template, tmp_path):
    with copied(postgres_server, postgres_template) as url:
        folder = tmp_path / "var"
        folder.mkdir()
        settings = Settings(home=folder, database_url=url, unsafe_durability=True)
        clock = StepClock()
        deployment = near(replace(build_deployment(settings), clock=clock))
        clock.now = wall_clock() - 5 * WEEK
        project(deployment)
        rng, newest = np.random.default_rng(1), wall_clock() - timedelta(hours=1)
        for week in range(5):
            clock.now = newest - (4 - week) * WEEK
            came(deployment, rng, f"w{week}", mean=float(week == 4))
        clock.now = wall_clock()
        yield Home(deployment, clock)
        deployment.engine.dispose()


def came(deployment, rng, tag, *, mean):
    """Have items of a week come; in the newest their amount has moved."""
    record(
        deployment,
        [
            label(
                f"{tag}-{k}",
                "alice",
                item_features={"amount": amount},
                content={"text": f"order {tag}-{k}"},
            )
            for k, amount in enumerate(rng.normal(mean, 1, ITEMS).round(3).tolist())
        ],
    )


def drill_noted(here):
    """Note a drill of the schedule that is over, so that a supplier's import is next."""
    before = list(CAMPAIGNS)[list(CAMPAIGNS).index("import") - 1]
    with unit_of_work(here.engine) as session:
        one = ordered(here, session, MACHINE, DrillDraft(campaign=before, seed=1))
        finished(here, session, MACHINE, one.id, found=FOUND)


def game_day_noted(home, ago):
    """Note a game day as of some time ago that is over; the next one is due by the newest."""
    here = home.deployment
    home.clock.now = wall_clock() - ago
    with unit_of_work(here.engine) as session:
        day = drills.add_game_day(session, home.clock(), owner().name)
        draft = DrillDraft(campaign="import", seed=1)
        one = ordered(here, session, owner(), draft, day)
        day_ordered(session, drills.get_game_day(session, day))
        finished(here, session, owner(), one.id, found=FOUND)
    home.clock.now = wall_clock()


@pytest.fixture
def workers(home, tmp_path):
    """Two processes that do background work, and write down what."""
    drill_noted(home.deployment)
    game_day_noted(home, timedelta())
    both = []
    for number in range(2):
        process = Running(
            environment=environment(home.deployment.settings) | MORE,
            log=tmp_path / f"worker{number}.log",
            command=("worker",),
        )
        both.append(process)
        process.start(failpoints=f"trace={tmp_path / f'{number}.trace'}", wait=False)
    try:
        assert until(lambda: all("worker runs" in one.log.read_text() for one in both))
        yield both
    finally:
        for process in both:
            process.kill()


def done(tmp_path):
    """How often each kind of work came to its end, over both workers."""
    lines = [line for path in tmp_path.glob("*.trace") for line in path.read_text().splitlines()]
    return Counter(line.partition("/")[0] for line in lines if "/done#" in line)


def by_schedule(deployment):
    """Drills that the schedule ordered and that stand alone, the newest first."""
    kept = list_drills(deployment, owner()).drills
    return [one for one in kept if one.game_day is None and one.ordered_by == MACHINE.name]


def test_two_workers_measure_look_and_drill_once_and_tell_once(home, workers, tmp_path):
    here = home.deployment
    with receiving() as receiver:
        channel(here, "webhook", receiver.url, codes=("feature_drift", "trigger_hit"))
        add_pattern(here, owner(), "fraud", r"w4-7\b", reason="incident 3")
        with unit_of_work(here.engine) as session:
            enqueue(session, DRIFT, "all", wall_clock())
            enqueue(session, DRILL, SCHEDULED, wall_clock())
        game_day_noted(home, timedelta(days=DAYS))
        assert until(lambda: len(receiver.got) == 2, 60.0)
        assert until(lambda: by_schedule(here)[0].found not in {None, FOUND}, 60.0)
        assert until(lambda: len(list_game_days(here, owner()).days) == 3, 60.0)
    home.clock.now = wall_clock()

    assert all(worker.is_alive for worker in workers)
    assert {d["type"] for d in receiver.documents} == {"drift.found", "trigger.hit"}
    assert Counter(one.code for one in list_alerts(here, owner())) == {
        "feature_drift": 1,
        "trigger_hit": 1,
    }
    assert [line["alarm"] for line in show_drift(here, owner(), "fraud")["features"]].count(True)
    assert len(history(here, "trigger.hit")) == 1
    counts = done(tmp_path)
    assert (counts["drift"], counts["game_day"]) == (1, 1)
    days = list_game_days(here, owner()).days
    assert [one.day.ordered_by == MACHINE.name for one in days] == [True, False, False]
    assert [one.draft.campaign for one in days[0].day.drills] == list(SUITE)
    assert len(by_schedule(here)) == 2
    ended = Counter(json.loads(row.detail)["drill"] for row in history(here, "drill.finished"))
    assert set(ended.values()) == {1}
    assert verify_ledger(here, owner()).ok
