"""Checkpoints and proofs over HTTP: who may ask, and what is proved."""

import base64
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from factories import owner
from web.test_events import TOKEN, event

from labeltrust.domain.access import SourceDraft
from labeltrust.ledger.notes import read_note, signer_of
from labeltrust.ledger.proofs import is_consistent, is_included
from labeltrust.services.add_source import add_source
from labeltrust.services.checkpoints.sign import checkpoint_now


@pytest.fixture
def source(deployment, fraud):
    for name in ("acme", "other"):
        draft = SourceDraft(name=name, platform="generic", projects=("fraud",), secret=TOKEN)
        add_source(deployment, owner(), draft)


@pytest.fixture
def sender(caller, source):
    return caller("source", projects=None, source="acme")


def address(receipt):
    text = f"{receipt['chain']}:{receipt['sequence']}:{receipt['leaf']}"
    return f"/v1/ledger/proof/{quote(text, safe='')}"


def hashes(texts):
    return [base64.b64decode(one) for one in texts]


async def sent(sender, first, n):
    batch = [event(number) for number in range(first, first + n)]
    return (await sender.post("/v1/events", json=batch)).json()["receipts"]


async def test_a_receipt_is_proved_and_so_is_growth_from_what_was_kept(sender, caller, deployment):
    receipts = await sent(sender, 0, 5)
    (old,) = [c for c in checkpoint_now(deployment, owner()) if c.chain == "fraud"]
    receipts += await sent(sender, 5, 600)
    checkpoint_now(deployment, owner())
    auditor = caller("auditor")

    listed = (await auditor.get("/v1/ledger/checkpoints", params={"chain": "fraud"})).json()
    key = load_pem_public_key(listed["keys"].encode())
    notes = {one["size"]: read_note(one["note"]) for one in listed["checkpoints"]}
    assert all(signer_of(note, [key]) for note in notes.values())
    for receipt in (receipts[0], receipts[4], receipts[300], receipts[-1]):
        answer = await auditor.get(address(receipt), params={"since": old.size})
        said = answer.json()
        stated = read_note(said["checkpoint"]).checkpoint
        leaf, path = bytes.fromhex(receipt["leaf"]), hashes(said["inclusion"])
        grown = hashes(said["consistency"]["path"])
        before = notes[old.size].checkpoint
        assert is_included(leaf, receipt["sequence"] - 1, stated.size, path, stated.root)
        assert is_consistent((before.size, before.root), (stated.size, stated.root), grown)
        assert said["text"].startswith("c2sp.org/tlog-proof@v1\nindex ")
        assert said["text"].endswith(said["checkpoint"])


async def test_a_record_that_is_not_signed_yet_is_said_to_be(sender, deployment):
    (receipt,) = await sent(sender, 0, 1)

    early = await sender.get(address(receipt))
    checkpoint_now(deployment, owner())
    later = await sender.get(address(receipt))

    assert early.status_code == 409
    assert later.status_code == 200


async def test_a_source_proves_its_own_receipts_alone(sender, caller, deployment):
    (mine,) = await sent(sender, 0, 1)
    checkpoint_now(deployment, owner())
    other = caller("source", projects=None, source="other")
    first = {"chain": "fraud", "sequence": 1, "leaf": "0" * 64}

    assert (await sender.get(address(mine))).status_code == 200
    assert (await other.get(address(mine))).status_code == 404
    assert (await sender.get(address(first))).status_code == 404
    assert (await sender.get(address(first | {"chain": "system"}))).status_code == 404
    assert (await sender.get("/v1/ledger/checkpoints")).status_code == 403


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"leaf": "0" * 64}, 404),
        ({"sequence": 4_000}, 404),
        ({"chain": "theirs"}, 404),
        ({"leaf": "x"}, 422),
        ({"sequence": 0}, 422),
        ({"sequence": 10**19}, 422),
    ],
)
async def test_what_is_no_receipt_of_ours_is_not_proved(sender, caller, deployment, change, status):
    (receipt,) = await sent(sender, 0, 1)
    checkpoint_now(deployment, owner())

    answer = await caller("auditor").get(address(receipt | change))

    assert answer.status_code in ({status, 400} if status == 422 else {status})


async def test_pages_of_checkpoints_follow_a_cursor_and_the_scope(sender, caller, deployment):
    for turn in range(3):
        await sent(sender, turn, 1)
        checkpoint_now(deployment, owner())
    auditor = caller("auditor")

    found, cursor = [], None
    while True:
        params = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await auditor.get("/v1/ledger/checkpoints", params=params)).json()
        found += page["checkpoints"]
        cursor = page["next_cursor"]
        if cursor is None:
            break

    numbers = [one["id"] for one in found]
    assert numbers == sorted(set(numbers))
    assert {one["chain"] for one in found} == {"system", "fraud"}
    answer = await auditor.get("/v1/ledger/checkpoints", params={"chain": "theirs"})
    assert answer.status_code == 404


async def test_the_metrics_say_how_checkpoints_stand(sender, caller, deployment):
    await sent(sender, 0, 1)

    text = (await caller("on_call").get("/metrics")).text

    assert "labeltrust_checkpoint_late 0.0" in text
    assert "labeltrust_checkpoint_places 0.0" in text
