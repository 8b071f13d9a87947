"""A storm of flags is a handful of messages, and one page goes out in the midst of it."""

import time

import pytest
from factories import label, owner
from receivers import channel, near, receiving, told
from recorded import project, record
from sqlmodel import func, select

from labeltrust.app import wall_clock
from labeltrust.services.alerting.list_alerts import alert_figures
from labeltrust.store.alert_causes import keep_cause
from labeltrust.store.chains import chain_end
from labeltrust.store.projects import project_row
from labeltrust.store.session import reading, unit_of_work
from labeltrust.store.tables import Alert, Chain

FLAGS = 5_000


@pytest.fixture
def home(deployment, clock):
    clock.now = wall_clock()
    project(deployment)
    record(deployment, [label("i1", "alice")])
    return near(deployment)


def storm(deployment, n, first=1):
    """Keep so many opened flags in the outbox, as one assessment would."""
    with unit_of_work(deployment.engine) as session:
        chain_end(session, project_row(session, "fraud"), lock=True)
        number = session.exec(select(Chain.id).where(Chain.name == "fraud")).one()
        for flag in range(first, first + n):
            detail = {"flag": flag, "severity": "low", "signals": ["spam"], "strong": False}
            keep_cause(
                session, "flag.opened", deployment.clock(), detail, labeler_id=1,
                chain=(number, "fraud", flag),
            )  # fmt: skip


@pytest.mark.slow
def test_five_thousand_flags_in_a_minute_are_five_messages_at_most(home, clock):
    with receiving() as receiver:
        channel(home, "pagerduty", options={"routing_key": "R", "url": receiver.url},
                codes=("flag_opened", "ledger_broken"), window_seconds=30.0)  # fmt: skip
        for part in range(10):
            storm(home, FLAGS // 10, first=1 + part * FLAGS // 10)
            told(home)
            clock.tick(6)
        with unit_of_work(home.engine) as session:
            said = {"chain": "fraud", "broken": "record 3"}
            keep_cause(session, "ledger.broken", home.clock(), said)
        began = time.monotonic()
        told(home, clock, times=4, seconds=30)
        assert time.monotonic() - began < 120

    with reading(home.engine) as session:
        assert session.exec(select(func.count()).select_from(Alert)).one() == FLAGS + 1
    classes = [d["payload"]["class"] for d in receiver.documents]
    assert len(classes) <= 5
    assert classes.count("ledger_broken") == 1
    assert alert_figures(home, owner()).waiting == 0
