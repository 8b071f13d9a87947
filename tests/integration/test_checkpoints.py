"""Checkpoints are signed as a chain grows; what was signed before is never signed otherwise."""

import threading
from dataclasses import replace

import pytest
from factories import label, owner
from recorded import project, record
from sqlmodel import select
from tampering import tamper

from labeltrust.domain.errors import Tampered
from labeltrust.ledger.merkle import nodes_of, root_of
from labeltrust.ledger.notes import chain_of, read_note, signer_of
from labeltrust.services.check_gate import check_gate
from labeltrust.services.checkpoints.sign import checkpoint_now, signing_is_due
from labeltrust.store.checkpoints import checkpoints_after
from labeltrust.store.session import reading
from labeltrust.store.tables import Chain, Event
from labeltrust.store.vault import open_vault


@pytest.fixture
def frauds(deployment):
    project(deployment)
    record(deployment, [label(f"i{n}", "alice") for n in range(9)])
    return deployment


def often(deployment, records=4):
    settings = replace(deployment.settings, checkpoint_records=records)
    return replace(deployment, settings=settings)


def stored(deployment, chain="fraud"):
    with reading(deployment.engine) as session:
        return [c for c in checkpoints_after(session, 0, 1000) if c.chain == chain]


def leaves(deployment, chain="fraud"):
    with reading(deployment.engine) as session:
        wanted = select(Event.leaf).join(Chain, Event.chain_id == Chain.id)
        return list(session.exec(wanted.where(Chain.name == chain).order_by(Event.sequence)))


def test_a_checkpoint_is_the_signed_root_of_the_leaves(frauds):
    newest = {one.chain: one for one in checkpoint_now(frauds, owner())}

    found = newest["fraud"]
    note = read_note(found.note)
    assert set(newest) == {"fraud", "system"}
    assert signer_of(note, [frauds.vault.signature_key])
    assert chain_of(note.checkpoint.origin) == (frauds.vault.fingerprint, "fraud")
    assert note.checkpoint.size == found.size == len(leaves(frauds))
    assert note.checkpoint.root == root_of(nodes_of(leaves(frauds)), found.size)


def test_every_so_many_records_have_one_and_the_end_has_one(frauds):
    checkpoint_now(often(frauds), owner())
    first = [one.size for one in stored(frauds)]
    record(frauds, [label(f"j{n}", "bob") for n in range(600)])
    checkpoint_now(often(frauds, 100), owner())

    end = len(leaves(frauds))
    assert first == [4, 8, 10]
    assert [one.size for one in stored(frauds)] == [*first, 110, 210, 310, 410, 510, 610]
    for one in stored(frauds):
        assert one.root == root_of(nodes_of(leaves(frauds)), one.size).hex()
    assert end == 610


def test_what_is_due_follows_from_records_and_time(frauds, clock):
    at_first = signing_is_due(frauds, clock())
    checkpoint_now(frauds, owner())
    quiet = signing_is_due(frauds, clock())
    record(frauds, [label("new", "bob")])
    at_once = signing_is_due(frauds, clock())
    many = signing_is_due(often(frauds, 1), clock())
    clock.tick(60)
    later = signing_is_due(frauds, clock())

    assert (at_first, quiet, at_once, many, later) == (True, False, False, True, True)


def test_nothing_is_signed_over_a_past_that_changed(frauds):
    checkpoint_now(frauds, owner())
    tamper(frauds, "UPDATE event SET leaf = previous WHERE sequence = 5 AND type LIKE 'label%'")
    record(frauds, [label("new", "bob")])

    with pytest.raises(Tampered, match="first 10 records have another root"):
        checkpoint_now(frauds, owner())

    assert [one.size for one in stored(frauds)] == [10]
    reasons = {r.code: r.detail for r in check_gate(frauds, owner(), "fraud").reasons}
    assert "not the one that was signed" in reasons["tampering"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("UPDATE checkpoint SET note = 'none of ours'", "cannot be read"),
        ("UPDATE checkpoint SET note = replace(note, '/fraud', '/other')", "not signed"),
        ("UPDATE checkpoint SET size = size - 1", "something else"),
        ("DELETE FROM event WHERE sequence = 3", "missing"),
    ],
)
def test_a_checkpoint_that_was_changed_is_not_gone_on_from(frauds, change, why):
    checkpoint_now(frauds, owner())
    record(frauds, [label("new", "bob")])
    tamper(frauds, change)

    with pytest.raises(Tampered, match=why):
        checkpoint_now(frauds, owner())


def test_inner_hashes_that_were_changed_are_noticed(frauds):
    record(frauds, [label(f"k{n}", "bob") for n in range(600)])
    checkpoint_now(frauds, owner())
    tamper(frauds, "UPDATE tree_node SET hash = (SELECT root FROM checkpoint LIMIT 1)")
    record(frauds, [label("new", "bob")])

    with pytest.raises(Tampered, match="another root"):
        checkpoint_now(frauds, owner())


def test_a_new_key_signs_on_and_the_old_one_stays_known(frauds):
    checkpoint_now(frauds, owner())
    record(frauds, [label("new", "bob")])
    settings = replace(frauds.settings, signing_key=2)
    rotated = replace(frauds, settings=settings, vault=open_vault(settings))

    checkpoint_now(rotated, owner())

    keys = rotated.vault.signature_keys
    notes = [read_note(one.note) for one in stored(frauds)]
    assert [signer_of(note, keys) for note in notes] == [keys[1], keys[0]]
    record(frauds, [label("newer", "bob")])
    with pytest.raises(Tampered, match="not signed"):  # a server that does not know the new key
        checkpoint_now(frauds, owner())


def test_two_servers_never_sign_two_of_one_size(frauds):
    record(frauds, [label(f"k{n}", "bob") for n in range(300)])
    errors = []

    def sign():
        for _ in range(5):
            try:
                checkpoint_now(often(frauds, 7), owner())
            except Exception as error:  # noqa: BLE001 - looked at below
                errors.append(error)

    threads = [threading.Thread(target=sign) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    sizes = [one.size for one in stored(frauds)]
    assert not errors
    assert sizes == [*range(7, len(leaves(frauds)), 7), len(leaves(frauds))]
