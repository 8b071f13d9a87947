"""`labeltrust simulate` at work: what it writes is imported, what it cannot do it says."""

from pathlib import Path

import pandas as pd
import pytest
from commands import commands

from labeltrust.simulate import attacks

SEEDS = Path(__file__).parents[2] / "seeds"
ORDINAL = SEEDS / "anaesthetists-1979/labels.csv"
RICH = ("overlap=1,6", "rhythm.season=0.4", "assistant.accuracy=0.8", "traits.trigger_share=0.3")


@pytest.fixture
def cli(settings, monkeypatch, capsys):
    return commands(settings, monkeypatch, capsys)


def test_a_crowd_with_several_attacks_is_imported_with_its_item_features(cli, tmp_path):
    given = [part for setting in RICH for part in ("--set", setting)]
    ring, backdoor = "copy_ring:members=3:rate=0.5", "feature_backdoor:members=2:since_day=12"

    drawn = cli(
        "simulate", tmp_path, "--items", 80, *given, "--plant", ring, "--plant", backdoor, "--json"
    )
    labels = cli("import", tmp_path / "labels.csv", "-p", "sim", "--strict", "--json")
    items = cli("import", tmp_path / "items.jsonl", "-p", "sim", "--strict", "--json")

    assert labels.document["accepted"] == drawn.document["rows"]["labels.csv"]
    assert (items.code, items.document["accepted"]) == (0, 80)
    truth = pd.read_csv(tmp_path / "truth.csv")
    assert truth["attack"].value_counts().to_dict() == {"copy_ring": 3, "feature_backdoor": 2}
    assert (truth["since"].dropna() == "2026-09-13T00:00:00Z").sum() == 2


def test_an_attack_is_planted_into_a_file_of_real_labels(cli, tmp_path):
    flip = "uniform_flip:members=1:rate=1:since_share=0.5"

    said = cli("simulate", tmp_path, "--into", ORDINAL, "--set", "level=ordinal", "--plant", flip)

    before = pd.read_csv(ORDINAL, dtype=str).drop_duplicates(["item", "labeler"], keep="last")
    after = pd.read_csv(tmp_path / "labels.csv", dtype=str)
    member = pd.read_csv(tmp_path / "truth.csv")["labeler"].item()
    changed = after["labeler"][before["label"].to_numpy() != after["label"].to_numpy()]
    assert said.code == 0
    assert set(changed) == {member}
    assert len(changed) > 5


def test_the_list_shows_every_attack_and_what_it_needs(cli):
    shown = cli("simulate", "--list").out
    told = cli("simulate", "--list", "--json").document

    assert set(told["attacks"]) == set(attacks())
    assert all(attack.title in shown for attack in attacks().values())
    assert told["attacks"]["sleeper"]["needs"] == ["onset"]
    assert told["settings"]["rhythm.season"] == "0.0"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ((), "say where to write"),
        (("out", "--plant", "bribery"), "no attack 'bribery'"),
        (("out", "--plant", "constant:membres=2"), "'membres=2' is not NAME=VALUE"),
        (("out", "--plant", "constant:to_class=scam"), "'scam' is not one of benign, fraud"),
        (("out", "--set", "mood=bad"), "'mood=bad' is not NAME=VALUE"),
        (("out", "--set", "days=many"), "'many' is no number"),
        (("out", "--into", "nowhere.csv"), "no file nowhere.csv"),
        (("out", "--into", ORDINAL, "--set", "days=3"), "cannot be set of real labels"),
        (("out", "--into", ORDINAL, "--plant", "fast_clicking"), "needs seconds spent"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_the_reason(
    arguments, reason, cli, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)

    said = cli("simulate", *arguments)

    assert said.code != 0
    assert reason in said.err
    assert not (tmp_path / "out/labels.csv").exists()
