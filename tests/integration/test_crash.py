"""No event that was answered with success is lost, however the server ends."""

import json
import os
import random
import signal
import threading
import time

import httpx
import pytest
from factories import owner
from records import chain_rows
from servers import children_of, serving, until

from labeltrust.domain.access import KeyDraft, SourceDraft
from labeltrust.domain.projects import ProjectDraft
from labeltrust.services.add_source import add_source
from labeltrust.services.create_key import create_key
from labeltrust.services.create_project import create_project
from labeltrust.services.verify_ledger import verify_ledger

SENDERS, BATCH = 4, 20


class Sender(threading.Thread):
    """Sends batches until the server is gone, and writes down what it was promised."""

    def __init__(self, number, url, key):
        super().__init__()
        self.number, self.url, self.key = number, url, key
        self.promised, self.sent = {}, []

    def run(self):
        with httpx.Client(timeout=20) as client:
            for n in range(10_000):
                batch = [self.event(n * BATCH + k) for k in range(BATCH)]
                self.sent += batch
                try:
                    answer = post(client, self.url, self.key, batch)
                except httpx.HTTPError:
                    return
                if answer.status_code == 202:
                    self.keep(batch, answer.json())

    def event(self, n):
        name = f"{self.number}-{n}"
        return {"id": name, "type": "label.submitted", "project": "fraud", "item": f"i{n}",
                "labeler": f"l{self.number}", "label": "yes"}  # fmt: skip

    def keep(self, batch, answer):
        for event, receipt in zip(batch, answer["receipts"], strict=True):
            self.promised[event["id"]] = receipt


def post(client, url, key, batch):
    headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
    return client.post(f"{url}/v1/events", content=json.dumps(batch), headers=headers)


@pytest.fixture
def key(deployment):
    create_project(deployment, owner(), ProjectDraft(name="fraud"))
    draft = SourceDraft(name="crm", platform="generic", projects=("fraud",))
    add_source(deployment, owner(), draft)
    return create_key(deployment, owner(), KeyDraft(name="k", role="source", source="crm")).text


def killed_while_sending(settings, key, seconds, *, whom):
    """Run a server under load, kill it or its writer after some time, and return the senders."""
    with serving(settings) as server:
        senders = [Sender(number, server.url, key) for number in range(SENDERS)]
        for sender in senders:
            sender.start()
        assert until(lambda: any(sender.promised for sender in senders)), server.log.read_text()
        time.sleep(seconds)
        if whom == "writer":
            for pid, command in children_of(server.process.pid).items():
                if "spawn_main" in command:
                    os.kill(pid, signal.SIGKILL)
            time.sleep(1.0)
        server.process.kill()
        for sender in senders:
            sender.join()
    return senders


@pytest.mark.slow
@pytest.mark.parametrize("whom", ["server", "writer"])
def test_what_was_promised_is_on_record_after_a_kill_and_sent_again_counts_once(
    deployment, settings, key, whom
):
    seconds = random.SystemRandom().uniform(0.0, 1.0)

    senders = killed_while_sending(settings, key, seconds, whom=whom)

    rows = {row.event_id: row for row in chain_rows(deployment, "fraud") if row.source_id}
    promised = {name: r for sender in senders for name, r in sender.promised.items()}
    assert promised, f"nothing was answered before the kill after {seconds} s"
    for name, receipt in promised.items():
        row = rows[name]
        assert (row.sequence, row.leaf.hex()) == (receipt["sequence"], receipt["leaf"])
    sent = [event for sender in senders for event in sender.sent]
    assert set(rows) <= {event["id"] for event in sent}
    assert verify_ledger(deployment, owner()).ok
    with serving(settings) as server, httpx.Client(timeout=20) as client:
        for start in range(0, len(sent), 500):
            assert post(client, server.url, key, sent[start : start + 500]).status_code == 202
    again = [row.event_id for row in chain_rows(deployment, "fraud") if row.source_id]
    assert sorted(again) == sorted(event["id"] for event in sent)
    assert verify_ledger(deployment, owner()).ok
