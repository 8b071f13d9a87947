"""Checkpoints reach places outside, are tried again, complained of, and held against the record."""

import json
from dataclasses import replace

import pytest
from factories import label, owner
from receivers import channel, near, receiving
from recorded import project, record
from standardwebhooks import Webhook
from tampering import tamper

from labeltrust.domain.errors import Conflict, InvalidInput, NotFound
from labeltrust.ledger.chain_verifier import checkpoints_in
from labeltrust.ledger.copies import notes_in
from labeltrust.ledger.notes import signer_of
from labeltrust.outgoing.shapes.email import mail
from labeltrust.services.check_gate import check_gate
from labeltrust.services.check_health import check_health
from labeltrust.services.check_installation import check_installation
from labeltrust.services.checkpoints.deliver import deliver, telling_of
from labeltrust.services.checkpoints.places import PlaceDraft, add_place, list_places, remove_place
from labeltrust.services.checkpoints.sign import checkpoint_now
from labeltrust.services.checkpoints.standing import standing
from labeltrust.services.checkpoints.work import checkpoint_worker_of
from labeltrust.services.verify_ledger import verify_ledger


@pytest.fixture
def frauds(deployment):
    project(deployment)
    record(deployment, [label(f"i{n}", "alice") for n in range(9)])
    return near(deployment)


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "worm"
    place.mkdir()
    return place


def add(deployment, name="worm", **more):
    return add_place(deployment, owner(), PlaceDraft(name=name, **more))


def place(deployment, name="worm"):
    return next(one for one in list_places(deployment, owner()) if one.name == name)


def work(deployment):
    worker = checkpoint_worker_of(deployment)
    while worker.step():
        pass


def notes(folder):
    return [note for path in sorted(folder.iterdir()) for note in notes_in(path.read_text("utf-8"))]


def finding(deployment):
    return next(f for f in check_installation(deployment) if f.check == "checkpoints")


def test_a_folder_gets_every_checkpoint_once_and_nothing_is_ever_changed(frauds, folder, clock):
    add(frauds, folder=str(folder))
    work(frauds)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    clock.tick(61)
    record(frauds, [label("new", "bob")])
    work(frauds)
    after = {path.name: path.read_bytes() for path in folder.iterdir()}

    assert before.items() <= after.items()
    assert len(after) == 2
    keys = [frauds.vault.signature_key]
    assert all(signer_of(note, keys) for note in notes(folder))
    assert [n.checkpoint.size for n in notes(folder)][-1] == 11
    assert place(frauds).behind == 0


def test_a_webhook_is_signed_and_its_body_can_be_kept_as_it_comes(frauds):
    checkpoint_now(frauds, owner())
    with receiving() as receiver:
        made = channel(frauds, "webhook", receiver.url, codes=("ledger_broken",))
        number = add(frauds, "partner", channel="webhook").id
        deliver(frauds, number)
        ((_, headers, body),) = receiver.got

    sent = Webhook(made.secret).sign(headers["webhook-id"], frauds.clock(), body.decode())
    told = json.loads(body)
    assert headers["webhook-signature"] == sent
    assert told["type"] == "ledger.checkpoints"
    assert {one["chain"] for one in told["data"]["checkpoints"]} == {"system", "fraud"}
    assert len(notes_in(body.decode())) == 2
    assert place(frauds, "partner").taken_at


def test_a_mail_that_was_saved_as_it_came_holds_the_notes(frauds):
    found = checkpoint_now(frauds, owner())
    options = {"sender": "l@example.org", "recipients": "n@example.org"}

    raw = mail(options, telling_of(frauds, found)).as_bytes()

    kept = notes_in(raw.decode())
    assert sorted(note.text for note in kept) == sorted(one.note for one in found)
    report = verify_ledger(frauds, owner(), outside=kept)
    assert (report.ok, report.outside) == (True, 2)
    assert len(list(checkpoints_in(raw.decode(), [frauds.vault.signature_key]))) == 2


def test_what_is_not_taken_is_tried_again_until_it_is(frauds, clock):
    checkpoint_now(frauds, owner())
    with receiving(500) as receiver:
        channel(frauds, "webhook", receiver.url)
        add(frauds, "partner", channel="webhook")
        work(frauds)
        failed = place(frauds, "partner")
        clock.tick(3_600)
        work(frauds)
        first, *later = [notes_in(body.decode()) for _, _, body in receiver.got]

    assert "500" in failed.trouble
    assert failed.retry_at
    assert failed.behind > 0
    assert place(frauds, "partner").behind == 0
    assert {n.text for n in first} <= {n.text for some in later for n in some}


def test_a_folder_that_is_away_is_never_made_and_gets_all_of_it_later(frauds, folder, clock):
    add(frauds, folder=str(folder))
    folder.rmdir()
    work(frauds)
    trouble = place(frauds).trouble
    away = not folder.exists()
    folder.mkdir()
    clock.tick(3_600)
    work(frauds)

    assert str(folder) in trouble
    assert away
    assert {n.checkpoint.size for n in notes(folder)} >= {10}


def test_too_few_places_are_said_aloud_after_a_while(frauds, folder, clock):
    checkpoint_now(frauds, owner())
    fresh = finding(frauds)
    clock.tick(91 * 60)
    late = finding(frauds)
    add(frauds, folder=str(folder))
    work(frauds)
    one = standing(frauds)
    second = folder / "second"
    second.mkdir()
    add(frauds, "second", folder=str(second))
    work(frauds)
    health = {check.name: check for check in check_health(frauds)}["checkpoints"]

    assert fresh.ok
    assert not late.ok
    assert "labeltrust ledger place add" in late.mend
    assert one.late
    assert not standing(frauds).late
    assert finding(frauds).ok
    assert health.ok
    assert "late" not in health.detail
    nobody = replace(frauds, settings=replace(frauds.settings, checkpoint_places=0))
    clock.tick(91 * 60)
    assert not standing(nobody).late


def test_a_history_that_was_cut_is_noticed_by_what_the_folder_knows(frauds, folder, clock):
    add(frauds, folder=str(folder))
    work(frauds)
    tamper(
        frauds,
        "DELETE FROM event WHERE sequence > 4 AND chain_id = (SELECT id FROM chain WHERE name = "
        "'fraud')",
        "UPDATE chain SET next_sequence = 5, head = (SELECT previous FROM event e WHERE e.chain_id "
        "= chain.id AND sequence = 4) WHERE name = 'fraud'",
        "DELETE FROM checkpoint WHERE size > 4",
        "DELETE FROM tree_node",
    )
    work(frauds)
    clock.tick(61)
    work(frauds)

    reasons = {r.code: r.detail for r in check_gate(frauds, owner(), "fraud").reasons}
    assert "cut or rolled back" in reasons["tampering"]


def test_checkpoints_from_outside_close_the_gate_until_the_history_is_back(frauds, folder):
    checkpoint_now(frauds, owner())
    add(frauds, folder=str(folder))
    work(frauds)
    kept = notes(folder)
    remove_place(frauds, owner(), "worm", reason="the bucket moved")
    tamper(
        frauds,
        "DELETE FROM checkpoint",
        "UPDATE chain SET next_sequence = 1 WHERE name = 'system'",
        "UPDATE chain SET head = (SELECT previous FROM event e WHERE e.chain_id = chain.id AND "
        "sequence = 1) WHERE name = 'system'",
        "CREATE TABLE stolen AS SELECT * FROM event WHERE chain_id = 1",
        "DELETE FROM event WHERE chain_id = 1",
    )
    alone = verify_ledger(frauds, owner())
    with_them = verify_ledger(frauds, owner(), outside=kept)
    again = verify_ledger(frauds, owner())

    assert alone.ok
    assert not with_them.ok
    assert with_them.chains[0].first_bad == 1
    assert not again.ok  # what was seen once is not forgotten


def test_a_place_must_be_one_that_can_take_them(frauds, folder, tmp_path):
    with receiving() as receiver:
        channel(frauds, "slack", receiver.url)
    add(frauds, folder=str(folder))

    for draft in (
        {"folder": "relative"},
        {"folder": str(tmp_path / "nowhere")},
        {"channel": "slack"},
        {},
        {"folder": str(folder), "channel": "slack"},
        {"folder": str(folder), "every_seconds": -1.0},
    ):
        with pytest.raises(InvalidInput):
            add(frauds, "bad", **draft)
    with pytest.raises(NotFound):
        add(frauds, "bad", channel="nobody")
    with pytest.raises(Conflict):
        add(frauds, folder=str(folder))
