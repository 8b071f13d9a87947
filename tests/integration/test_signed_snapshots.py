"""Manifests are signed, and checked with nothing but a public key."""

import json
import shutil
from pathlib import Path

import pytest
from commands import commands
from factories import label, owner
from recorded import history, project, record
from sqlmodel import col, update

from labeltrust.services.create_snapshot import create_snapshot
from labeltrust.services.verify_files import verify_files
from labeltrust.services.verify_snapshot import signature_key, snapshot_file, verify_snapshot
from labeltrust.store.session import unit_of_work
from labeltrust.store.tables import Snapshot
from labeltrust.store.vault import vault_of


@pytest.fixture
def made(deployment):
    project(deployment)
    record(deployment, [label("i1", "alice"), label("i1", "bob"), label("i2", "bob")])
    return create_snapshot(deployment, owner(), "fraud")


def taken_away(deployment, tmp_path) -> tuple[Path, bytes]:
    """The files in another place, and the public key."""
    folder = snapshot_file(deployment, owner(), 1, "manifest.json").parent
    place = Path(shutil.copytree(folder, tmp_path / "away"))
    return place, signature_key(deployment, owner()).pem.encode()


def test_a_manifest_says_what_query_position_gate_and_key_it_was_made_with(made, deployment):
    (event,) = history(deployment, "snapshot.created")

    assert made["ledger"]["position"] == made["position"] == event.sequence - 1
    assert made["ledger"]["head"] == event.previous.hex()
    assert made["gate"]["reasons"][0]["code"] == "nothing_assessed"
    wanted = {"questions": ["label"], "guideline_version": "", "through": 4, "without": []}
    assert made["query"] == wanted
    assert json.loads(event.detail)["signed_by"] == made["signed_by"]
    assert made["signed_by"] == signature_key(deployment, owner()).key_id


def test_files_hold_far_from_home_by_the_public_key_alone(made, deployment, tmp_path):
    folder, pem = taken_away(deployment, tmp_path)

    whole = verify_files(folder, pem)
    (folder / "judgments.parquet").unlink()
    partly = verify_files(folder, pem)

    assert (whole.ok, whole.problems, whole.snapshot, whole.project) == (True, (), 1, "fraud")
    assert (partly.ok, partly.absent) == (True, ("judgments.parquet",))


@pytest.mark.parametrize("what", ["manifest", "labels", "no signature", "signature", "key"])
def test_anything_changed_on_the_way_is_found(made, deployment, tmp_path, what):
    folder, pem = taken_away(deployment, tmp_path)
    if what == "manifest":
        path = folder / "manifest.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | {"excluded": []}))
    elif what == "labels":
        (folder / "labels.parquet").write_bytes(b"PAR1")
    elif what == "no signature":
        (folder / "manifest.sig").unlink()
    elif what == "signature":
        (folder / "manifest.sig").write_bytes(bytes(64))
    else:
        other = vault_of(b"another key" + bytes(21))
        (folder / "manifest.sig").write_bytes(other.sign((folder / "manifest.json").read_bytes()))

    found = verify_files(folder, pem)

    assert not found.ok
    wanted = "labels.parquet does not match" if what == "labels" else "manifest.sig is"
    assert wanted in found.problems[0]


def rewritten(deployment, **values):
    with unit_of_work(deployment.engine) as session:
        session.execute(update(Snapshot).where(col(Snapshot.id) == 1).values(**values))


def test_a_signature_that_is_due_is_missed_and_a_wrong_one_found_at_home(made, deployment):
    path = snapshot_file(deployment, owner(), 1, "manifest.sig")
    path.write_bytes(bytes(64))
    wrong = verify_snapshot(deployment, owner(), 1)
    path.unlink()
    rewritten(deployment, signature=None)
    missing = verify_snapshot(deployment, owner(), 1)

    assert "is no signature of the manifest" in wrong.problems[0]
    assert "manifest.sig is missing" in missing.problems[0]


def test_who_rewrites_manifest_and_row_is_contradicted_by_the_history(made, deployment):
    from hashlib import sha256  # noqa: PLC0415

    path = snapshot_file(deployment, owner(), 1, "manifest.json")
    text = json.dumps(json.loads(path.read_text()) | {"excluded": [], "format": 1})
    path.write_text(text)
    digest = sha256(text.encode()).digest()
    rewritten(deployment, manifest=text, digest=digest, signature=None)

    found = verify_snapshot(deployment, owner(), 1)

    assert found.problems == ("the history knows no snapshot of this number with this manifest",)


def test_commands_give_the_key_away_and_verify_a_folder_without_a_database(
    made, deployment, settings, monkeypatch, capsys, tmp_path
):
    cli = commands(settings, monkeypatch, capsys)
    folder, _ = taken_away(deployment, tmp_path)
    key = tmp_path / "key.pem"
    key.write_text(cli("snapshot", "key").out)
    monkeypatch.setenv("LABELTRUST_DATABASE_URL", "sqlite:////nowhere/at/all.db")

    fine = cli("snapshot", "verify", folder, "--key", key)
    by_number = cli("snapshot", "verify", 1, "--key", key)
    (folder / "manifest.sig").unlink()
    bad = cli("snapshot", "verify", folder, "--key", key, "--json")

    assert (fine.code, by_number.code, bad.code) == (0, 0, 1), fine.err
    assert "is missing" in bad.document["problems"][0]
    assert cli("snapshot", "verify", tmp_path, "--key", key).code == 2
    assert cli("snapshot", "verify", folder, "--key", tmp_path / "none").code == 2
    assert cli("snapshot", "verify", folder).code == 2
