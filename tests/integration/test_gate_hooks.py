"""Addresses that are told when a gate reopens: signed, durable, and never inside a network."""

import contextlib
import json
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from commands import commands
from factories import label, owner
from recorded import history, project, record
from standardwebhooks import Webhook

from labeltrust.app import wall_clock
from labeltrust.domain.access import SourceChange
from labeltrust.domain.errors import Conflict, InvalidInput, NotAllowed, NotFound
from labeltrust.domain.principals import Principal
from labeltrust.services.add_source import change_source
from labeltrust.services.assess_project import assess_project
from labeltrust.services.background import worker_of
from labeltrust.services.subscribe_hook import add_hook, list_hooks, remove_hook
from labeltrust.services.watch_hooks import watch_hook, watch_hooks
from labeltrust.store.jobs import jobs_of
from labeltrust.store.session import reading


@contextlib.contextmanager
def listening(*statuses):
    """A server on this machine that answers so, then 200; and the posts that it got."""
    answers, got = list(statuses), []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append((self.path, dict(self.headers), body))
            self.send_response(answers.pop(0) if answers else 200)
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/hooks/7?x=1", got
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@pytest.fixture
def closed(deployment, clock):
    """A closed gate, in an installation that may tell this machine."""
    clock.now = wall_clock()
    project(deployment)
    record(deployment, [label("i1", "alice"), label("i1", "bob")])
    assess_project(deployment, owner(), "fraud")
    change_source(deployment, owner(), "feed", SourceChange(status="probation"), reason="a leak")
    return replace(deployment, settings=replace(deployment.settings, private_hooks=True))


def reopened(deployment):
    change_source(deployment, owner(), "feed", SourceChange(status="trusted"), reason="vetted")


def worked(deployment, clock, times=1):
    """Let the worker do what is due, some pauses long."""
    worker = worker_of(deployment)
    for _ in range(times):
        while worker.step():
            pass
        clock.tick(301)


def waiting(deployment):
    with reading(deployment.engine) as session:
        return jobs_of(session, "hook")


def test_a_reopened_gate_is_told_by_a_signed_post(closed, clock):
    with listening() as (url, got):
        made = add_hook(closed, owner(), "fraud", url)
        reopened(closed)
        assert len(waiting(closed)) == 1  # durable, in the transaction that turned the gate
        worked(closed, clock)

    ((path, headers, body),) = got
    news = Webhook(made.secret).verify(body, headers)
    assert path == "/hooks/7?x=1"
    assert news["type"] == "gate.opened"
    assert (news["data"]["project"], news["data"]["open"]) == ("fraud", True)
    (hook,) = list_hooks(closed, owner(), "fraud")
    assert (hook.told_at is not None, hook.trouble) == (True, None)
    assert waiting(closed) == []


def test_what_does_not_take_the_news_is_tried_again_under_the_same_id(closed, clock):
    with listening(500, 302) as (url, got):
        add_hook(closed, owner(), "fraud", url)
        reopened(closed)
        worked(closed, clock)
        (job,) = waiting(closed)
        (troubled,) = list_hooks(closed, owner(), "fraud")
        worked(closed, clock, times=3)

    assert "it answers 500" in job.error
    assert troubled.trouble == "it answers 500"
    assert len(got) == 3  # a redirect is no answer, and is not followed
    assert len({headers["webhook-id"] for _, headers, _ in got}) == 1
    assert list_hooks(closed, owner(), "fraud")[0].trouble is None


def test_an_address_that_never_answers_is_given_up_in_the_end(closed, clock):
    with listening() as (url, _):
        add_hook(closed, owner(), "fraud", url)
    reopened(closed)
    worked(closed, clock, times=26)

    assert waiting(closed) == []
    assert "nobody answers" in list_hooks(closed, owner(), "fraud")[0].trouble


def test_what_became_of_the_news_is_told_until_it_is_given_up(closed, clock):
    number = add_hook(closed, owner(), "fraud", "http://127.0.0.1:9/x").hook.id
    never = watch_hook(closed, owner(), "fraud", number)
    reopened(closed)
    before = watch_hook(closed, owner(), "fraud", number)
    worked(closed, clock)
    after = watch_hook(closed, owner(), "fraud", number)
    worked(closed, clock, times=26)
    ended = watch_hook(closed, owner(), "fraud", number)

    assert (never.state, never.deliveries) == ("never told", ())
    assert (before.state, before.deliveries[0].attempts) == ("waiting", 0)
    assert (after.state, after.deliveries[0].attempts) == ("being tried again", 1)
    assert "nobody answers" in after.deliveries[0].trouble
    assert (ended.state, ended.deliveries) == ("given up", ())


def test_an_address_that_took_the_news_is_told(closed, clock):
    with listening() as (url, _):
        add_hook(closed, owner(), "fraud", url)
        reopened(closed)
        worked(closed, clock)

    (found,) = watch_hooks(closed, owner(), "fraud")
    assert (found.state, found.deliveries, found.hook.trouble) == ("told", (), None)


def test_a_removed_address_is_told_nothing_and_its_secret_is_gone(closed, clock):
    with listening() as (url, got):
        made = add_hook(closed, owner(), "fraud", url)
        reopened(closed)
        remove_hook(closed, owner(), made.hook.id)
        worked(closed, clock)

    assert got == []
    assert waiting(closed) == []
    assert list_hooks(closed, owner(), "fraud") == []
    assert [e.type for e in history(closed, "hook.")] == ["hook.added", "hook.removed"]
    assert url not in json.loads(history(closed, "hook.")[0].detail).values()
    with pytest.raises(NotFound):
        remove_hook(closed, owner(), made.hook.id)


def test_no_address_inside_a_network_is_subscribed_unless_a_setting_allows_it(closed, deployment):
    with pytest.raises(InvalidInput, match="hook is refused"):
        add_hook(deployment, owner(), "fraud", "https://127.0.0.1/x")

    assert list_hooks(deployment, owner(), "fraud") == []


def test_a_setting_taken_back_stops_what_was_subscribed_before(closed, deployment, clock):
    with listening() as (url, got):
        add_hook(closed, owner(), "fraud", url)
        reopened(closed)
        worked(deployment, clock)

    assert got == []
    assert "only https" in list_hooks(deployment, owner(), "fraud")[0].trouble


def test_addresses_are_subscribed_once_by_who_may_configure(closed):
    reviewer = Principal(name="person:ann", role="reviewer", projects=None)
    stranger = Principal(name="person:eve", role="qa_lead", projects=frozenset({"other"}))
    url = "http://127.0.0.1:9/x"
    made = add_hook(closed, owner(), "fraud", url)

    with pytest.raises(Conflict):
        add_hook(closed, owner(), "fraud", url)
    with pytest.raises(NotAllowed):
        add_hook(closed, reviewer, "fraud", url + "y")
    with pytest.raises(NotAllowed):
        list_hooks(closed, reviewer, "fraud")
    with pytest.raises(NotFound):
        remove_hook(closed, stranger, made.hook.id)


def test_commands_subscribe_list_and_remove(closed, settings, monkeypatch, capsys):
    cli = commands(settings, monkeypatch, capsys)
    monkeypatch.setenv("LABELTRUST_PRIVATE_HOOKS", "true")

    made = cli("project", "hook", "add", "http://127.0.0.1:9/x", "-p", "fraud")
    listed = cli("project", "hook", "list", "-p", "fraud", "--json")
    gone = cli("project", "hook", "remove", 1)
    monkeypatch.setenv("LABELTRUST_PRIVATE_HOOKS", "false")
    refused = cli("project", "hook", "add", "http://127.0.0.1:9/x", "-p", "fraud")

    assert made.out.startswith("whsec_")
    assert listed.document[0]["url"] == "http://127.0.0.1:9/x"
    assert "secret" not in listed.out
    assert (gone.code, refused.code) == (0, 2)
