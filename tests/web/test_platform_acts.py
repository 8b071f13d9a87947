"""Acts at platforms over HTTP, on the pages of source and freeze, and by the command line."""

from dataclasses import replace

import httpx
import pytest
from factories import owner
from reconciling import connected, sent, with_source
from recorded import history
from studio_server import LEGACY, Studio
from web.pages.browsing import sign_in_as, submitted

from labeltrust.services.acting.work import acting_worker_of
from labeltrust.services.freeze_labels import FreezeDraft, freeze_labels

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def settings(settings):
    """As everywhere, and platforms on this machine may be read."""
    return replace(settings, platform_networks="127.0.0.0/8")


@pytest.fixture
async def browser(app):
    """A browser that is not signed in."""
    transport = httpx.ASGITransport(app)
    headers = {"Accept": "text/html"}
    base = "http://labeltrust"
    async with httpx.AsyncClient(transport=transport, base_url=base, headers=headers) as client:
        yield client


@pytest.fixture
def fraud(deployment):
    """A project with a source of a Label Studio."""
    with_source(deployment)


def worked(deployment):
    worker = acting_worker_of(deployment)
    while worker.step():
        pass


def frozen(deployment, reason="flips labels"):
    draft = FreezeDraft(project="fraud", labeler="2", reason=reason)
    return freeze_labels(deployment, owner(), draft)


@pytest.fixture
def studio(deployment, fraud):
    made = Studio()
    sent(deployment, made, 1, 10, completed_by=2)
    with connected(deployment, made):
        yield made


async def test_acts_are_switched_on_listed_and_undone_over_http(caller, deployment, studio):
    on = await caller("admin").post("/v1/sources/ls/policy", json={"acts": ["requeue"]})
    freeze = frozen(deployment)
    worked(deployment)
    listed = (await caller("auditor").get("/v1/sources/ls/acts")).json()
    path = f"/v1/platform-acts/{listed['acts'][0]['id']}"
    undone = await caller("qa_lead").post(f"{path}/undo", json={"reason": "the queue is full"})
    again = await caller("qa_lead").post(f"{path}/retry", json={"reason": "once more"})
    worked(deployment)

    assert (on.status_code, on.json()["policy"]["acts"]) == (200, ["requeue"])
    assert len(history(deployment, "source.policy_set")) == 1
    (act,) = listed["acts"]
    assert (act["freeze"], act["state"], act["changed"]) == (freeze.id, "done", 1)
    assert (undone.json()["state"], again.status_code) == ("undoing", 409)
    assert "no way back" in listed["unoffered"]["pause"]
    assert [(task, overlap) for task, overlap, _ in studio.patched] == [(1, 2), (1, 1)]
    assert LEGACY not in str(listed) + on.text + undone.text


async def test_what_a_platform_cannot_do_is_refused_in_words(caller, studio):
    answer = await caller("admin").post("/v1/sources/ls/policy", json={"acts": ["pause"]})

    assert (answer.status_code, answer.json()["code"]) == (422, "act_not_offered")


async def test_pages_switch_on_show_what_was_done_and_undo(browser, deployment, studio):
    await sign_in_as(browser, deployment, "admin")
    off = (await browser.get("/sources/ls")).text
    kept = await submitted(
        browser, "/sources/ls", "/sources/ls/policy", **{"act-requeue": "on", "most_items": "5"}
    )
    refused = await submitted(
        browser, "/sources/ls", "/sources/ls/policy", **{"act-pause": "on", "most_items": "5"}
    )
    freeze = frozen(deployment, HOSTILE)
    worked(deployment)
    await sign_in_as(browser, deployment, "qa_lead", name="bea")
    held = (await browser.get(f"/freezes/{freeze.id}")).text
    act = f"/platform-acts/{held.split('/platform-acts/')[1].split('/')[0]}"
    undone = await submitted(browser, f"/freezes/{freeze.id}", f"{act}/undo", reason=HOSTILE)
    worked(deployment)
    page = (await browser.get("/sources/ls")).text

    assert "A freeze holds labels out here, and does nothing at the platform." in off
    assert (kept.status_code, refused.status_code, undone.status_code) == (303, 422, 303)
    assert "no way back" in refused.text
    assert "At the platform" in held
    assert "done: overlap set to 2 (status 200)" in held
    assert "restored: overlap set to 1 (status 200)" in page
    assert HOSTILE not in page + held
    assert LEGACY not in page + held + refused.text


async def test_an_act_without_a_reason_stays(browser, deployment, caller, studio):
    await caller("admin").post("/v1/sources/ls/policy", json={"acts": ["requeue"]})
    freeze = frozen(deployment)
    worked(deployment)
    await sign_in_as(browser, deployment, "qa_lead")
    held = (await browser.get(f"/freezes/{freeze.id}")).text
    act = f"/platform-acts/{held.split('/platform-acts/')[1].split('/')[0]}"

    answer = await submitted(browser, f"/freezes/{freeze.id}", f"{act}/undo", reason=" ")

    assert answer.status_code == 422
    assert "reason is empty" in answer.text
    (act,) = (await caller("auditor").get("/v1/sources/ls/acts")).json()["acts"]
    assert act["state"] == "done"
