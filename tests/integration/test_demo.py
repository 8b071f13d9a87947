"""What a newcomer sees: suspects flagged, their labels held, the gate closed, on real commands."""

import csv
from pathlib import Path

import pytest
from commands import commands
from factories import owner

from labeltrust.app import build_deployment
from labeltrust.services.check_gate import check_gate
from labeltrust.services.freeze_labels import list_standing
from labeltrust.services.list_flags import list_flags
from labeltrust.settings import Settings
from labeltrust.store.migrate import downgrade, migrate
from labeltrust.store.session import open_engine

TRUTH = Path(__file__).parents[2] / "seeds" / "fraud-review" / "truth.csv"


@pytest.fixture
def installed(tmp_path):
    return Settings(home=tmp_path / "var")


@pytest.fixture
def cli(installed, monkeypatch, capsys):
    return commands(installed, monkeypatch, capsys)


def planted():
    with TRUTH.open() as file:
        return {row["labeler"] for row in csv.DictReader(file)}


def test_the_demo_flags_the_planted_suspects_holds_their_labels_and_closes_the_gate(cli, installed):
    said = cli("demo", "--no-serve")

    deployment = build_deployment(installed)
    held = {f.labeler for f in list_standing(deployment, owner(), "fraud-review")}
    flagged = {f.labeler for f in list_flags(deployment, owner(), "fraud-review")}
    gate = check_gate(deployment, owner(), "fraud-review")
    deployment.engine.dispose()
    assert said.code == 0
    assert held == planted()
    assert flagged >= planted()
    assert [reason.code for reason in gate.reasons] == ["breaker_tripped"]
    for name in planted():
        assert name in said.out
    assert "10 quarantined" in said.out
    assert "the gate of fraud-review is CLOSED" in said.out


def test_the_demo_may_be_run_again_and_adds_nothing(cli, installed):
    cli("demo", "--no-serve")
    again = cli("demo", "--no-serve")

    deployment = build_deployment(installed)
    flags = list_flags(deployment, owner(), "fraud-review")
    deployment.engine.dispose()
    assert again.code == 0
    assert "0 new, 18000 on record before" in again.out
    assert len(flags) == len({flag.labeler for flag in flags})


def test_the_demo_runs_on_an_installation_of_an_earlier_version(cli, installed):
    installed.home.mkdir()
    engine = open_engine(installed)
    migrate(engine)
    downgrade(engine, "0030")
    engine.dispose()

    assert cli("demo", "--no-serve").code == 0


def test_the_demo_can_be_drawn_anew_by_a_seed(cli, installed):
    said = cli("demo", "--no-serve", "--seed", 3)

    assert said.code == 0
    assert (installed.home / "demo" / "fraud-review-3" / "truth.csv").exists()
    assert "fraud-review-3" in said.out
