"""Drills: a campaign goes the real way in a shadow, and the installation sees its outcome alone."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from shutil import copy

import pytest
from commands import commands
from drilled import FOUND, UNSEEN, drilled
from factories import label, owner
from recorded import history, project, record
from sqlalchemy import text

from labeltrust.app import build_deployment
from labeltrust.domain.drills import CAMPAIGNS, DrillDraft
from labeltrust.domain.errors import Conflict
from labeltrust.domain.principals import Principal
from labeltrust.jobs.table_queue import TableQueue
from labeltrust.services.alerting.list_alerts import list_alerts
from labeltrust.services.background import puller_of
from labeltrust.services.drills._campaigns import campaign_of
from labeltrust.services.drills._keeping import finished
from labeltrust.services.drills.order_drill import DRILL, list_drills, order_drill
from labeltrust.services.drills.work import order_scheduled, schedule_drills
from labeltrust.services.slis.document import show_slis
from labeltrust.settings import Settings
from labeltrust.store.session import unit_of_work

FLIP = DrillDraft(campaign="flip", seed=1)


@pytest.fixture
def home(deployment):
    project(deployment)
    record(deployment, [label("i1", "alice")])
    return deployment


@pytest.fixture
def one_home(sqlite_template, tmp_path):
    """A drill never asks the installation's own database for anything but its row."""
    copy(sqlite_template, tmp_path / "labeltrust.db")
    made = build_deployment(Settings(home=tmp_path))
    project(made)
    record(made, [label("i1", "alice")])
    yield made
    made.engine.dispose()


def kept(deployment):
    ours = "event WHERE type NOT LIKE 'drill.%'"
    tables = (ours, "flag", "assessment", "alert_cause", "project", "item_alias")
    with deployment.engine.connect() as connection:
        return [connection.execute(text(f"SELECT COUNT(*) FROM {t}")).scalar() for t in tables]  # noqa: S608


@pytest.mark.parametrize("campaign", CAMPAIGNS)
def test_a_campaign_is_the_same_by_its_seed_and_poisons(campaign):
    first, again, other = (
        campaign_of(DrillDraft(campaign=campaign, seed=seed)) for seed in (1, 1, 2)
    )

    assert (first.scene.label == again.scene.label).all()
    assert (first.scene.label != other.scene.label).any()
    assert first.bad.sum() > 10
    assert not first.bad[~first.attacks[first.scene.labeler]].any()
    assert (first.victim is not None) == (campaign == "framing")


def test_a_drill_is_found_and_leaves_nothing_but_its_outcome(one_home, monkeypatch, capsys):
    home = one_home
    command = commands(home.settings, monkeypatch, capsys)
    before = kept(home)

    ran = command("redteam", "drill", "run", "--campaign", "flip", "--seed", "15838", "--json")

    told = command("redteam", "drill", "list", "--json").document
    found = list_drills(home, owner()).drills[0].found
    assert ran.code in {0, 1}
    assert told["drills"][0]["found"] == ran.document["found"]
    assert (found.labels, found.attackers, found.others_frozen) == (4_000, 3, 0)
    assert found.flagged >= 1
    assert 0 < found.bad_until_found <= found.bad_labels
    assert 0 < found.minutes_until_found < 40
    assert kept(home) == before
    assert list_alerts(home, owner()) == []
    assert history(home, "flag.", "freeze.") == []
    page = list_drills(home, owner())
    assert (page.lately.n, page.drills[0].found) == (1, found)


def test_scheduled_drills_take_turns_at_even_distances(home, clock):
    often = replace(home, settings=replace(home.settings, drills_a_day=24))
    queue = TableQueue(engine=home.engine, kinds=frozenset({DRILL}))
    for _ in range(3 * 60):
        schedule_drills(often, queue)
        lease = queue.claim("worker", clock(), timedelta(seconds=30))
        if lease is not None:
            number = order_scheduled(often, lease)
            with unit_of_work(home.engine) as session:
                finished(often, session, owner(), number, found=FOUND)
            queue.finish(lease)
        clock.now += timedelta(minutes=1)

    told = list_drills(home, owner()).drills
    assert [one.draft.campaign for one in reversed(told)] == list(CAMPAIGNS)[:3]
    assert {one.ordered_by for one in told} == {"system:drill"}
    gaps = [a.ordered_at - b.ordered_at for a, b in pairwise(told)]
    assert gaps == [timedelta(hours=1)] * 2
    assert len({one.draft.seed for one in told}) == 3


def test_no_drill_is_carried_out_unless_somebody_asks_for_it(home, clock):
    worker = puller_of(home)
    clock.now += timedelta(days=2)
    while worker.step():
        pass

    assert list_drills(home, owner()).drills == []


def test_orders_do_not_pile_up_and_pages_go_on_where_one_ended(home):
    for seed in range(10):
        order_drill(home, owner(), replace(FLIP, seed=seed))

    with pytest.raises(Conflict, match="10 drills wait already"):
        order_drill(home, owner(), FLIP)
    first = list_drills(home, owner(), limit=4).drills
    rest = list_drills(home, owner(), before=first[-1].id).drills
    assert [one.draft.seed for one in (*first, *rest)] == list(range(9, -1, -1))


def test_the_command_says_what_to_do_and_what_cannot_be(home, monkeypatch, capsys):
    command = commands(home.settings, monkeypatch, capsys)

    empty = command("redteam", "drill", "list")
    wrong = command("redteam", "drill", "run", "--campaign", "bribe")

    assert "No drill yet" in empty.out
    assert (wrong.code, "bribe" in wrong.err) == (2, True)


def test_who_may_only_read_orders_nothing(home):
    from labeltrust.domain.errors import NotAllowed  # noqa: PLC0415

    with pytest.raises(NotAllowed):
        order_drill(home, Principal(name="key:a", role="auditor", projects=None), FLIP)


def test_drills_are_indicators_of_every_project(home):
    late = replace(FOUND, bad_until_found=63, seconds_until_contained=60.8, others_frozen=1)
    drilled(home, (late, *[FOUND] * 5, UNSEEN))

    shown = {one.id: one for one in show_slis(home, owner(), "fraud").slis if not one.source}

    counts = {number: (shown[number].bad_n, shown[number].value.n) for number in ("S7", "S8", "S9")}
    assert counts == {"S7": (2, 7), "S8": (1, 6), "S9": (1, 7)}
