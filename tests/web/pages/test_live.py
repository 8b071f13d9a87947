"""News reach the pages they are for, and nobody else."""

import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from factories import owner
from web.servers import running

from labeltrust.domain.errors import Busy
from labeltrust.domain.principals import Principal
from labeltrust.services.add_person import add_person
from labeltrust.services.sign_in import create_sign_in_link, sign_in
from labeltrust.store import jobs
from labeltrust.store.session import unit_of_work
from labeltrust.web.access import COOKIE
from labeltrust.web.live import Live
from labeltrust.web.news import Story
from labeltrust.web.pages._templates import templates

PATIENCE_SECONDS = 30.0
ANN = Principal(name="person:ann", role="reviewer", projects=frozenset({"fraud"}))


@pytest.fixture
def settings(settings):
    return replace(settings, live_seconds=PATIENCE_SECONDS)


@pytest.fixture
def cookies(deployment):
    add_person(deployment, owner(), name="ann", role="reviewer", projects=("fraud",))
    link = create_sign_in_link(deployment, owner(), "ann").address
    return {COOKIE: sign_in(deployment, link.rpartition("/")[2]).token}


@contextmanager
def listening(server, cookies, query=""):
    """Give the events of the stream of one page, each as its lines by name."""
    with (
        httpx.Client(base_url=server.url, cookies=cookies, timeout=PATIENCE_SECONDS) as client,
        client.stream("GET", f"/live{query}") as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        events = events_of(answer.iter_lines())
        assert next(events)[""] == "hello"
        yield events


def events_of(lines):
    event = {}
    for line in lines:
        if not line:
            yield event
            event = {}
            continue
        name, _, value = line.partition(":")
        event[name] = value.strip()


def told(events, name):
    return next(event for event in events if event.get("event") == name)


def test_a_bar_shows_while_an_assessment_is_at_work_and_goes_when_it_ends(deployment, cookies):
    with running(deployment) as server, listening(server, cookies, "?project=fraud") as events:
        with unit_of_work(deployment.engine) as session:
            jobs.enqueue(session, "assess", "fraud", deployment.clock())
            lease = jobs.claim(session, "w", deployment.clock(), timedelta(hours=1))
        begun = told(events, "progress")["data"]
        with unit_of_work(deployment.engine) as session:
            jobs.finish(session, lease)
        later = iter(lambda: told(events, "progress").get("data", ""), "")
        bars = list(later)

    assert "<progress" in begun
    assert all("<progress" in bar for bar in bars)


def test_open_streams_end_with_the_server(deployment, cookies):
    with httpx.Client(cookies=cookies, timeout=PATIENCE_SECONDS) as client:
        with running(deployment) as server:
            request = client.build_request("GET", f"{server.url}/live")
            answer = client.send(request, stream=True)
            events = events_of(answer.iter_lines())
            assert next(events)[""] == "hello"
            started = time.monotonic()

        assert list(events) == []
        assert time.monotonic() - started < PATIENCE_SECONDS / 3
        answer.close()


def test_a_project_out_of_scope_has_no_stream(deployment, cookies):
    with (
        running(deployment) as server,
        httpx.Client(base_url=server.url, cookies=cookies) as client,
    ):
        assert client.get("/live?project=theirs").status_code == 404


async def test_news_are_told_by_scope_and_by_page(deployment):
    hub = Live(deployment, templates())
    everywhere, in_fraud = hub.enter(ANN, None), hub.enter(ANN, "fraud")

    hub.tell(Story(event="flags", project="theirs", flags=(1,), is_for_all=True))
    hub.tell(Story(event="flags", project="fraud", flags=(2,), is_for_all=True))
    hub.tell(Story(event="assessment", project="fraud"))
    hub.close()

    assert heard(everywhere) == ["flags"]
    assert heard(in_fraud) == ["flags", "assessment"]


async def test_a_page_that_comes_back_hears_what_it_missed(deployment):
    hub = Live(deployment, templates())
    page = hub.enter(ANN, None)
    hub.tell(Story(event="flags", project="fraud", flags=(1,), is_for_all=True))
    last, _ = page.stories.get_nowait()
    hub.tell(Story(event="flags", project="fraud", flags=(2,), is_for_all=True))

    again = hub.enter(ANN, None, last)
    new, strange = hub.enter(ANN, None), hub.enter(ANN, None, "other-1")

    assert [story.flags for _, story in (again.stories.get_nowait(),)] == [(2,)]
    assert new.stories.empty()
    assert strange.stories.empty()
    hub.close()


async def test_nobody_can_hold_all_places(deployment):
    hub = Live(deployment, templates())
    for _ in range(12):
        hub.enter(ANN, None)

    with pytest.raises(Busy):
        hub.enter(ANN, None)
    hub.enter(replace(ANN, name="person:bob"), None)
    hub.close()


async def test_a_page_that_takes_nothing_is_let_go(deployment):
    hub = Live(deployment, templates())
    page = hub.enter(ANN, "fraud")

    for _ in range(100):
        hub.tell(Story(event="assessment", project="fraud"))

    waiting = [page.stories.get_nowait() for _ in range(page.stories.qsize())]
    assert waiting[-1] is None
    assert len(waiting) < 100
    hub.close()


def heard(listener) -> list[str]:
    """Return the events that a page has heard, up to the end of its stream."""
    waiting = []
    while not listener.stories.empty():
        waiting.append(listener.stories.get_nowait())
    return [found[1].event for found in waiting if found is not None]
