"""Health tells the truth, and logs and metrics tell no secrets."""

import shutil
from dataclasses import replace

import httpx
import pytest
import structlog
from factories import owner

from labeltrust.app import application
from labeltrust.domain.access import SourceDraft
from labeltrust.services.add_source import add_source
from labeltrust.store.migrate import downgrade

SECRET = "canary-secret-of-the-tests"
LABELER = "canary-labeler-of-the-tests"


async def test_a_well_installation_is_live_and_ready(outsider):
    for path in ("/health", "/health/ready"):
        answer = await outsider.get(path)
        assert answer.status_code == 200
        assert answer.json()["ready"] is True
        names = {check["name"] for check in answer.json()["checks"]}
        assert names == {"database", "schema", "durability", "checkpoints", "writer"}


async def test_an_old_schema_is_not_ready_but_alive(outsider, database):
    downgrade(database)

    ready, live = await outsider.get("/health/ready"), await outsider.get("/health/live")

    assert (ready.status_code, live.status_code) == (503, 200)
    assert ready.headers["retry-after"] == "5"
    assert [c["name"] for c in ready.json()["checks"] if not c["ok"]] == ["schema"]


async def test_before_the_writer_starts_it_is_not_ready(deployment):
    transport = httpx.ASGITransport(application(deployment))
    async with httpx.AsyncClient(transport=transport, base_url="http://labeltrust") as client:
        answer = await client.get("/health")

    assert answer.status_code == 503
    assert [c["name"] for c in answer.json()["checks"] if not c["ok"]] == ["writer"]


async def test_a_database_that_is_gone_is_not_ready(deployment, settings, app, outsider):
    if settings.database_url:
        pytest.skip("the server belongs to all tests")
    deployment.engine.dispose()
    shutil.rmtree(settings.home)

    answer = await outsider.get("/health")

    assert answer.status_code == 503


async def test_health_names_no_address_and_no_file(deployment, settings, outsider):
    text = (await outsider.get("/health")).text

    assert str(settings.home) not in text
    assert "sqlite:" not in text
    assert "postgresql:" not in text


async def test_weak_durability_is_shown(deployment):
    weak = replace(deployment, settings=replace(deployment.settings, unsafe_durability=True))
    transport = httpx.ASGITransport(application(weak))
    async with httpx.AsyncClient(transport=transport, base_url="http://labeltrust") as client:
        checks = (await client.get("/health")).json()["checks"]

    found = next(check for check in checks if check["name"] == "durability")
    assert "for tests only" in found["detail"]


async def test_nothing_secret_and_no_name_is_logged_or_counted(
    deployment, caller, outsider, key_of
):
    draft = SourceDraft(name="acme", platform="generic", projects=("fraud",), secret=SECRET)
    add_source(deployment, owner(), draft)
    key = key_of("auditor")
    event = {
        "id": "1", "type": "label.submitted", "project": "fraud", "item": LABELER,
        "labeler": LABELER, "label": LABELER,
    }  # fmt: skip

    with structlog.testing.capture_logs() as logs:
        wrong = {"Authorization": f"Bearer {SECRET}x"}
        await outsider.post("/webhooks/acme", json=event, headers=wrong)
        right = {"Authorization": f"Bearer {SECRET}"}
        await outsider.post("/webhooks/acme", json=event, headers=right)
        signed = {"Authorization": f"Bearer {key}"}
        await outsider.get(f"/v1/projects/fraud/labelers/{LABELER}", headers=signed)
        await outsider.get(f"/sign-in/{SECRET}")
    metrics = (await caller("auditor").get("/metrics")).text

    assert logs
    for place in (str(logs), metrics):
        for secret in (SECRET, LABELER, key.split("_", 2)[2]):
            assert secret not in place


async def test_a_request_is_logged_with_its_id_and_its_route(caller):
    with structlog.testing.capture_logs() as logs:
        answer = await caller("auditor").get("/v1/projects/fraud")

    entry = next(log for log in logs if log["event"] == "request")
    assert entry["request_id"] == answer.headers["x-request-id"]
    assert (entry["route"], entry["status"]) == ("/v1/projects/{project}", 200)
    assert entry["principal"].startswith("key:lt_")


async def test_routes_are_grouped_in_metrics(caller):
    client = caller("on_call")
    for n in range(5):
        await client.get(f"/v1/projects/p{n}")

    metrics = (await client.get("/metrics")).text

    assert (
        'labeltrust_requests_total{method="GET",route="/v1/projects/{project}",status="404"} 5.0'
        in metrics
    )
