"""Others verify history with one file, where labeltrust cannot even be imported."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest
from factories import label, owner
from recorded import project, record

from labeltrust.cli import run
from labeltrust.ledger import chain_verifier
from labeltrust.services.checkpoints.lists import export_chain, list_checkpoints, signing_keys
from labeltrust.services.checkpoints.prove import prove
from labeltrust.services.checkpoints.sign import checkpoint_now
from labeltrust.settings import Settings
from labeltrust.store.statements import Statements

# Without this folder on the path, and with a hook that refuses the name: labeltrust is not there.
_ALONE = (
    "import sys, runpy\n"
    "class No:\n"
    "    def find_spec(self, name, path=None, target=None):\n"
    "        if name.split('.')[0] == 'labeltrust': raise ImportError(name)\n"
    "sys.meta_path.insert(0, No())\n"
    "sys.argv = sys.argv[1:]\n"
    "runpy.run_path(sys.argv[0], run_name='__main__')\n"
)


@pytest.fixture
def settings(sqlite_template, tmp_path):
    from shutil import copy  # noqa: PLC0415 - what is exported is the same for both databases

    copy(sqlite_template, tmp_path / "labeltrust.db")
    return Settings(home=tmp_path)


@pytest.fixture
def kept(deployment, tmp_path):
    """What somebody outside has: the verifier, an export, checkpoints, keys, receipts, a proof."""
    project(deployment)
    brought = record(deployment, [label(f"i{n}", "alice") for n in range(40)])
    (old,) = [c for c in checkpoint_now(deployment, owner()) if c.chain == "fraud"]
    record(deployment, [label(f"j{n}", "zoë \u2028") for n in range(300)])
    checkpoint_now(deployment, owner())
    folder = tmp_path / "outside"
    (folder / "checkpoints").mkdir(parents=True)
    (folder / "verify.py").write_bytes(Path(chain_verifier.__file__).read_bytes())
    notes = [c.note for c in list_checkpoints(deployment, owner())]
    (folder / "checkpoints" / "1").write_text("\n".join(notes), "utf-8")
    (folder / "chain.ndjson").write_bytes(b"".join(export_chain(deployment, owner(), "fraud")))
    (folder / "keys.pem").write_text(signing_keys(deployment, owner()), "utf-8")
    one = brought.receipts[7]
    receipt = f"{one.chain}:{one.sequence}:{one.leaf}"
    found = prove(deployment, owner(), receipt, since=old.size)
    (folder / "proof.tlog-proof").write_text(found.text, "utf-8")
    said = {
        "index": found.index,
        "inclusion": found.inclusion,
        "checkpoint": found.checkpoint,
        "consistency": {"size": old.size, "path": found.consistency.path},
    }
    (folder / "proof.json").write_text(json.dumps(said), "utf-8")
    (folder / "receipt").write_text(receipt, "utf-8")
    return folder


def alone(folder, *arguments):
    return subprocess.run(  # noqa: S603 - fixed words
        [sys.executable, "-I", "-c", _ALONE, "verify.py", *arguments, "--keys", "keys.pem"],
        cwd=folder, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def chain_of(folder, *more):
    return alone(folder, "--chain", "chain.ndjson", "--checkpoints", "checkpoints", *more)


def lines(folder):
    return (folder / "chain.ndjson").read_bytes().split(b"\n")[:-1]


def write(folder, changed):
    (folder / "chain.ndjson").write_bytes(b"".join(line + b"\n" for line in changed))


def test_a_chain_is_recomputed_and_held_against_checkpoints(kept):
    found = chain_of(kept)

    assert found.returncode == 0, found.stderr
    assert "chain 'fraud': 341 records hold" in found.stdout
    assert "2 checkpoints hold" in found.stdout


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda ls: [*ls[:99], ls[99].replace(b"benign", b"fraud!"), *ls[100:]], "records 42 to"),
        (lambda ls: [*ls[:99], *ls[100:]], "record 100 of chain 'fraud' is missing"),
        (lambda ls: ls[:-1], "record 341 of chain 'fraud' is missing: a checkpoint knows 341"),
        (lambda ls: [*ls[:9], ls[10], ls[9], *ls[11:]], "record 10 of chain 'fraud'"),
        (lambda ls: [*ls[:9], ls[9].replace(b'{"a', b'{ "a'), *ls[10:]], "not in canonical form"),
        (lambda ls: [*ls[:9], b'{"actor":1,' + ls[9][1:], *ls[10:]], "not in canonical form"),
        (lambda ls: [*ls[:9], b"[" * 100_000, *ls[10:]], "no JSON"),
        (lambda ls: [*ls[:9], b"7", *ls[10:]], "is no record"),
    ],
)
def test_the_first_bad_record_is_named(kept, change, says):
    write(kept, change(lines(kept)))

    found = chain_of(kept)

    assert found.returncode == 1
    assert says in found.stderr


def test_packed_exports_are_read_and_what_is_none_exits_2(kept):
    (kept / "chain.ndjson.gz").write_bytes(gzip.compress((kept / "chain.ndjson").read_bytes()))
    packed = alone(kept, "--chain", "chain.ndjson.gz", "--checkpoints", "checkpoints")
    nothing = alone(kept, "--chain", "nothing", "--checkpoints", "checkpoints")
    (kept / "keys.pem").write_text("no key", "utf-8")
    no_key = chain_of(kept)

    assert (packed.returncode, nothing.returncode, no_key.returncode) == (0, 2, 2)


def test_a_checkpoint_of_another_key_does_not_hold(kept):
    path = kept / "checkpoints" / "1"
    path.write_text(path.read_text("utf-8").replace("\n41\n", "\n40\n"), "utf-8")

    found = chain_of(kept)

    assert found.returncode == 1
    assert "not signed by these keys" in found.stderr


@pytest.mark.parametrize("name", ["proof.json", "proof.tlog-proof"])
def test_a_receipt_is_proved(kept, name):
    receipt = (kept / "receipt").read_text("utf-8")
    good = alone(kept, "--proof", name, "--receipt", receipt, "--checkpoints", "checkpoints")
    other = alone(kept, "--proof", name, "--receipt", receipt[:-1] + "0")
    moved = alone(kept, "--proof", name, "--receipt", receipt.replace(":9:", ":10:"))

    assert good.returncode == 0, good.stderr
    assert "is in the signed history of 341 records" in good.stdout
    assert ("kept the first 41 records" in good.stdout) == (name == "proof.json")
    assert (other.returncode, moved.returncode) == (1, 1)


def test_a_history_that_did_not_grow_out_of_the_kept_checkpoint_is_not_proved(kept):
    said = json.loads((kept / "proof.json").read_text("utf-8"))
    said["consistency"]["path"][0] = said["inclusion"][0]
    (kept / "proof.json").write_text(json.dumps(said), "utf-8")
    receipt = (kept / "receipt").read_text("utf-8")

    found = alone(
        kept, "--proof", "proof.json", "--receipt", receipt, "--checkpoints", "checkpoints"
    )

    assert found.returncode == 1
    assert "did not keep its first 41 records" in found.stderr


def test_the_commands_give_what_the_verifier_needs(deployment, kept, monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("LABELTRUST_HOME", str(tmp_path))
    monkeypatch.chdir(kept)
    outputs = {}
    for name, words in {
        "verify.py": ["verifier"],
        "keys.pem": ["keys"],
        "notes": ["checkpoints", "--notes"],
        "proof.txt": ["proof", (kept / "receipt").read_text("utf-8")],
    }.items():
        assert run(["ledger", *words]) == 0
        outputs[name] = capsys.readouterr().out
        (kept / name).write_text(outputs[name], "utf-8")
    assert run(["ledger", "export", "fraud", "again.ndjson.gz"]) == 0
    assert run(["ledger", "verify", "--checkpoints", "notes", "--json"]) == 0
    said = json.loads(capsys.readouterr().out.partition("\n")[2])

    found = alone(kept, "--chain", "again.ndjson.gz", "--checkpoints", "notes")
    assert found.returncode == 0, found.stderr
    assert (said["ok"], said["outside"], said["strangers"]) == (True, 3, 0)
    assert run(["ledger", "verify", "--checkpoints", "again.ndjson.gz"]) == 2
    assert run(["ledger", "verify", "--checkpoints", "nowhere"]) == 2


def test_what_is_exported_names_nobody(deployment, kept):
    with deployment.engine.connect() as connection:
        names = Statements(connection).rows("SELECT outside_id FROM labeler_alias")

    text = (kept / "chain.ndjson").read_text("utf-8")
    assert all(name not in text for (name,) in names)
