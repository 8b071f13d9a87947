"""How messages are delivered: tried again, given up, switched off, never lost, in order."""

import os
import signal
import subprocess
import sys
import time

import pytest
from commands import commands, environment
from factories import label, owner
from flagging import flagged, person
from receivers import channel, near, receiving, told
from recorded import history, project, record
from servers import until
from sqlmodel import select
from standardwebhooks import Webhook

from labeltrust.app import wall_clock
from labeltrust.domain.access import SourceChange
from labeltrust.domain.errors import Conflict, InvalidInput, NotAllowed, NotFound
from labeltrust.services.add_source import change_source
from labeltrust.services.alerting.add_channel import remove_channel, switch_on
from labeltrust.services.alerting.dead_letters import (
    discard_message,
    list_messages,
    retry_message,
)
from labeltrust.services.alerting.list_alerts import alert_figures
from labeltrust.services.alerting.list_channels import list_channels
from labeltrust.services.alerting.try_channel import try_channel
from labeltrust.services.alerting.work import alert_worker_of
from labeltrust.store.session import reading, unit_of_work
from labeltrust.store.tables import Alert


@pytest.fixture
def home(deployment, clock):
    clock.now = wall_clock()
    project(deployment)
    record(deployment, [label(f"i{n}", f"l{n}") for n in range(9)])
    return near(deployment)


def flag(deployment, name="l0"):
    return flagged(deployment, name, evidence={})


def stood(deployment):
    (only,) = list_channels(deployment, owner())
    return only


def dead(deployment):
    return list_messages(deployment, owner())


def test_a_receiver_that_fails_is_tried_again_under_the_same_id_later_and_later(home, clock):
    with receiving(500, 302, 404, 429) as receiver:
        made = channel(home, "webhook", receiver.url)
        flag(home)
        told(home)
        assert (stood(home).failures, stood(home).trouble) == (1, "it answers 500")
        told(home)
        assert len(receiver.got) == 1  # not before its pause is over
        told(home, clock, times=6, seconds=40)

    assert len(receiver.got) == 5
    assert len({headers["webhook-id"] for _, headers, _ in receiver.got}) == 1
    assert len({body for _, _, body in receiver.got}) == 1
    for _, headers, body in receiver.got[-1:]:
        Webhook(made.secret).verify(body, headers)
    assert (stood(home).failures, stood(home).trouble, stood(home).sent) == (0, None, 1)
    assert stood(home).failed == 4


def test_a_receiver_that_asks_for_patience_is_given_it(home, clock):
    with receiving((503, {"Retry-After": "600"})) as receiver:
        channel(home, "webhook", receiver.url)
        flag(home)
        told(home, clock, times=2, seconds=290)
        assert len(receiver.got) == 1
        clock.tick(30)
        told(home)

    assert len(receiver.got) == 2


def test_a_receiver_that_is_gone_is_switched_off_and_what_waits_is_kept(home, clock):
    with receiving(410) as receiver:
        channel(home, "webhook", receiver.url)
        flag(home)
        flag(home, "l1")
        told(home, clock, times=3, seconds=1_000)
        assert len(receiver.got) == 1
        assert stood(home).off_why == "it answers 410"
        assert len(dead(home)) == 2
        with pytest.raises(Conflict, match="switch it on"):
            retry_message(home, owner(), dead(home)[0].id, reason="again")
        switch_on(home, owner(), stood(home).id, reason="it is back")
        for message in dead(home):
            retry_message(home, owner(), message.id, reason="again")
        told(home)

    assert len(receiver.got) == 3
    assert dead(home) == []


def test_a_message_that_is_refused_is_given_up_at_once_and_keeps_nobody_waiting(home):
    with receiving(422) as receiver:
        channel(home, "webhook", receiver.url)
        first = flag(home)
        flag(home, "l1")
        told(home)

    (letter,) = dead(home)
    assert letter.trouble == "it answers 422"
    assert (letter.code, letter.effect, letter.tries) == ("flag.opened", "event", 1)
    assert [d["data"]["flag"] for d in receiver.documents] == [first, first + 1]


def test_a_message_that_nobody_can_write_keeps_no_other_waiting(home):
    with receiving() as receiver:
        channel(home, "generic", receiver.url, codes=("flag_opened", "source_probation"))
        flag(home)
        change_source(home, owner(), "feed", SourceChange(status="probation"), reason="a leak")
        worker = alert_worker_of(home)
        while not (rows := alert_rows(home)):
            worker.step()
        with unit_of_work(home.engine) as session:
            bad = session.get_one(Alert, rows[0].id)
            bad.facts = '{"reasons": 7}'
        told(home)

    assert len(receiver.got) == 1
    assert [m.trouble for m in dead(home)] == ["it cannot be written: TypeError"]


def alert_rows(deployment):
    with reading(deployment.engine) as session:
        return session.exec(select(Alert).order_by(Alert.id)).all()


def test_after_a_day_a_message_is_put_aside_and_can_be_tried_again(home, clock):
    with receiving(*[500] * 60) as receiver:
        channel(home, "webhook", receiver.url)
        flag(home)
        told(home, clock, times=52, seconds=1_801)
        (letter,) = dead(home)
        assert 20 < letter.tries < 60
        figures = alert_figures(home, owner())
        assert (figures.dead, figures.waiting, figures.failed) == (1, 0, letter.tries)
        receiver.answers.clear()
        retry_message(home, owner(), letter.id, reason="it is back")
        told(home)

    assert dead(home) == []
    assert alert_figures(home, owner()).sent == 1
    assert [e.type for e in history(home, "alert.")] == ["alert.retried"]


def test_a_dead_letter_is_discarded_with_a_reason(home):
    with receiving(400) as receiver:
        channel(home, "webhook", receiver.url)
        flag(home)
        told(home)
    (letter,) = dead(home)

    with pytest.raises(InvalidInput, match="empty"):
        discard_message(home, owner(), letter.id, reason=" ")
    gone = discard_message(home, owner(), letter.id, reason="known by telephone")

    assert (gone.state, gone.done_by) == ("discarded", "os:tester")
    assert dead(home) == []
    with pytest.raises(Conflict):
        retry_message(home, owner(), letter.id, reason="again")


def test_an_end_never_overtakes_its_beginning(home, clock):
    from labeltrust.services.decide_flag import decide_flag  # noqa: PLC0415

    with receiving(500, 500, 500, 500) as receiver:
        given = {"routing_key": "R", "url": receiver.url}
        channel(home, "pagerduty", options=given, codes=("flag_opened",))
        number = flag(home)
        told(home)
        decide_flag(home, owner(), number, verdict="confirm", note="audited")
        told(home, clock, times=12, seconds=120)

    actions = [d["event_action"] for d in receiver.documents]
    assert actions == ["trigger"] * 5 + ["resolve"]


def test_one_channel_that_hangs_keeps_no_other_waiting(home):
    with receiving() as good:
        channel(home, "generic", "http://127.0.0.1:9/x", name="down")
        channel(home, "generic", good.url, name="good")
        for number in range(5):
            flag(home, f"l{number}")
        told(home)

    assert len(good.got) == 1
    down = next(c for c in list_channels(home, owner()) if c.name == "down")
    assert (down.failures, down.failed) == (1, 1)
    assert "nobody answers" in down.trouble


def test_a_removed_channel_is_told_nothing_and_its_secrets_are_gone(home):
    with receiving() as receiver:
        made = channel(home, "webhook", receiver.url)
        flag(home)
        remove_channel(home, owner(), made.channel.id)
        told(home)

    assert receiver.got == []
    assert list_channels(home, owner()) == []
    channel(home, "webhook", receiver.url)  # its name is free again


def test_a_test_is_sent_at_once_and_says_how_it_went(home):
    with receiving(200, 500) as receiver:
        made = channel(home, "generic", receiver.url)
        first = try_channel(home, owner(), made.channel.id)
        second = try_channel(home, owner(), made.channel.id)

    assert (first.taken, second.taken, second.detail) == (True, False, "it answers 500")
    assert receiver.documents[0]["code"] == "test"
    assert stood(home).trouble == "it answers 500"


def test_who_may_what(home):
    admin, call = person(home, "ada", "admin"), person(home, "cal", "on_call")
    reviewer = person(home, "rae", "reviewer")
    stranger = person(home, "sam", "admin", projects=("fraud",))
    made = channel(home, "generic", "http://127.0.0.1:9/x")

    assert [c.name for c in list_channels(home, call)] == ["generic"]
    assert list_channels(home, stranger) == []
    with pytest.raises(NotAllowed):
        list_channels(home, reviewer)
    with pytest.raises(NotAllowed):
        remove_channel(home, call, made.channel.id)
    with pytest.raises(NotFound):
        remove_channel(home, stranger, made.channel.id)
    assert remove_channel(home, admin, made.channel.id).name == "generic"


def test_secrets_are_shown_once_and_never_again(home, settings, database):
    secret = "s3cr3t-t0k3n-in-an-address"
    made = channel(home, "slack", f"http://127.0.0.1:9/{secret}")
    flag(home)
    told(home)

    shown = repr(made) + repr(list_channels(home, owner())) + repr(history(home, "alert_channel"))
    shown += repr([e.detail for e in history(home, "alert_channel")])
    assert secret not in shown
    with database.connect() as connection:
        kept = connection.exec_driver_sql("SELECT * FROM alert_channel").all()
        kept += connection.exec_driver_sql("SELECT * FROM alert_message").all()
    assert secret.encode() not in repr(kept).encode()


def test_commands_add_list_test_and_remove(home, settings, monkeypatch, capsys, tmp_path):
    cli = commands(settings, monkeypatch, capsys)
    monkeypatch.setenv("LABELTRUST_UNSAFE_ALERTS", "true")
    with receiving(200, 400) as receiver:
        (tmp_path / "url").write_text(receiver.url + "\n")
        made = cli("alert", "channel", "add", "crm", "--shape", "webhook",
                   "--set", f"url=@{tmp_path / 'url'}")  # fmt: skip
        tried = cli("alert", "channel", "test", "crm")
        refused = cli("alert", "channel", "test", "crm")
        listed = cli("alert", "channel", "list", "--json")
        rotated = cli("alert", "channel", "rotate", "crm")
        wrong = cli("alert", "channel", "add", "x", "--shape", "webhook", "--set", "uri=y")
        gone = cli("alert", "channel", "remove", "crm")
    monkeypatch.setenv("LABELTRUST_UNSAFE_ALERTS", "false")
    inside = cli("alert", "channel", "add", "y", "--shape", "webhook", "--set",
                 "url=https://127.0.0.1/x")  # fmt: skip

    assert made.out.startswith("whsec_")
    assert rotated.out.startswith("whsec_")
    assert (tried.code, refused.code, gone.code) == (0, 1, 0)
    assert listed.document[0]["name"] == "crm"
    assert "whsec" not in listed.out
    assert "url" in wrong.err
    assert (wrong.code, inside.code) == (2, 2)
    assert "inside a network" in inside.err


def test_commands_list_retry_and_discard(home, settings, monkeypatch, capsys):
    with receiving(400, 400) as receiver:
        channel(home, "webhook", receiver.url)
        flag(home)
        flag(home, "l1")
        told(home)
    cli = commands(settings, monkeypatch, capsys)

    listed = cli("alert", "list", "--json").document
    again = cli("alert", "retry", listed[0]["id"], "--reason", "mended")
    aside = cli("alert", "discard", listed[1]["id"], "--reason", "known")
    left = cli("alert", "list")
    wrong = cli("alert", "open")

    assert [m["state"] for m in listed] == ["dead", "dead"]
    assert (again.code, aside.code, wrong.code) == (0, 0, 0)
    assert "None (dead)" in left.out
    assert "flag_opened" in wrong.out


@pytest.mark.slow
def test_a_worker_killed_while_it_tells_leaves_nothing_untold(home, settings):
    """Cause committed; the worker dies with the message in its hand; the next one tells it."""
    more = {"LABELTRUST_UNSAFE_ALERTS": "true", "LABELTRUST_LEASE_SECONDS": "3"}
    env = os.environ | environment(settings) | more
    command = [sys.executable, "-m", "labeltrust", "worker"]

    def hang(handler):
        time.sleep(30)
        handler.close_connection = True

    with receiving(hang) as receiver:
        made = channel(home, "webhook", receiver.url)
        number = flag(home)
        for _ in range(2):
            worker = subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL)  # noqa: S603
            seen = len(receiver.got)
            assert until(lambda n=seen: len(receiver.got) > n, 120.0)
            if seen:
                assert until(lambda: stood(home).sent == 1, 30.0)
            worker.send_signal(signal.SIGKILL)
            worker.wait()

    assert len(receiver.got) == 2
    assert len({headers["webhook-id"] for _, headers, _ in receiver.got}) == 1
    for _, headers, body in receiver.got:
        assert Webhook(made.secret).verify(body, headers)["data"]["flag"] == number
