"""Events over HTTP: recorded, told, refused; never an answer before the commit."""

import gzip
import hashlib
import json

import httpx
import pytest
from factories import owner
from recorded import history

from labeltrust.domain.access import SourceDraft
from labeltrust.services.add_source import add_source

TOKEN = "token-of-the-generic-source"


def event(number: int = 1, **more: object) -> dict[str, object]:
    values = {
        "id": f"evt-{number}", "type": "label.submitted", "project": "fraud",
        "item": f"txn-{number}", "labeler": "alice", "label": "benign",
    }  # fmt: skip
    return values | more


@pytest.fixture
def source(deployment, fraud):
    draft = SourceDraft(name="acme", platform="generic", projects=("fraud",), secret=TOKEN)
    return add_source(deployment, owner(), draft)[0]


@pytest.fixture
def sender(caller, source):
    return caller("source", projects=None, source="acme")


async def test_one_event_is_accepted_with_a_receipt(sender, deployment):
    answer = await sender.post("/v1/events", json=event())

    assert answer.status_code == 202
    document = answer.json()
    assert set(document) == {"accepted", "duplicates", "quarantined", "receipts", "problems"}
    assert (document["accepted"], document["duplicates"], document["quarantined"]) == (1, 0, 0)
    assert document["problems"] == []
    assert document["receipts"][0]["chain"] == "fraud"
    assert len(document["receipts"][0]["leaf"]) == 64
    assert len(history(deployment, "label.submitted")) == 1


@pytest.mark.parametrize(("peer", "status"), [("192.0.2.9", 202), ("198.51.100.1", 401)])
async def test_a_key_of_a_source_calls_from_the_networks_of_its_source(
    app, deployment, fraud, key_of, peer, status
):
    config = {"networks": ["192.0.2.0/24"]}
    draft = SourceDraft(name="acme", platform="generic", projects=("fraud",), config=config)
    add_source(deployment, owner(), draft)
    key = key_of("source", projects=None, source="acme")
    transport = httpx.ASGITransport(app, client=(peer, 50_000))
    async with httpx.AsyncClient(transport=transport, base_url="http://labeltrust") as client:
        headers = {"authorization": f"Bearer {key}"}
        answer = await client.post("/v1/events", json=event(), headers=headers)

    assert answer.status_code == status
    with deployment.engine.connect() as connection:
        stored = connection.exec_driver_sql("SELECT count(*) FROM delivery").scalar_one()
    assert stored == (status == 202)


async def test_the_same_event_again_is_a_duplicate_with_the_first_receipt(sender):
    first = await sender.post("/v1/events", json=event())
    second = await sender.post("/v1/events", json=event())

    assert second.status_code == 202
    assert second.json()["duplicates"] == 1
    assert second.json()["receipts"] == first.json()["receipts"]


async def test_the_same_id_with_other_content_is_a_conflict_in_its_place(sender):
    await sender.post("/v1/events", json=event())

    answer = await sender.post("/v1/events", json=[event(2), event(1, label="fraud")])

    document = answer.json()
    assert (answer.status_code, document["accepted"]) == (202, 1)
    assert [(p["index"], p["status"]) for p in document["problems"]] == [(1, 409)]


@pytest.mark.parametrize(
    ("content_type", "separator"), [("application/x-ndjson", b"\n"), ("application/json", b"\n")]
)
async def test_a_line_each_is_read_as_lines(sender, content_type, separator):
    body = separator.join(json.dumps(event(n)).encode() for n in range(3))

    answer = await sender.post("/v1/events", content=body, headers={"Content-Type": content_type})

    assert (answer.status_code, answer.json()["accepted"]) == (202, 3)


async def test_a_bad_event_spoils_only_itself(sender):
    events = [event(1), event(2, labeler=7), event(3)]

    answer = await sender.post("/v1/events", json=events)

    document = answer.json()
    assert (answer.status_code, document["accepted"], document["quarantined"]) == (202, 2, 1)
    assert document["problems"][0]["index"] == 1


async def test_gzip_is_understood(sender):
    body = gzip.compress(json.dumps([event(n) for n in range(5)]).encode())

    answer = await sender.post("/v1/events", content=body, headers={"Content-Encoding": "gzip"})

    assert (answer.status_code, answer.json()["accepted"]) == (202, 5)


async def test_another_encoding_is_refused(sender):
    answer = await sender.post("/v1/events", content=b"{}", headers={"Content-Encoding": "deflate"})

    assert answer.status_code == 415
    assert answer.json()["code"] == "unsupported_encoding"


async def test_a_bomb_is_refused_and_its_digest_is_kept(sender, database):
    body = gzip.compress(b"\0" * 20_000_000)

    answer = await sender.post("/v1/events", content=body, headers={"Content-Encoding": "gzip"})

    assert answer.status_code == 413
    assert hashlib.sha256(body).hexdigest() in refused_deliveries(database)


async def test_a_body_over_the_cap_is_refused_and_its_digest_is_kept(sender, database):
    body = b'{"id": "' + b"a" * 1_100_000 + b'"}'

    answer = await sender.post("/v1/events", content=body)

    assert answer.status_code == 413
    assert hashlib.sha256(body).hexdigest() in refused_deliveries(database)


def refused_deliveries(database) -> str:
    with database.connect() as connection:
        found = connection.exec_driver_sql(
            "SELECT detail FROM event WHERE type = 'delivery.refused'"
        ).all()
    return str(found)


UNREADABLE = {
    "empty": b"",
    "no json": b"hello",
    "cut short": b'{"id": "1"',
    "bad utf-8": b'{"id": "\xff"}',
    "only brackets": b"[" * 100_000,
}


@pytest.mark.parametrize("name", UNREADABLE)
async def test_what_cannot_be_read_is_held_and_answered_422(sender, name):
    answer = await sender.post("/v1/events", content=UNREADABLE[name])

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["quarantine_id"] >= 1


async def test_a_broken_gzip_is_held_and_answered_422(sender):
    answer = await sender.post(
        "/v1/events", content=b"not gzip", headers={"Content-Encoding": "gzip"}
    )

    assert answer.status_code == 422
    assert answer.json()["code"] == "bad_gzip"
    assert answer.json()["quarantine_id"] >= 1


HOSTILE = {
    "nan": b'{"id": "1", "type": "label.submitted", "duration_seconds": NaN}',
    "infinity": b'[{"id": "1", "duration_seconds": 1e999}]',
    "duplicate keys": b'{"id": "1", "id": "2"}',
    "nul": b'{"id": "a\\u0000b"}',
    "lone surrogate": b'{"id": "\\ud800"}',
    "huge integer": b'{"id": "1", "replicate": ' + b"9" * 5_000 + b"}",
    "deep": b'{"content": ' + b'{"a": ' * 30 + b"1" + b"}" * 31,
    "a number": b"7",
    "null": b"null",
    "wrong types": b'{"id": 1, "type": [], "project": {}, "item": null}',
    "array of arrays": b"[[]]",
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_events_are_held_and_never_an_error_of_ours(sender, name):
    answer = await sender.post("/v1/events", content=HOSTILE[name])

    assert answer.status_code in {202, 422}
    document = answer.json()
    assert document.get("accepted", 0) == 0
    assert document.get("quarantined", 0) == 1 or document["quarantine_id"] >= 1


async def test_too_many_events_are_refused(sender):
    answer = await sender.post("/v1/events", json=[event(n) for n in range(1_001)])

    assert answer.status_code == 413


async def test_a_project_of_somebody_else_is_answered_like_a_missing_one(sender, other_project):
    events = [event(1, project="theirs"), event(2, project="nobodys")]

    document = (await sender.post("/v1/events", json=events)).json()

    assert document["accepted"] == 0
    assert {p["code"] for p in document["problems"]} == {"unknown_project"}


async def test_a_source_reads_nothing(sender):
    answer = await sender.get("/v1/projects/fraud")

    assert answer.status_code == 403


async def test_a_webhook_with_its_secret_is_recorded(outsider, source):
    headers = {"Authorization": f"Bearer {TOKEN}"}

    answer = await outsider.post("/webhooks/acme", json=event(), headers=headers)

    assert (answer.status_code, answer.json()["accepted"]) == (202, 1)


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}])
async def test_a_webhook_without_proof_leaves_nothing_behind(outsider, source, database, headers):
    answer = await outsider.post("/webhooks/acme", json=event(), headers=headers)

    assert answer.status_code == 401
    with database.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM delivery").scalar_one() == 0


async def test_an_unknown_source_is_answered_like_a_wrong_secret(outsider, source):
    wrong = await outsider.post("/webhooks/acme", json=event())
    unknown = await outsider.post("/webhooks/nobody", json=event())

    assert wrong.status_code == unknown.status_code == 401


async def test_a_proven_webhook_that_cannot_be_read_is_held_with_202(outsider, source):
    headers = {"Authorization": f"Bearer {TOKEN}"}

    answer = await outsider.post("/webhooks/acme", content=b"hello", headers=headers)

    assert answer.status_code == 202
    assert answer.json()["quarantined"] == 1
    assert answer.json()["quarantine_id"] >= 1


async def test_a_webhook_may_be_compressed(outsider, source):
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Encoding": "gzip"}
    body = gzip.compress(json.dumps(event()).encode())

    answer = await outsider.post("/webhooks/acme", content=body, headers=headers)

    assert (answer.status_code, answer.json()["accepted"]) == (202, 1)


async def test_refusals_and_outcomes_are_counted(outsider, caller, sender):
    await sender.post("/v1/events", json=[event(1), event(2)])
    await outsider.post("/webhooks/acme", json=event())

    metrics = (await caller("on_call").get("/metrics")).text

    assert 'labeltrust_events_total{outcome="accepted"} 2.0' in metrics
    assert 'labeltrust_deliveries_refused_total{reason="not_proven"} 1.0' in metrics
