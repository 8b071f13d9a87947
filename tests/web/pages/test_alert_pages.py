"""Alerts on a page and over HTTP: channels, secrets once, dead letters, runbooks, figures."""

import re

import httpx
import pytest
from factories import owner
from receivers import channel, near, receiving, told
from web.crowds import HOSTILE_NAME
from web.pages.browsing import sign_in_as, submitted
from web.pages.counting import queries

from labeltrust.app import application
from labeltrust.domain.access import KeyDraft, SourceChange
from labeltrust.services.add_source import change_source
from labeltrust.services.alerting.dead_letters import list_messages
from labeltrust.services.alerting.list_channels import list_channels
from labeltrust.services.create_key import create_key


@pytest.fixture
def deployment(deployment):
    return near(deployment)


@pytest.fixture
async def api(deployment):
    """A program with the key of an admin."""
    key = create_key(deployment, owner(), KeyDraft(name="k", role="admin")).text
    transport = httpx.ASGITransport(application(deployment))
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://labeltrust", headers=headers
    ) as client:
        yield client


def doubted(deployment):
    change_source(deployment, owner(), "acme", SourceChange(status="probation"), reason="a leak")


async def test_what_is_wrong_is_shown_with_its_runbook_and_what_holds_it_back(browser, deployment):
    await sign_in_as(browser, deployment, "on_call")
    told(deployment)

    page = (await browser.get("/alerts")).text

    assert "/runbooks/" in page
    assert "held back" in page
    assert "when freeze" in page
    assert HOSTILE_NAME not in page
    assert "<script>alert" not in page


async def test_an_admin_adds_a_channel_and_sees_its_secret_once(browser, deployment):
    await sign_in_as(browser, deployment, "admin")
    with receiving() as receiver:
        made = await submitted(
            browser, "/alerts", "/alerts/channels", name="crm", shape="webhook",
            options=f"url={receiver.url}&token=hush", floor="ticket",
        )  # fmt: skip
        secret = re.search(r"whsec_[A-Za-z0-9+/=]+", made.text)[0]
        again = (await browser.get("/alerts")).text
        number = list_channels(deployment, owner())[0].id
        tried = await submitted(browser, "/alerts", f"/alerts/channels/{number}/test")
        rotated = await submitted(browser, "/alerts", f"/alerts/channels/{number}/rotate")
        gone = await submitted(browser, "/alerts", f"/alerts/channels/{number}/remove")

    assert secret not in again
    assert "hush" not in made.text + again
    assert "crm" in again
    assert "was taken" in tried.text
    assert "whsec_" in rotated.text
    assert gone.status_code == 303
    assert list_channels(deployment, owner()) == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"shape": "webhook", "options": "url=https://10.0.0.1/x"}, "inside a network"),
        ({"shape": "webhook", "options": "address"}, "name=value"),
        ({"shape": "morse", "options": "url=https://a.test/"}, "must be one of"),
        ({"shape": "slack", "options": "x=y"}, "has no option"),
        ({"shape": "email", "options": "host=mail.test"}, "needs sender"),
        ({"shape": "webhook", "options": "url=https://a.test/", "window_seconds": "x"}, "number"),
        ({"shape": "webhook", "options": "url=https://a.test/", "projects": "nowhere"}, "nowhere"),
    ],
)
async def test_a_channel_that_cannot_be_is_refused_beside_the_form(
    browser, deployment, fields, said
):
    await sign_in_as(browser, deployment, "admin")

    answer = await submitted(browser, "/alerts", "/alerts/channels", name="<b>x<b>", **fields)

    assert answer.status_code in {404, 422}
    assert said in answer.text
    assert "<b>x<b>" not in answer.text
    assert list_channels(deployment, owner()) == []


async def test_a_dead_letter_is_tried_again_or_put_aside_with_a_reason(browser, deployment):
    await sign_in_as(browser, deployment, "on_call")
    told(deployment)
    with receiving(400, 400) as receiver:
        channel(deployment, "webhook", receiver.url)
        doubted(deployment)
        told(deployment)
        first, second = list_messages(deployment, owner())
        shown = (await browser.get("/alerts")).text
        where = "/alerts/messages"
        empty = await submitted(browser, "/alerts", f"{where}/{first.id}/retry", reason="")
        again = await submitted(browser, "/alerts", f"{where}/{first.id}/retry", reason="mended")
        aside = await submitted(browser, "/alerts", f"{where}/{second.id}/discard", reason="known")
        told(deployment)

    assert "it answers 400" in shown
    assert (empty.status_code, again.status_code, aside.status_code) == (422, 303, 303)
    assert list_messages(deployment, owner()) == []
    assert len(receiver.got) == 3
    assert "put aside" in (await browser.get("/alerts?state=discarded")).text


async def test_who_reviews_sees_no_channels_but_every_runbook(browser, deployment):
    await sign_in_as(browser, deployment, "reviewer")

    refused = await browser.get("/alerts")
    page = await browser.get("/runbooks/gate_closed")
    missing = await browser.get("/runbooks/..%2f..%2fREADME")

    assert (refused.status_code, page.status_code, missing.status_code) == (403, 200, 404)
    assert "Training may not proceed" in page.text


async def test_the_page_asks_the_database_as_often_however_much_there_is(browser, deployment):
    await sign_in_as(browser, deployment, "admin")
    channel(deployment, "generic", "http://127.0.0.1:9/x")
    told(deployment)
    few = await queries(deployment, browser, "/alerts?state=all")
    for n in range(20):
        channel(deployment, "generic", f"http://127.0.0.1:9/{n}", name=f"c{n}")
    doubted(deployment)
    told(deployment)
    many = await queries(deployment, browser, "/alerts?state=all")

    assert many <= few + 2


async def test_programs_add_list_test_and_take_up_dead_letters(api, deployment):
    with receiving(200, 400) as receiver:
        body = {"name": "crm", "shape": "webhook", "options": {"url": receiver.url}}
        made = (await api.post("/v1/alert-channels", json=body)).json()
        number = made["channel"]["id"]
        listed = await api.get("/v1/alert-channels")
        tried = await api.post(f"/v1/alert-channels/{number}/test")
        doubted(deployment)
        told(deployment)
        (letter, *_) = (await api.get("/v1/alert-messages")).json()["messages"]
        retried = await api.post(
            f"/v1/alert-messages/{letter['id']}/retry", json={"reason": "mended"}
        )
        again = await api.post(f"/v1/alert-messages/{letter['id']}/discard", json={"reason": "no"})
        everything = await api.get("/v1/alert-messages?state=all&limit=1")
        wrong = await api.get("/v1/alerts")
        gone = await api.post(f"/v1/alert-channels/{number}/remove")

    assert made["secret"].startswith("whsec_")
    assert "whsec_" not in listed.text
    assert receiver.url not in listed.text
    assert tried.json()["taken"] is True
    assert retried.json()["state"] == "waiting"
    assert again.status_code == 409
    assert everything.json()["next_cursor"] is not None or everything.json()["messages"]
    assert {a["code"] for a in wrong.json()["alerts"]} >= {"source_probation"}
    assert gone.status_code == 200


async def test_figures_of_alerts_are_told_to_prometheus(api, deployment):
    with receiving(500) as receiver:
        channel(deployment, "webhook", receiver.url)
        doubted(deployment)
        told(deployment)
        text = (await api.get("/metrics")).text

    assert "labeltrust_alerts_failed_total 1.0" in text
    assert re.search(r"labeltrust_alerts_waiting [1-9]", text)
    assert "labeltrust_alerts_oldest_seconds" in text
    assert "labeltrust_alerts_dead 0.0" in text
