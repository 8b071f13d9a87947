"""The sample data: made again byte for byte, and what their READMEs say."""

from pathlib import Path

import pandas as pd
import pytest
from published_sets import FOLDER, found, read
from scipy.stats import mannwhitneyu

from labeltrust.simulate import draw_fraud_review, fraud_review, labels_csv, write_seeds
from labeltrust.simulate._anaesthetists import anaesthetists
from labeltrust.simulate._seeds import BROKEN_ROWS, SEED

SEEDS = Path(__file__).parents[3] / "seeds"
FILES = (
    "fraud-review/labels.csv",
    "fraud-review/gold.csv",
    "fraud-review/truth.csv",
    "fraud-review/items.csv",
    "fraud-review/answers.csv",
    "anaesthetists-1979/labels.csv",
)


def test_the_seeds_are_made_again_byte_for_byte(tmp_path):
    write_seeds(tmp_path)

    for name in FILES:
        assert (tmp_path / name).read_bytes() == (SEEDS / name).read_bytes(), name


def test_the_seeds_without_their_broken_rows_are_the_simulation():
    simulated = fraud_review(SEED)
    broken = {row for _, row, _ in BROKEN_ROWS}

    lines = (SEEDS / "fraud-review/labels.csv").read_text(encoding="utf-8").splitlines()

    assert sum(line in broken for line in lines) == len(BROKEN_ROWS)
    good = [line for line in lines if line not in broken]
    assert good == labels_csv(simulated).splitlines()


def test_the_scenario_is_the_one_that_the_readme_tells():
    truth = pd.read_csv(SEEDS / "fraud-review/truth.csv")
    gold = pd.read_csv(SEEDS / "fraud-review/gold.csv")
    text = (SEEDS / "fraud-review/README.md").read_text(encoding="utf-8")

    assert truth["attack"].value_counts().to_dict() == {
        "targeted_flip": 4,
        "sleeper": 1,
        "constant": 1,
    }
    assert truth["since"].dropna().str[:10].unique().tolist() == ["2026-09-13", "2026-09-17"]
    assert f"{len(gold)} transactions" in text
    assert "2026-09-13" in text


def test_gold_tells_what_the_answers_tell():
    gold = pd.read_csv(SEEDS / "fraud-review/gold.csv").set_index("item")["label"]
    answers = pd.read_csv(SEEDS / "fraud-review/answers.csv").set_index("item")["label"]

    assert len(answers) == 3_000
    assert answers.loc[gold.index].equals(gold)


def test_features_carry_the_class_but_none_tells_it_alone():
    truth = draw_fraud_review(SEED).scene.truth
    items = pd.read_csv(SEEDS / "fraud-review/items.csv").drop(columns="item")

    area = items.apply(lambda column: mannwhitneyu(column[truth == 1], column[truth == 0])[0])
    area /= (truth == 1).sum() * (truth == 0).sum()

    assert (area[["amount", "distance_km", "attempts"]].between(0.7, 0.9)).all()
    assert 0.1 < area["card_age_days"] < 0.3
    assert 0.45 < area["hour"] < 0.55


def test_other_seeds_draw_other_crowds():
    one, two = fraud_review(1), fraud_review(2)

    assert not one.labels.equals(two.labels)
    assert one.labels["labeler"].nunique() == two.labels["labeler"].nunique() == 40
    assert one.labels["created_at"].is_monotonic_increasing


def test_the_anaesthetists_table_is_the_published_one():
    if not found("anaesthetists-1979"):
        pytest.skip(f"anaesthetists-1979 not found in {FOLDER.name}: set LABELTRUST_TEST_DATA")
    published = read("anaesthetists-1979")

    ours = [
        (str(int(item.split("-")[1])), labeler.split("-")[1], label)
        for item, labeler, label in anaesthetists().itertuples(index=False)
    ]

    assert sorted(ours) == sorted(published.answers)
