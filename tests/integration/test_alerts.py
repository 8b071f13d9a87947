"""Alerts from their cause to a receiver: kept with the cause, gathered, ended, held back."""

import json

import pytest
from factories import label, owner
from flagging import flagged
from receivers import channel, near, receiving, told
from recorded import history, project, record
from sqlmodel import select
from standardwebhooks import Webhook

from labeltrust.app import wall_clock
from labeltrust.domain.access import SourceChange
from labeltrust.services.add_source import change_source
from labeltrust.services.alerting.add_channel import rotate_key
from labeltrust.services.alerting.list_alerts import list_alerts
from labeltrust.services.assess_project import assess_project
from labeltrust.services.decide_flag import decide_flag
from labeltrust.services.lift_freeze import lift_freeze
from labeltrust.store.session import reading, unit_of_work
from labeltrust.store.tables import Alert, AlertCause, AlertMessage


@pytest.fixture
def home(deployment, clock):
    """An installation with labelers that may tell this machine."""
    clock.now = wall_clock()
    project(deployment)
    record(deployment, [label(f"i{n}", f"l{n}") for n in range(40)])
    record(deployment, [label("i1", "alice"), label("i1", "bob")])
    return near(deployment)


def rows(deployment, table):
    with reading(deployment.engine) as session:
        return session.exec(select(table)).all()


def flag(deployment, name="alice", **more):
    return flagged(deployment, name, evidence={}, **more)


def test_a_fact_is_told_to_a_signed_webhook_with_its_place_in_the_history(home):
    with receiving() as receiver:
        made = channel(home, "webhook", receiver.url)
        number = flag(home)
        told(home)

    ((path, headers, body),) = receiver.got
    said = Webhook(made.secret).verify(body, headers)
    (record_,) = history(home, "flag.")
    assert path == "/in?x=1"
    assert said["type"] == "flag.opened"
    assert (said["data"]["flag"], said["data"]["labeler"]) == (number, "alice")
    assert (said["data"]["project"], said["data"]["severity"]) == ("fraud", "ticket")
    assert said["data"]["record"] == {"chain": "fraud", "sequence": record_.sequence}


def test_every_kind_of_fact_is_told_by_its_word(home):
    with receiving() as receiver:
        channel(home, "webhook", receiver.url, codes=tuple(_EVERY))
        assess_project(home, owner(), "fraud")
        change_source(home, owner(), "feed", SourceChange(status="probation"), reason="a leak")
        change_source(home, owner(), "feed", SourceChange(status="trusted"), reason="vetted")
        number = flag(home, freeze="label")
        lift_freeze(home, owner(), 1, reason="looked at it")
        decide_flag(home, owner(), number, verdict="dismiss", note="honest")
        told(home)

    words = [said["type"] for said in receiver.documents]
    assert words[-8:] == [
        "gate.closed", "source.probation", "gate.opened", "source.trusted",
        "flag.opened", "freeze.made", "freeze.lifted", "flag.closed",
    ]  # fmt: skip


_EVERY = (
    "flag_opened", "freeze_made", "gate_closed", "source_silent", "source_probation",
    "quarantine_growing", "ledger_broken", "snapshot_made", "breaker_tripped",
    "platform_act_failed", "checkpoints_late",
)  # fmt: skip


def test_a_cause_that_is_undone_leaves_nothing_to_tell(home):
    before = len(rows(home, AlertCause))

    class Undone(Exception):
        pass

    def fail():
        with unit_of_work(home.engine) as session:
            from labeltrust.services._acts import begin_act, note_gate_turn  # noqa: PLC0415
            from labeltrust.store.gate_changes import GateTurn  # noqa: PLC0415
            from labeltrust.store.projects import project_row  # noqa: PLC0415

            act = begin_act(session, project_row(session, "fraud"), "os:t", home.clock())
            note_gate_turn(act, GateTurn(id=0, at=act.at, open=False, reasons=(), actor="os:t"))
            raise Undone

    with pytest.raises(Undone):
        fail()

    assert len(rows(home, AlertCause)) == before


def test_both_keys_sign_while_they_rotate_and_the_new_one_alone_afterwards(home, clock):
    with receiving() as receiver:
        old = channel(home, "webhook", receiver.url)
        new = rotate_key(home, owner(), old.channel.id, overlap_hours=1)
        flag(home)
        told(home)
        clock.tick(3_700)
        flag(home, "bob")
        told(home)

    (_, first, body), (_, second, later) = receiver.got
    assert len(first["webhook-signature"].split(" ")) == 2
    for secret in (old.secret, new.secret):
        Webhook(secret).verify(body, first)
    assert len(second["webhook-signature"].split(" ")) == 1
    assert later != body


def test_a_burst_is_one_message_with_a_count_and_a_link(home, clock):
    with receiving() as receiver:
        channel(home, "generic", receiver.url, window_seconds=30.0)
        for number in range(25):
            flag(home, f"l{number}")
            told(home)
        assert receiver.got == []
        clock.tick(31)
        told(home)
        for number in range(25, 40):
            flag(home, f"l{number}")
        told(home, clock, times=9, seconds=30)
        assert len(receiver.got) == 1  # the next one waits for ten windows
        told(home, clock, times=3, seconds=30)

    first, second = receiver.documents
    assert (first["count"], second["count"]) == (25, 15)
    assert first["key"] == second["key"]
    assert first["title"] == "25 flags wait for a review (project fraud)"
    assert first["link"].endswith("/flags?project=fraud")
    assert "and 15 more" in first["text"]
    assert first["runbook"].endswith("/runbooks/flag_opened")


def test_what_is_found_again_is_told_once_and_counted(home):
    from labeltrust.store.alert_causes import keep_cause  # noqa: PLC0415

    with receiving() as receiver:
        channel(home, "generic", receiver.url)
        for _ in range(5):
            with unit_of_work(home.engine) as session:
                said = {"chain": "fraud", "broken": "record 3"}
                keep_cause(session, "ledger.broken", home.clock(), said)
            told(home)

    (alert,) = [a for a in list_alerts(home, owner()) if a.code == "ledger_broken"]
    assert alert.repeats == 4
    assert [d["code"] for d in receiver.documents] == ["ledger_broken"]
    assert receiver.documents[0]["severity"] == "page"


def test_the_end_is_told_under_the_same_key_once_it_has_lasted(home, clock):
    with receiving() as receiver:
        given = {"routing_key": "R", "url": receiver.url}
        channel(home, "pagerduty", options=given, codes=("flag_opened",))
        number = flag(home)
        told(home)
        decide_flag(home, owner(), number, verdict="confirm", note="audited")
        told(home)
        assert len(receiver.got) == 1
        told(home, clock, times=2, seconds=301)

    trigger, resolve = receiver.documents
    assert (trigger["event_action"], resolve["event_action"]) == ("trigger", "resolve")
    assert trigger["dedup_key"] == resolve["dedup_key"]
    assert len(trigger["dedup_key"]) <= 255


def test_a_labeler_whose_labels_are_held_is_no_alert_until_they_are_not(home, clock):
    with receiving() as receiver:
        channel(home, "generic", receiver.url, codes=("flag_opened",))
        flag(home, freeze="label")
        told(home)
        assert receiver.got == []
        (held,) = [a for a in list_alerts(home, owner()) if a.code == "flag_opened"]
        assert held.held_by == "freeze 1"
        assert held.resumes == "told when freeze 1 is lifted and this still stands"
        lift_freeze(home, owner(), 1, reason="looked at it")
        told(home)

    assert [d["code"] for d in receiver.documents] == ["flag_opened"]


def test_forty_turns_of_a_gate_are_two_pages_at_most(home, clock):
    with receiving() as receiver:
        channel(home, "generic", receiver.url, codes=("gate_closed",), window_seconds=5.0)
        for n in range(40):
            status = "probation" if n % 2 == 0 else "trusted"
            change_source(home, owner(), "feed", SourceChange(status=status), reason="turn")
            told(home)
            clock.tick(350)

    opens = [d for d in receiver.documents if d["state"] == "open"]
    assert 1 <= len(opens) <= 2
    assert len(rows(home, AlertCause)) > 40


def test_a_flood_of_tickets_does_not_keep_a_page_waiting(home, clock):
    with receiving() as receiver:
        channel(home, "generic", receiver.url, window_seconds=30.0)
        for number in range(40):
            flag(home, f"l{number}", severity="low")
        told(home, clock, times=2, seconds=31)
        flagged(home, "bob", severity="high", evidence={"strong": True})
        told(home, clock, times=3, seconds=31)

    assert [d["severity"] for d in receiver.documents] == ["ticket", "page"]


def test_channels_are_told_of_what_they_chose(home):
    project(home, "other", source="other-feed")
    record(home, [label("i1", "zoe", project="other")], source="other-feed")
    with receiving() as all_, receiving() as other, receiving() as pages:
        channel(home, "generic", all_.url, name="all")
        channel(home, "generic", other.url, name="other", projects=("other",))
        channel(home, "generic", pages.url, name="pages", floor="page")
        flag(home)
        flagged(home, "zoe", project="other", evidence={}, severity="low")
        told(home)

    assert sorted(d["project"] for d in all_.documents) == ["fraud", "other"]
    assert [d["project"] for d in other.documents] == ["other"]
    assert pages.got == []


def test_alerts_bear_no_name_of_a_labeler(home):
    """Names can be erased; rows of alerts hold numbers, and look names up when they speak."""
    channel(home, "generic", "http://127.0.0.1:9/x")
    flag(home)
    told(home)

    kept = [row.model_dump() for table in (Alert, AlertCause, AlertMessage)
            for row in rows(home, table)]  # fmt: skip
    assert kept
    assert "alice" not in json.dumps(kept, default=str)
