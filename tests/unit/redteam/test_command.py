"""`labeltrust redteam run` from the command line."""

import json

import pytest

from labeltrust.cli import run

NOTHING = [
    "--short", "--seeds", "0", "--honest", "0", "--framing", "0", "--incidents", "0", "--jobs", "1"
]  # fmt: skip


def test_a_run_prints_its_seed_and_writes_its_report(tmp_path, capsys):
    code = run(["redteam", "run", "--out", str(tmp_path), "--seed", "1234567", "--json", *NOTHING])

    told = json.loads(capsys.readouterr().out)
    assert code == 0
    assert told["seed"] == 1234567
    assert "1234567" in (tmp_path / "README.md").read_text("utf-8")


def test_a_rerun_goes_on_with_the_seed_of_the_folder(tmp_path, capsys):
    seeds = []
    for _ in range(2):
        assert run(["redteam", "run", "--out", str(tmp_path), "--json", *NOTHING]) == 0
        seeds.append(json.loads(capsys.readouterr().out)["seed"])

    assert seeds[0] == seeds[1]
    assert seeds[0] >= 1_000_000


@pytest.mark.parametrize("option", ["--seeds", "--framing", "--honest", "--incidents"])
def test_a_negative_number_of_runs_is_wrong_usage(tmp_path, option, capsys):
    code = run(["redteam", "run", "--out", str(tmp_path), option, "-1"])

    assert code == 2
    assert option in capsys.readouterr().err


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path, capsys):
    (tmp_path / "run.json").write_text("[]", encoding="utf-8")

    assert run(["redteam", "run", "--out", str(tmp_path), *NOTHING]) == 2
    assert (tmp_path / "run.json").read_text("utf-8") == "[]"
    assert "run.json" in capsys.readouterr().err
