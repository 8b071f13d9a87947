"""Secrets rotated under real traffic: no delivery is refused, whatever is remembered of them."""

import base64
import json
import secrets
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest
from effort import effort, figure
from factories import owner
from sqlmodel import text
from standardwebhooks import Webhook
from web.servers import running

from labeltrust.domain.access import SourceDraft
from labeltrust.services.add_source import add_source
from labeltrust.services.rotate_secret import revoke_secret, rotate_secret
from labeltrust.store.session import reading

# The long form (`make forged`) rotates under a rate that is kept; the short one as fast as it goes.
IS_LONG = effort(1) > 1
SENDERS, ROTATIONS, REQUESTS_A_SECOND = (8, 10, 200) if IS_LONG else (4, 6, None)
PAUSE_SECONDS = 3.0 if IS_LONG else 0.4


def body(n):
    data = {"project": "fraud", "item": f"i{n}", "labeler": "a", "label": "x"}
    return json.dumps({"type": "label.submitted", "data": data}).encode()


def sent(client, secret, n):
    now, number = datetime.now(tz=UTC), f"msg_{n}"
    headers = {
        "webhook-id": number, "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(number, now, body(n).decode()),
    }  # fmt: skip
    return client.post("/webhooks/src", content=body(n), headers=headers).status_code


@pytest.fixture
def source(deployment, fraud):
    """A source of a server that remembers secrets for a minute; its clock is the wall's."""
    draft = SourceDraft(name="src", platform="standard-webhooks", projects=("fraud",))
    live = replace(
        deployment,
        clock=lambda: datetime.now(tz=UTC),
        settings=replace(deployment.settings, key_cache_seconds=60.0),
    )
    return live, add_source(live, owner(), draft)[1].text


def test_secrets_rotate_under_traffic_without_a_refused_delivery(source):
    deployment, first = source
    live, stop, statuses, began = [first], threading.Event(), [], time.monotonic()

    def send(sender, client):
        n = 0
        while not stop.is_set():
            if REQUESTS_A_SECOND:
                due = began + (n * SENDERS + sender) / REQUESTS_A_SECOND
                time.sleep(max(0.0, due - time.monotonic()))
            # Each sender changes to the new secret at a moment of its own, some at once.
            behind = (sender + n) % 2
            secret = live[max(0, len(live) - 1 - behind)]
            statuses.append(sent(client, secret, sender * 1_000_000 + n))
            n += 1

    with (
        running(deployment) as server,
        httpx.Client(base_url=server.url) as client,
        ThreadPoolExecutor(SENDERS) as pool,
    ):
        busy = [pool.submit(send, sender, client) for sender in range(SENDERS)]
        for _ in range(ROTATIONS):
            time.sleep(PAUSE_SECONDS)
            live.append(rotate_secret(deployment, owner(), source="src").text)
        time.sleep(PAUSE_SECONDS)
        stop.set()
        for one in busy:
            one.result()
        seconds = time.monotonic() - began

    refused = sum(status != 202 for status in statuses)
    figure(
        f"secret rotated {ROTATIONS} times: {len(statuses)} deliveries in {seconds:.0f} s "
        f"({len(statuses) / seconds:.0f} a second), {refused} refused"
    )
    assert set(statuses) == {202}, statuses
    assert len(statuses) > ROTATIONS * SENDERS
    with reading(deployment.engine) as session:
        wanted = "SELECT count(*), count(DISTINCT key_id) FROM event WHERE event_id IS NOT NULL"
        recorded, keys = session.connection().execute(text(wanted)).one()
    assert recorded == len(statuses)
    assert keys == ROTATIONS + 1


def test_a_flood_of_forgeries_does_not_read_secrets_each_time(source):
    deployment, secret = source
    forged = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    reads = []
    vault = deployment.vault

    class Counting:
        def __getattr__(self, name):
            if name == "open_secret":
                reads.append(name)
            return getattr(vault, name)

    counted = replace(deployment, vault=Counting())
    with running(counted) as server, httpx.Client(base_url=server.url) as client:
        began = time.monotonic()
        statuses = {sent(client, forged, n) for n in range(60)}
        seconds = time.monotonic() - began
        right = sent(client, secret, 1)

    assert statuses == {401}
    assert right == 202
    assert len(reads) <= 3 + seconds / 0.05


def test_a_new_secret_works_at_once_though_secrets_were_read_a_moment_before(source):
    deployment, _ = source
    forged = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()

    with running(deployment) as server, httpx.Client(base_url=server.url) as client:
        for n in range(5):
            assert sent(client, forged, n) == 401
            new = rotate_secret(deployment, owner(), source="src").text
            assert sent(client, new, n) == 202


def test_a_revoked_secret_ends_within_the_time_that_it_is_remembered(source):
    deployment, first = source
    soon = replace(deployment, settings=replace(deployment.settings, key_cache_seconds=0.5))
    new = rotate_secret(soon, owner(), source="src")
    with reading(soon.engine) as session:
        wanted = "SELECT key_id FROM source_secret ORDER BY id LIMIT 1"
        old = session.connection().execute(text(wanted)).scalar_one()

    with running(soon) as server, httpx.Client(base_url=server.url) as client:
        before = sent(client, first, 1)
        revoke_secret(soon, owner(), source="src", key_id=old, reason="leaked")
        time.sleep(0.6)
        after = [sent(client, first, 2), sent(client, new.text, 3)]

    assert before == 202
    assert after == [401, 202]
