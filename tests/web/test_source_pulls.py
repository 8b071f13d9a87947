"""Comparing sources with platforms over HTTP and on the page of a source."""

from dataclasses import replace

import pytest
from factories import owner
from recorded import history
from studio_server import LEGACY, Studio, studio_serving

from labeltrust.domain.access import SourceDraft
from labeltrust.domain.platform_access import AccessDraft
from labeltrust.services.add_source import add_source
from labeltrust.services.background import puller_of
from labeltrust.services.connect_source import connect_source

CONFIG = {"project": "fraud", "questions": {"verdict": "label"}}


@pytest.fixture
def settings(settings):
    """As everywhere, and platforms on this machine may be read."""
    return replace(settings, platform_networks="127.0.0.0/8")


@pytest.fixture
def source(deployment, fraud):
    draft = SourceDraft(name="ls", platform="label-studio", projects=("fraud",), config=CONFIG)
    return add_source(deployment, owner(), draft)[0]


async def test_an_admin_connects_and_a_lead_compares(caller, deployment, source):
    studio = Studio()
    studio.annotate(1, 10)
    with studio_serving(studio) as (url, _):
        body = {"url": url, "remote": "3", "token": LEGACY}
        kept = await caller("admin").post("/v1/sources/ls/connection", json=body)
        begun = await caller("qa_lead").post("/v1/sources/ls/reconcile", json={"dry_run": False})
        while puller_of(deployment).step():
            pass
    listed = (await caller("auditor").get("/v1/sources/ls/pulls")).json()["pulls"]

    assert (kept.status_code, begun.status_code) == (200, 202)
    assert len(history(deployment, "source.connected")) == 1
    assert len(history(deployment, "source.reconciled")) == len(listed)
    assert LEGACY not in kept.text
    assert begun.json()["pull"] in {one["id"] for one in listed}
    assert max(one["found"]["missing"] for one in listed) == 1


async def test_an_address_inside_a_network_is_refused_in_words(caller, source):
    body = {"url": "http://10.0.0.1", "remote": "3", "token": "t"}
    answer = await caller("admin").post("/v1/sources/ls/connection", json=body)

    assert answer.status_code == 422
    assert answer.json()["code"] == "platform_refused"


async def test_a_source_nobody_connected_is_not_compared(caller, source):
    answer = await caller("qa_lead").post("/v1/sources/ls/reconcile")

    assert (answer.status_code, answer.json()["code"]) == (422, "not_connected")


async def test_metrics_tell_of_sources(caller, deployment, source):
    text = (await caller("on_call").get("/metrics")).text

    assert 'labeltrust_sources{state="silent"} 0.0' in text
    assert 'labeltrust_sources{state="late"} 0.0' in text


async def test_a_token_is_shown_by_no_answer(caller, deployment, source):
    with studio_serving(Studio()) as (url, _):
        draft = AccessDraft(url=url, remote="3", token=LEGACY, every_minutes=0)
        connect_source(deployment, owner(), "ls", draft)
        pulls = await caller("admin").get("/v1/sources/ls/pulls")

    assert LEGACY not in pulls.text
