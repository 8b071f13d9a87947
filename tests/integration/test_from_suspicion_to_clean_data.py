"""The page from an attack to clean data: run as it stands, then held against the truth."""

import csv
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from documented import Reader, Step, matches, steps_of
from sklearn.base import clone

from labeltrust.simulate import draw_scene, fraud_features
from labeltrust.simulate._fraud_review import CROWD, FRAUD
from labeltrust.simulate._seeds import SEED

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "from-suspicion-to-clean-data.md"
SEEDS = ROOT / "seeds" / "fraud-review"
NEW_ITEMS = 40_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """The page after somebody has followed it: each step with what came out, and the reader."""

    steps: list[tuple[Step, str, int]]
    reader: Reader

    def said(self, command: str) -> str:
        """What the last command that begins so said."""
        return next(out for step, out, _ in reversed(self.steps) if step.code.startswith(command))


@pytest.fixture(scope="module")
def followed(tmp_path_factory):
    with pytest.MonkeyPatch.context() as monkeypatch:
        folder = tmp_path_factory.mktemp("sequence")
        (folder / "seeds").symlink_to(ROOT / "seeds")
        monkeypatch.chdir(folder)
        for name in ("LABELTRUST_HOME", "LABELTRUST_DATABASE_URL", "LABELTRUST_KEY"):
            monkeypatch.setenv(name, "")
            monkeypatch.delenv(name)
        reader = Reader(monkeypatch=monkeypatch)
        steps = [(step, reader.follow(step), reader.code) for step in steps_of(PAGE)]
        yield Read(steps=steps, reader=reader)


@pytest.fixture(scope="module")
def planted():
    with (SEEDS / "truth.csv").open() as file:
        return {row["labeler"] for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def labels():
    """What was imported: item, labeler, label, at, answer."""
    found = pd.read_csv(SEEDS / "labels.csv", on_bad_lines="skip")
    found["at"] = pd.to_datetime(found["created_at"], errors="coerce", utc=True)
    seconds = pd.to_numeric(found["duration_seconds"], errors="coerce")
    known = found["label"].isin(["benign", "fraud"]) & found["at"].notna() & (seconds >= 0)
    found = found[known & found["item"].notna() & found["labeler"].notna()]
    answers = pd.read_csv(SEEDS / "answers.csv", index_col="item")["label"]
    return found.assign(answer=found["item"].map(answers)).reset_index(drop=True)


def test_every_step_says_what_the_page_shows(followed):
    assert len(followed.steps) > 60
    for step, said, _ in followed.steps:
        where = f"line {step.line}: {step.code}"
        assert step.shown is None or matches(step.shown, said), f"{where}\n{said}"


def test_no_command_fails_but_the_gate_while_it_is_closed(followed):
    ended = [
        ("CLOSED" in said, code)
        for step, said, code in followed.steps
        if step.code.startswith(("labeltrust", "for "))
    ]

    assert ended.count((True, 1)) == 3
    assert set(ended) == {(True, 1), (False, 0)}


def test_a_page_that_shows_something_else_would_be_found():
    assert matches("the gate of … is open\n…", "the gate of fraud is open\n out │ whose\n")
    assert not matches("the gate of fraud is open", "the gate of fraud is CLOSED")
    assert not matches("snapshot 2 holds", "snapshot 2 holds\nNOT")


def test_the_suspects_are_those_who_attack_and_nobody_else(followed, planted):
    flagged = followed.said("labeltrust flags").split()

    assert {word for word in flagged if word.startswith("reviewer-")} == planted


def test_the_intervals_of_the_damage_hold_what_is_true(followed, labels):
    report = json.loads(followed.reader.typed("labeltrust damage -p fraud-review --json"))
    since = {one["labeler"]: one["since"] for one in report["suspects"]}
    onset = pd.to_datetime(labels["labeler"].map(since), utc=True).fillna(labels["at"].min())
    theirs = labels["labeler"].isin(since) & (labels["at"] >= onset)
    wrong = labels["label"] != labels["answer"]
    touched = labels.loc[theirs, "item"].unique()
    truth = {
        "wrong_labels": (theirs & wrong).sum(),
        "wrong_rate": wrong[theirs].mean(),
        "wrong_items": wrong_items(labels, touched),
        "left_items": wrong_items(labels[~theirs], touched),
    }

    assert report["labels"] == theirs.sum()
    for name, is_true in truth.items():
        told = report["damage"][name]
        assert told["low"] <= is_true <= told["high"], name
    assert report["damage"]["excess_rate"]["low"] > 0
    text = PAGE.read_text("utf-8").replace("\n", " ")
    assert f"In truth {truth['wrong_labels']} of the labels are wrong" in text
    assert f"{truth['wrong_items']} of these items have a wrong training label" in text
    assert f"and {truth['left_items']} without the suspects" in text


def wrong_items(labels, touched):
    """How many of some items most labels call wrongly; a tie is no label."""
    votes = pd.crosstab(labels["item"], labels["label"]).reindex(touched, fill_value=0)
    most = np.sign(votes["fraud"] - votes["benign"]).map({1: "fraud", -1: "benign"})
    answers = labels.groupby("item")["answer"].first().reindex(touched)
    return int((most.notna() & (most != answers)).sum())


def test_what_the_page_says_of_single_suspects_is_what_the_command_says(followed):
    points = {"reviewer-22": (11, 1, 20), "reviewer-23": (18, 9, 28), "reviewer-39": (20, 12, 29)}

    for name, told in (points | {"reviewer-31": (8, -1, 17)}).items():
        said = followed.reader.typed(f"labeltrust damage -p fraud-review --labeler {name} --json")
        rate = json.loads(said)["damage"]["excess_rate"]
        found = tuple(round(100 * rate[key]) for key in ("value", "low", "high"))
        assert found == told, name


def test_the_rebuilt_set_holds_no_label_of_suspects_since_their_onset(followed, labels):
    report = json.loads(followed.reader.typed("labeltrust damage -p fraud-review --json"))
    since = {one["labeler"]: one["since"] for one in report["suspects"]}
    before, after = (pd.read_parquet(f"var/snapshots/{n}/judgments.parquet") for n in (1, 2))

    left_out = before.merge(
        after[["item", "labeler"]], on=["item", "labeler"], how="left", indicator=True
    )
    left_out = left_out[left_out["_merge"] == "left_only"]
    times = labels.set_index(["item", "labeler"])["at"]

    assert set(left_out["labeler"]) == set(since)
    assert len(left_out) == report["labels"]
    for name, onset in since.items():
        kept = after.loc[after["labeler"] == name, ["item", "labeler"]]
        at = times.loc[pd.MultiIndex.from_frame(kept)]
        assert at.empty if onset is None else (at < pd.Timestamp(onset)).all()


def test_recall_of_fraud_comes_within_a_point_of_clean_labels(followed):
    names = followed.reader.names
    rng = np.random.default_rng(5)
    truth = (rng.random(NEW_ITEMS) < CROWD.class_shares[FRAUD]).astype(np.int64)
    rows = fraud_features(truth, rng).astype(float)
    scene = draw_scene(CROWD, np.random.default_rng(SEED))  # the same crowd, nobody bribed
    said = pd.DataFrame({"item": names["items"].index[scene.item], "code": scene.label})
    said = said[~said["item"].isin(names["gold"]["item"])]
    clean = clone(names["rebuilt"]).fit(
        names["items"].loc[said["item"]], np.array(["benign", "fraud"])[said["code"]]
    )

    poisoned, rebuilt, best = (
        float((model.predict(rows)[truth == FRAUD] == "fraud").mean())
        for model in (names["poisoned"], names["rebuilt"], clean)
    )

    assert best - poisoned > 0.07
    assert abs(best - rebuilt) < 0.01


def test_the_postmortem_tells_the_incident_from_suspicion_to_the_rebuilt_set(followed, planted):
    told = Path("postmortem.md").read_text("utf-8").replace("\\", "")

    assert "Status: closed, severity high" in told
    assert "vet newcomers on hidden gold" in told
    assert all(f"labeler {name} confirmed, high" in told for name in planted)
    for step in ("snapshot 1 with 3000 items", "gate closed", "gate opened", "snapshot 2 with"):
        assert step in told, step


def test_a_label_changed_in_the_rebuilt_set_is_found_with_the_public_key_alone(followed):
    file = Path("var/snapshots/2/judgments.parquet")
    whole = file.read_bytes()
    frame = pd.read_parquet(file)
    frame.loc[0, "label"] = "fraud" if frame.loc[0, "label"] == "benign" else "benign"
    frame.to_parquet(file)

    said = followed.reader.typed("labeltrust snapshot verify var/snapshots/2 --key labeltrust.pem")
    file.write_bytes(whole)

    assert followed.reader.code == 1
    assert "does NOT hold" in said
