"""What no event tells: silent sources, growing quarantines, late checkpoints, mitigations."""

from datetime import timedelta

import pytest
from factories import label, owner
from flagging import flagged
from receivers import channel, near, receiving, told
from recorded import project, record
from tampering import tamper

from labeltrust.app import wall_clock
from labeltrust.jobs.table_queue import TableQueue
from labeltrust.services.alerting.list_alerts import list_alerts
from labeltrust.services.change_incident import move_incident
from labeltrust.services.checkpoints.places import PlaceDraft, add_place
from labeltrust.services.checkpoints.sign import checkpoint_now
from labeltrust.services.checkpoints.work import checkpoint_worker_of
from labeltrust.services.note_forgeries import note_forgeries
from labeltrust.services.open_incident import IncidentDraft, open_incident
from labeltrust.services.verify_ledger import verify_ledger
from labeltrust.store import jobs
from labeltrust.store.session import unit_of_work
from labeltrust.store.tables import SourceTally

HOUR_US = 3_600_000_000


@pytest.fixture
def home(deployment, clock):
    clock.now = wall_clock()
    project(deployment)
    record(deployment, [label("i1", "alice"), label("i1", "bob")])
    return near(deployment)


def tallied(deployment, hours, *, unreadable=0):
    """Count as if 600 events had come in each of these hours before now."""
    now = int(deployment.clock().timestamp() * 1_000_000)
    with unit_of_work(deployment.engine) as session:
        for back in hours:
            hour = now // HOUR_US - back
            row = session.get(SourceTally, (1, hour)) or SourceTally(source_id=1, hour=hour)
            row.accepted, row.quarantined = 600, unreadable
            row.last_us = max(row.last_us, min(now, (hour + 1) * HOUR_US - 1))
            session.add(row)


def watched(deployment, clock, minutes):
    told(deployment, clock, times=minutes, seconds=61)


def codes(deployment):
    return sorted(a.code for a in list_alerts(deployment, owner()))


def test_a_source_that_usually_sends_and_is_silent_is_told_and_its_return_as_well(home, clock):
    tallied(home, range(400))
    with receiving() as receiver:
        channel(home, "webhook", receiver.url, codes=("source_silent",))
        watched(home, clock, 3)
        assert codes(home) == []
        clock.tick(30 * 60)
        watched(home, clock, 3)
        assert codes(home) == ["source_silent"]
        record(home, [label("i2", "alice")])
        watched(home, clock, 3)

    assert [d["type"] for d in receiver.documents] == ["source.silent", "source.heard"]
    assert receiver.documents[0]["data"]["source"] == "feed"
    assert 100 < receiver.documents[0]["data"]["expected"] < 600
    assert codes(home) == []


def test_a_quarantine_that_grows_is_told_until_it_is_calm(home, clock):
    with receiving() as receiver:
        channel(home, "webhook", receiver.url, codes=("quarantine_growing",))
        tallied(home, [0], unreadable=60)
        watched(home, clock, 3)
        clock.tick(3 * 3_600)
        watched(home, clock, 3)

    words = [(d["type"], d["data"]["severity"]) for d in receiver.documents]
    assert [word for word, _ in words] == ["quarantine.growing", "quarantine.calmed"]
    assert words[0][1] == "page"
    assert receiver.documents[0]["data"]["unreadable"] == 60


def test_a_burst_of_forged_deliveries_pages_once_and_a_few_do_not(home, clock):
    with receiving() as receiver:
        channel(home, "webhook", receiver.url, codes=("forged_deliveries",))
        note_forgeries(home, "feed", 19)
        watched(home, clock, 3)
        assert receiver.got == []
        note_forgeries(home, "feed", 6)
        watched(home, clock, 3)
        note_forgeries(home, "feed", 500)
        watched(home, clock, 3)
        clock.tick(3 * 3_600)
        watched(home, clock, 3)

    assert [d["type"] for d in receiver.documents] == ["forgery.begun", "forgery.over"]
    assert receiver.documents[0]["data"]["severity"] == "page"
    assert receiver.documents[0]["data"]["forged"] == 25
    assert receiver.documents[0]["data"]["source"] == "feed"


def test_a_broken_chain_is_told_in_the_transaction_that_found_it(home):
    with receiving() as receiver:
        channel(home, "generic", receiver.url, codes=("ledger_broken",))
        tamper(home, "UPDATE event SET detail = '{}' WHERE sequence = 2")
        assert not verify_ledger(home, owner()).ok
        told(home)
        verify_ledger(home, owner())
        told(home)

    assert [(d["code"], d["severity"]) for d in receiver.documents] == [("ledger_broken", "page")]
    assert "record" in receiver.documents[0]["text"]


def test_a_flag_of_a_contained_incident_waits_until_it_is_reopened(home, clock):
    with receiving() as receiver:
        channel(home, "generic", receiver.url, codes=("flag_opened",))
        number = flagged(home, "alice", evidence={})
        draft = IncidentDraft(project="fraud", title="a ring", flags=(number,))
        opened = open_incident(home, owner(), draft)
        move_incident(home, owner(), opened, "contain", reason="held")
        told(home)
        (held,) = list_alerts(home, owner())
        assert held.held_by == f"incident {opened}"
        assert receiver.got == []
        move_incident(home, owner(), opened, "reopen", reason="not held after all")
        watched(home, clock, 3)

    assert [d["code"] for d in receiver.documents] == ["flag_opened"]


def test_a_provisional_hold_pages_and_is_never_held_back(home):
    with receiving() as receiver:
        channel(home, "generic", receiver.url, floor="page", codes=("breaker_tripped",))
        flagged(home, "alice", freeze="provisional")
        told(home)

    assert [(d["code"], d["severity"]) for d in receiver.documents] == [("breaker_tripped", "page")]


def test_work_that_keeps_failing_is_told_once_and_its_end_as_well(home, clock):
    with unit_of_work(home.engine) as session:
        jobs.enqueue(session, "assess", "fraud", clock())
    queue = TableQueue(engine=home.engine, kinds=frozenset({"assess"}))
    for _ in range(jobs.PARKED_AFTER):
        lease = queue.claim("worker", clock(), timedelta(seconds=30))
        queue.fail(lease, "ValueError: always", clock())

    with receiving() as receiver:
        channel(home, "webhook", receiver.url, codes=("work_parked",))
        watched(home, clock, 4)
        assert codes(home) == ["work_parked"]
        queue.finish(queue.claim("worker", clock(), timedelta(seconds=30)))
        watched(home, clock, 4)

    assert [d["type"] for d in receiver.documents] == ["work.parked", "work.resumed"]


def test_checkpoints_that_no_two_places_took_are_told_until_they_are_taken(home, clock, tmp_path):
    folders = [tmp_path / name for name in ("worm", "partner")]
    for folder in folders:
        folder.mkdir()
        add_place(home, owner(), PlaceDraft(name=folder.name, folder=str(folder)))
    folders[1].rmdir()
    with receiving() as receiver:
        channel(home, "webhook", receiver.url, codes=("checkpoints_late",))
        channel(home, "generic", receiver.url, name="people", codes=("checkpoints_late",))
        checkpoint_now(home, owner())
        taken_away(home)
        watched(home, clock, 3)
        assert codes(home) == []
        clock.tick(90 * 60)
        watched(home, clock, 3)
        assert codes(home) == ["checkpoints_late"]
        folders[1].mkdir()
        taken_away(home)
        watched(home, clock, 10)

    machine = [d for d in receiver.documents if "type" in d]
    human = [d for d in receiver.documents if "state" in d]
    assert [d["type"] for d in machine] == ["checkpoints.late", "checkpoints.taken"]
    assert [(d["state"], d["severity"]) for d in human] == [("open", "ticket"), ("over", "ticket")]
    assert "2 places are set, 2 must take it; in trouble: partner" in human[0]["text"]
    assert human[0]["runbook"].endswith("/runbooks/checkpoints_late")
    assert codes(home) == []


def taken_away(home):
    worker = checkpoint_worker_of(home)
    while worker.step():
        pass
