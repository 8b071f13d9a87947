"""A model without the suspects' labels: better, and as good as one that never saw them."""

import re

import numpy as np
import pandas as pd
import pytest
from notebook_runs import ran
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import QuantileTransformer

from labeltrust.notebook import read_table
from labeltrust.notebook._retraining import design, plurality
from labeltrust.simulate import draw_scene, fraud_features, sample_folder
from labeltrust.simulate._fraud_review import CROWD, FRAUD
from labeltrust.simulate._seeds import SEED

NEW_ITEMS = 40_000


@pytest.fixture(scope="module")
def features():
    return read_table(sample_folder() / "fraud-review" / "items.csv")


@pytest.fixture(scope="module")
def shown(seeded):
    return ran("05_rebuild_and_retrain", seeded.deployment.settings)


@pytest.fixture(scope="module")
def new_items():
    """Transactions that nobody labeled, with their truth."""
    rng = np.random.default_rng(5)
    truth = (rng.random(NEW_ITEMS) < CROWD.class_shares[FRAUD]).astype(np.int64)
    return fraud_features(truth, rng).astype(float), truth == FRAUD


def model():
    return make_pipeline(
        QuantileTransformer(output_distribution="normal", n_quantiles=200), LogisticRegression()
    )


def recall(trained, new_items):
    rows, is_fraud = new_items
    return float((trained.predict(rows)[is_fraud] == "fraud").mean())


def clean_model(features, gold, *, by_item):
    """Train on what the same crowd says where nobody is bribed."""
    scene = draw_scene(CROWD, np.random.default_rng(SEED))
    rows = design(features)
    words = np.array(["benign", "fraud"])
    said = pd.DataFrame({"item": rows.index[scene.item], "label": words[scene.label]})
    said = said[~said["item"].isin(gold["item"])]
    learned = plurality(said) if by_item else said
    return model().fit(rows.loc[learned["item"]], learned["label"])


# The solver's last digits hang on the machine, and an item or two on them.
def test_it_tells_that_recall_of_fraud_rises_and_shows_it(shown):
    told = re.search(
        r"Recall of \u201cfraud\u201d changes by (\S+) \[(\S+), \S+\] n=89", shown.text
    )
    assert told is not None, shown.text
    assert float(told[1]) == pytest.approx(0.191, abs=0.05)
    assert float(told[2]) > 0.05
    assert "makes the model find more of the class" in shown.text
    assert "292 trusted items judge both models" in shown.text
    assert len(shown.pictures) == 2


def test_on_gold_recall_rises_beyond_chance_and_precision_pays_little(seeded, features):
    found = seeded.retrain(model(), features)
    measures = found.measures().set_index(["measure", "trained"])

    assert found.target == "fraud"
    assert measures.loc[("recall", "change"), "value_low"] > 0.05
    assert measures.loc[("recall", "change"), "value_n"] == 89
    assert measures.loc[("precision", "change"), "value"] > -0.15


# Fewer labels an item are outvoted more often, so by item a little is lost for good.
@pytest.mark.parametrize(("by_item", "within"), [(False, 0.01), (True, 0.02)])
def test_recall_is_restored_to_within_a_point_of_clean_labels(
    seeded, features, new_items, by_item, within
):
    before, after = seeded.retrain(model(), features, by_item=by_item).models

    poisoned, rebuilt = recall(before, new_items), recall(after, new_items)

    clean = recall(clean_model(features, seeded.gold(), by_item=by_item), new_items)
    assert clean - poisoned > 0.07
    assert abs(clean - rebuilt) < within


def test_recorded_features_are_those_that_events_told(seeded):
    assert seeded.features().columns.tolist() == ["item"]
