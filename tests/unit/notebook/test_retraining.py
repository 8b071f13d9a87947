"""What models learn from: labels that are left out, items that are judged, features as numbers."""

import numpy as np
import pandas as pd
import pytest

from labeltrust.domain.errors import InvalidInput
from labeltrust.notebook import read_table
from labeltrust.notebook._retraining import MOST_WORDS, Labels, design, plurality, retrained


class Counting:
    """A model that answers the label it saw most, and remembers what it saw."""

    def fit(self, rows, labels):
        self.items = list(rows.index)
        self.most = max(sorted(set(labels)), key=list(labels).count)

    def predict(self, rows):
        return np.full(len(rows), self.most, dtype=object)


def labels(left_out=(), *, by_item=False):
    judgments = pd.DataFrame(
        {
            "item": ["a", "a", "b", "b", "g", "unknown"],
            "labeler": ["ann", "bob", "ann", "bob", "bob", "ann"],
            "label": ["fraud", "benign", "fraud", "benign", "benign", "benign"],
        }
    )
    return Labels(
        judgments=judgments,
        left_out=judgments["labeler"].isin(left_out).to_numpy(),
        gold=pd.DataFrame({"item": ["g", "elsewhere"], "label": ["fraud", "fraud"]}),
        by_item=by_item,
    )


FEATURES = pd.DataFrame({"item": ["a", "b", "g"], "amount": [1.0, 2.0, 3.0]})


def test_neither_model_learns_from_trusted_items_and_the_second_not_from_suspects():
    model = Counting()

    found = retrained(labels(left_out=["bob"]), FEATURES, model)

    before, after = found.models
    assert before.items == ["a", "a", "b", "b"]
    assert after.items == ["a", "b"]
    assert (found.labels, found.left_out, found.unknown, found.target) == (4, 2, 1, "fraud")
    assert found.answers.to_numpy().tolist() == [["g", "fraud", "benign", "fraud"]]
    assert found.turned()["items"].tolist() == [0, 1, 0, 0]
    assert found.recall_change().value == 1.0
    assert not hasattr(model, "items")


def test_by_item_the_label_of_most_is_learned_and_a_tie_teaches_nothing():
    found = plurality(labels().judgments)

    assert found.to_numpy().tolist() == [["g", "benign"], ["unknown", "benign"]]
    with pytest.raises(InvalidInput, match="no item has both a label"):
        retrained(labels(["ann", "bob"], by_item=True), FEATURES, Counting())


def test_without_features_of_trusted_items_nothing_can_be_told():
    with pytest.raises(InvalidInput, match="no item with features has a trusted label"):
        retrained(labels(), FEATURES.head(2), Counting())


def test_texts_become_columns_and_rare_words_one():
    words = [f"w{k}" for k in range(MOST_WORDS) for _ in range(2)] + ["rare", "rarer"]
    frame = pd.DataFrame({"item": range(len(words)), "x": words, "n": [None] * len(words)})

    found = design(frame.assign(n=pd.Series([1.0, *[None] * (len(words) - 1)])))

    assert found.shape == (len(words), MOST_WORDS + 2)
    assert found["x_other"].sum() == 2
    assert (found["n"] == 1.0).all()


@pytest.mark.parametrize("frame", [FEATURES.rename(columns={"item": "id"}),
                                   pd.concat([FEATURES, FEATURES])])  # fmt: skip
def test_features_name_every_item_once(frame):
    with pytest.raises(InvalidInput, match="every item stands once"):
        design(frame)


def test_tables_are_read_with_items_as_text(tmp_path):
    frame = pd.DataFrame({"item": ["007", "8"], "x": [1.0, 2.0]})
    frame.to_csv(tmp_path / "f.csv", index=False)
    frame.to_parquet(tmp_path / "f.parquet")

    assert read_table(tmp_path / "f.csv").equals(read_table(tmp_path / "f.parquet"))
    with pytest.raises(InvalidInput, match="cannot read features"):
        read_table(tmp_path / "none.csv")
