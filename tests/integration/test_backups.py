"""A backup taken at work comes back whole, and one that was touched does not come back at all."""

import json
import os
import shutil
import threading
from contextlib import nullcontext
from dataclasses import replace

import httpx
import pytest
from commands import commands
from databases import copied, postgres_programs
from factories import label, owner
from recorded import project, record
from servers import serving, until

from labeltrust.app import build_deployment
from labeltrust.domain.access import KeyDraft
from labeltrust.domain.errors import Conflict, InvalidInput, Misconfigured, NotAllowed, Tampered
from labeltrust.domain.principals import Principal
from labeltrust.services._backup_files import write_list
from labeltrust.services.back_up import back_up
from labeltrust.services.create_key import create_key
from labeltrust.services.create_snapshot import create_snapshot
from labeltrust.services.restore_backup import check_backup, restore_backup
from labeltrust.services.verify_ledger import verify_ledger
from labeltrust.services.verify_snapshot import verify_snapshot
from labeltrust.settings import Settings
from labeltrust.store.copying import require_empty
from labeltrust.store.session import reading
from labeltrust.store.statements import Statements


@pytest.fixture(autouse=True)
def _client_programs(monkeypatch):
    """Find `pg_dump` where the server of the tests comes from; elsewhere it must be on the PATH."""
    folder = postgres_programs()
    if folder is not None:
        monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)


@pytest.fixture
def at_work(deployment):
    """Two labelers, a training set, and a draft of another."""
    project(deployment)
    record(deployment, [label("i1", "alice"), label("i1", "bob"), label("i2", "alice")])
    create_snapshot(deployment, owner(), "fraud")
    (deployment.settings.home / "snapshots" / ".draft").mkdir()
    return deployment


@pytest.fixture
def empty(request, settings, tmp_path):
    """Settings of an installation with nothing in it but the master key of the other."""
    home = tmp_path / "new"
    on_postgres = settings.database_url.startswith("postgres")
    server = request.getfixturevalue("postgres_server") if on_postgres else None
    with copied(server, None) if on_postgres else nullcontext("") as url:
        yield replace(settings, home=home, database_url=url)


def opened(settings: Settings, key_of: Settings):
    settings.key_file.parent.mkdir(parents=True)
    shutil.copy(key_of.key_file, settings.key_file)
    return build_deployment(settings)


def test_all_comes_back_and_verifies(at_work, empty, tmp_path):
    made = back_up(at_work, owner(), tmp_path / "copies" / "one")
    found = opened(empty, at_work.settings)

    restored = restore_backup(found, owner(), tmp_path / "copies" / "one")

    assert restored.ok
    assert [file.path for file in made.files if "draft" in file.path] == []
    before, after = verify_ledger(at_work, owner()), verify_ledger(found, owner())
    assert [c for c in before.chains if c.name == "fraud"] == [
        c for c in after.chains if c.name == "fraud"
    ]
    assert verify_snapshot(found, owner(), 1).ok
    again = record(found, [label("i1", "alice"), label("i3", "bob")])
    assert [receipt.sequence for receipt in again.receipts]
    found.engine.dispose()


def test_a_backup_names_itself_in_the_history_of_both(at_work, empty, tmp_path):
    back_up(at_work, owner(), tmp_path / "one")
    found = opened(empty, at_work.settings)
    restore_backup(found, owner(), tmp_path / "one")

    with reading(found.engine) as session:
        rows = Statements(session.connection()).rows(
            "SELECT type, actor FROM event WHERE type IN (?, ?) ORDER BY sequence",
            ("backup.made", "backup.restored"),
        )
    assert rows == [("backup.made", owner().name), ("backup.restored", owner().name)]
    found.engine.dispose()


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (lambda f: (f / "snapshots/1/labels.parquet").write_bytes(b"x"), "labels.parquet: changed"),
        (lambda f: (f / "snapshots/1/manifest.json").unlink(), "manifest.json: missing"),
        (lambda f: (f / "snapshots/extra").write_bytes(b"x"), "snapshots/extra: not in the list"),
        (lambda f: rewritten(f / "backup.json"), "not what was signed"),
        (lambda f: (f / "backup.sig").write_bytes(bytes(64)), "not what was signed"),
    ],
)
def test_what_was_touched_is_refused_and_named(at_work, tmp_path, harm, told):
    back_up(at_work, owner(), tmp_path / "one")
    harm(tmp_path / "one")
    with pytest.raises(Tampered, match=told):
        check_backup(at_work, owner(), tmp_path / "one")


def rewritten(path):
    said = json.loads(path.read_text())
    said["heads"] = []
    path.write_text(json.dumps(said))


def test_nothing_is_overwritten(at_work, tmp_path):
    back_up(at_work, owner(), tmp_path / "one")
    with pytest.raises(Conflict, match="never overwrites"):
        back_up(at_work, owner(), tmp_path / "one")
    with pytest.raises(Conflict, match="not empty"):
        restore_backup(at_work, owner(), tmp_path / "one")
    assert not list(tmp_path.glob(".one*"))


def test_another_master_key_and_another_folder_are_refused(at_work, empty, tmp_path):
    back_up(at_work, owner(), tmp_path / "one")
    stranger = build_deployment(empty)
    with pytest.raises(Misconfigured, match="another master key"):
        restore_backup(stranger, owner(), tmp_path / "one")
    with pytest.raises(InvalidInput, match="is no backup"):
        check_backup(at_work, owner(), tmp_path)
    stranger.engine.dispose()


def test_only_who_manages_copies_everything(deployment, tmp_path):
    for role in ("qa_lead", "auditor", "on_call"):
        who = Principal(name="key:x", role=role, projects=None)
        with pytest.raises(NotAllowed):
            back_up(deployment, who, tmp_path / "one")
    assert not (tmp_path / "one").exists()


def test_a_backup_under_load_holds_all_that_was_promised_before(settings, at_work, tmp_path):
    """Every receipt given before the copy began is in it, while a server goes on writing."""
    draft = KeyDraft(name="k", role="source", source="feed")
    text = create_key(at_work, owner(), draft).text
    promised, over = [0], threading.Event()

    def send(url):
        with httpx.Client(headers={"authorization": f"Bearer {text}"}, timeout=20) as client:
            for n in range(10_000):
                event = {"id": f"e{n}", "type": "label.submitted", "project": "fraud"}
                event |= {"item": f"i{n}", "labeler": "alice", "label": "fraud"}
                answer = client.post(f"{url}/v1/events", json=event)
                promised.append(answer.json()["receipts"][0]["sequence"])
                if over.is_set():
                    return

    with serving(settings) as server:
        sender = threading.Thread(target=send, args=(server.url,))
        sender.start()
        assert until(lambda: len(promised) > 3)
        for n in range(2):
            newest = promised[-1]
            made = back_up(at_work, owner(), tmp_path / f"copy{n}")
            assert {h.chain: h.records for h in made.heads}["fraud"] >= newest
        over.set()
        sender.join()
    assert len(promised) > 4
    assert check_backup(at_work, owner(), tmp_path / "copy1").heads == made.heads


def test_commands(at_work, settings, empty, monkeypatch, capsys, tmp_path):
    place = tmp_path / "one"
    said = commands(settings, monkeypatch, capsys)("backup", place, "--json")
    assert said.code == 0
    assert said.document["backup"]["format"] == 1
    if not settings.database_url:
        drill = commands(settings, monkeypatch, capsys)("restore", "--drill", place)
        assert drill.code == 0
        assert "could be restored" in drill.out
    else:
        refused = commands(settings, monkeypatch, capsys)("restore", "--drill", place)
        assert refused.code == 2

    without_key = commands(empty, monkeypatch, capsys)("restore", place)
    assert without_key.code == 2
    assert "put the key file" in without_key.err
    empty.key_file.parent.mkdir(parents=True)
    shutil.copy(settings.key_file, empty.key_file)
    back = commands(empty, monkeypatch, capsys)("restore", place)
    assert (back.code, back.err) == (0, "")
    assert back.out.count("verified") == 2
    assert commands(empty, monkeypatch, capsys)("assess", "-p", "fraud").code == 0


def test_a_history_that_ends_elsewhere_than_the_list_says_does_not_pass(at_work, empty, tmp_path):
    place = tmp_path / "one"
    made = back_up(at_work, owner(), place)
    heads = tuple(replace(head, records=head.records + 1) for head in made.heads)
    write_list(place, replace(made, heads=heads), at_work.vault)
    found = opened(empty, at_work.settings)

    restored = restore_backup(found, owner(), place)

    assert not restored.ok
    assert [problem.split(":")[0] for problem in restored.problems] == ["fraud", "system"]
    found.engine.dispose()


def test_a_copy_of_a_newer_version_is_refused_before_anything_is_filled(at_work, empty, tmp_path):
    place = tmp_path / "one"
    made = back_up(at_work, owner(), place)
    write_list(place, replace(made, schema_version="9999"), at_work.vault)
    found = opened(empty, at_work.settings)

    with pytest.raises(Misconfigured, match="schema 9999"):
        restore_backup(found, owner(), place)

    require_empty(found.engine)
    found.engine.dispose()
