"""Who asks too often is told when to come again, and nobody else is."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest
from factories import owner
from recorded import history
from standardwebhooks import Webhook
from web.servers import running

from labeltrust.domain.access import KeyDraft, SourceDraft
from labeltrust.services.add_source import add_source
from labeltrust.services.create_key import create_key

EVENT = {"id": "e", "type": "label.submitted", "project": "fraud", "item": "i", "labeler": "a",
         "label": "x"}  # fmt: skip


@pytest.fixture
def settings(settings):
    """Three requests a minute of a key, four deliveries of a source."""
    return replace(settings, key_requests_a_minute=3, source_requests_a_minute=4)


async def test_a_key_that_asks_too_often_is_told_when_to_come_again(caller):
    one, other = caller("auditor"), caller("auditor")
    for _ in range(3):
        assert (await one.get("/v1/projects")).status_code == 200

    answer = await one.get("/v1/projects")

    assert answer.status_code == 429
    assert answer.json()["code"] == "too_often"
    assert 1 <= int(answer.headers["retry-after"]) <= 20
    assert (await other.get("/v1/projects")).status_code == 200


async def test_an_address_that_is_claimed_changes_nothing(caller):
    client = caller("auditor")

    answers = [
        await client.get("/v1/projects", headers={"X-Forwarded-For": f"192.0.2.{n}"})
        for n in range(50)
    ]

    assert [a.status_code for a in answers] == [200] * 3 + [429] * 47
    assert all("retry-after" in a.headers for a in answers[3:])


async def test_events_are_refused_by_source_and_nothing_of_them_is_stored(caller, deployment):
    client = caller("qa_lead")

    answers = [await client.post("/v1/events", json=EVENT | {"id": f"e{n}"}) for n in range(6)]

    assert [a.status_code for a in answers] == [202] * 4 + [429] * 2
    assert len(history(deployment, "label.")) == 4


async def test_forgeries_do_not_use_up_what_a_source_may_send(outsider, deployment, fraud):
    draft = SourceDraft(name="src", platform="standard-webhooks", projects=("fraud",))
    secret = add_source(deployment, owner(), draft)[1].text
    forged = [await outsider.post("/webhooks/src", content=b"{}") for _ in range(20)]

    def signed(n):
        data = {"project": "fraud", "item": f"i{n}", "labeler": "a", "label": "x"}
        body = json.dumps({"type": "label.submitted", "data": data})
        now = deployment.clock()
        return body, {
            "webhook-id": f"m{n}", "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(secret).sign(f"m{n}", now, body),
        }  # fmt: skip

    answers = []
    for n in range(5):
        body, headers = signed(n)
        answers.append(await outsider.post("/webhooks/src", content=body, headers=headers))

    assert {a.status_code for a in forged} == {401}
    assert [a.status_code for a in answers] == [202] * 4 + [429]
    assert "retry-after" in answers[4].headers


async def test_health_is_never_refused(outsider):
    answers = [await outsider.get("/health/live") for _ in range(20)]

    assert {a.status_code for a in answers} == {200}


@pytest.mark.parametrize("settings", ["postgres"], indirect=True)
@pytest.mark.postgres
def test_two_servers_on_one_database_count_each_for_itself(deployment, fraud):
    live = replace(deployment, clock=lambda: datetime.now(tz=UTC))
    draft = KeyDraft(name="k", role="auditor")
    headers = {"Authorization": f"Bearer {create_key(live, owner(), draft).text}"}

    with running(live) as one, running(live) as two:
        answers = [
            [httpx.get(f"{server.url}/v1/projects", headers=headers).status_code for _ in range(5)]
            for server in (one, two)
        ]

    assert answers == [[200, 200, 200, 429, 429]] * 2
