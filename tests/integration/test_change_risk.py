"""Two training sets compared: by number, and by the files that a pipeline downloads."""

import pytest
from commands import commands
from factories import label
from recorded import project, record

from labeltrust.app import build_deployment
from labeltrust.settings import Settings


@pytest.fixture
def made(sqlite_template, tmp_path, monkeypatch, capsys):
    """One database is enough: only files are read."""
    from shutil import copy  # noqa: PLC0415

    copy(sqlite_template, tmp_path / "labeltrust.db")
    settings = Settings(home=tmp_path)
    deployment = build_deployment(settings)
    project(deployment)
    command = commands(settings, monkeypatch, capsys)
    record(deployment, [label(f"i{n}", who) for n in range(30) for who in ("ann", "ben")])
    assert command("snapshot", "create", "-p", "fraud").code == 0
    assert command("snapshot", "create", "-p", "fraud").code == 0
    record(deployment, [label(f"i{n}", "cat") for n in range(30)])
    assert command("project", "set", "fraud", "--guideline-version", "4").code == 0
    assert command("snapshot", "create", "-p", "fraud").code == 0
    yield command, tmp_path / "snapshots"
    deployment.engine.dispose()


def test_a_change_is_scored_the_same_by_number_and_by_files(made):
    command, folder = made

    by_number = command("redteam", "risk", 1, 3, "--json").document
    by_files = command("redteam", "risk", folder / "1", folder / "3", "--json").document
    nothing = command("redteam", "risk", 1, 2, "--run", "--json").document
    said = command("redteam", "risk", 1, 3)

    assert by_number == by_files
    assert {reason["code"] for reason in by_number["reasons"]} == {
        "many_new_labelers", "guideline_changed",
    }  # fmt: skip
    assert by_number["suite"] == "full"
    assert by_number["cost"]["labels"] > 1_000_000
    assert (nothing["suite"], nothing["cost"]["runs"], nothing["run"]) == ("none", 0, None)
    assert "suite full" in said.out
    assert "1 unknown labelers: 30 judgments, 33.3% of all" in said.out


def test_what_cannot_be_compared_is_said(made, tmp_path):
    command, folder = made

    missing = command("redteam", "risk", folder / "1", tmp_path / "nothing")
    unknown = command("redteam", "risk", 1, 99)

    assert (missing.code, "holds no manifest.json" in missing.err) == (2, True)
    assert (unknown.code, "99" in unknown.err) == (2, True)
