"""A model trained with and without the suspects' labels, and what both say of trusted items."""

from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd

from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.estimates import Measured
from labeltrust.metrics.model_change import (
    Answers,
    precision,
    precision_change,
    recall,
    recall_change,
)
from labeltrust.notebook._review_numbers import spread

MOST_WORDS = 20
"""Words of a text feature that become columns: rarer ones are one word, "other"."""
NOT_LEARNED = "not_learned"
_UNFIT_LABELS = (
    "Nothing can be learned: no item has both a label that is not a suspect's and features. Check "
    "that the items of the table of features are named as on the platform."
)
_UNFIT_GOLD = (
    "Nothing can be told of the models: no item with features has a trusted label. Declare gold, "
    "or close an audit (01_draw_reaudit_sample); then run this again."
)
BEFORE, AFTER = "with the suspects' labels", "without them"


class Model(Protocol):
    """What can be trained: any classifier of scikit-learn, or what behaves like one."""

    def fit(self, rows: pd.DataFrame, labels: np.ndarray, /) -> object:
        """Learn the labels of the rows."""

    def predict(self, rows: pd.DataFrame, /) -> np.ndarray:
        """Return the labels of the rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """What is trained on, and what is not.

    Attributes:
        judgments: item, labeler, label: one row a label, as a training set holds them.
        left_out: (n,) True for the labels that the second model does not see.
        gold: item, label: trusted ones. Neither model is trained on these items.
        by_item: Train on the label that most gave an item, not on every label by itself.
    """

    judgments: pd.DataFrame
    left_out: np.ndarray
    gold: pd.DataFrame
    by_item: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Retraining:
    """Two models of one kind, and what they say of the trusted items.

    Attributes:
        target: The class that is looked for.
        answers: item, label (the trusted one), before, after (what the models say).
        labels: Labels trained on before.
        left_out: Those of them that the second model does not see.
        unknown: Items without features, which take no part.
        models: The first model, trained, and the second; none where nothing could be learned.
        nothing: Why there is nothing to tell, and what to do; empty where there is something.
    """

    target: str
    answers: pd.DataFrame
    labels: int
    left_out: int
    unknown: int
    models: tuple[Model, ...]
    nothing: str = ""

    @property
    def _said(self) -> Answers:
        found = self.answers[["label", "before", "after"]] == self.target
        return Answers(truth=found["label"].to_numpy(), before=found["before"].to_numpy(),
                       after=found["after"].to_numpy())  # fmt: skip

    def recall_change(self) -> Measured:
        """Return by how much recall rises without the suspects' labels."""
        return recall_change(self._said)

    def measures(self, seed: int = 0) -> pd.DataFrame:
        """Return recall and precision: measure, trained (or `change`), value with interval and n.

        Args:
            seed: Redraws the items for the interval of the change of precision.
        """
        said, rng = self._said, np.random.default_rng(seed)
        rows = [
            ("recall", BEFORE, recall(said.truth, said.before)),
            ("recall", AFTER, recall(said.truth, said.after)),
            ("recall", "change", recall_change(said)),
            ("precision", BEFORE, precision(said.truth, said.before)),
            ("precision", AFTER, precision(said.truth, said.after)),
            ("precision", "change", precision_change(said, rng)),
        ]
        return pd.DataFrame([_row(*row) for row in rows])

    def turned(self) -> pd.DataFrame:
        """Return how many items of the class both, one, or neither model finds: found, items."""
        said = self._said
        before, after = said.before[said.truth], said.after[said.truth]
        counts = {
            "by both": before & after,
            f"only {AFTER}": after & ~before,
            f"only {BEFORE}": before & ~after,
            "by neither": ~before & ~after,
        }
        return pd.DataFrame(
            {"found": list(counts), "items": [int(x.sum()) for x in counts.values()]}
        )

    def differing(self) -> pd.DataFrame:
        """Return the trusted items of which the two models speak differently."""
        return self.answers[self.answers["before"] != self.answers["after"]]


def retrained(labels: Labels, features: pd.DataFrame, model: Model, target: str = "") -> Retraining:
    """Train a model of one kind twice: on all labels, and on those that are not left out.

    Args:
        labels: What is trained on.
        features: item and one column a feature; see `design`.
        model: Is copied, so it stays untrained.
        target: The class that is looked for; empty for the one that gains most when the labels
            are left out.

    Raises:
        InvalidInput: No item has both labels and features, or no trusted item has features.
    """
    rows = design(features)
    known = labels.judgments["item"].isin(rows.index).to_numpy()
    trusted = labels.gold[labels.gold["item"].isin(rows.index)].reset_index(drop=True)
    trains = known & ~labels.judgments["item"].isin(labels.gold["item"]).to_numpy()
    kept = trains & ~labels.left_out
    if not kept.any() or trusted.empty:
        detail = _UNFIT_LABELS if not kept.any() else _UNFIT_GOLD
        raise InvalidInput(detail, place="features", code=NOT_LEARNED)
    given = [labels.judgments[some] for some in (trains, kept)]
    given = [plurality(some) for some in given] if labels.by_item else given
    models = [_trained(some, rows, model) for some in given]
    at = rows.loc[trusted["item"]]
    answers = trusted.assign(before=models[0].predict(at), after=models[1].predict(at))
    return Retraining(
        target=target or most_gained(labels),
        answers=answers,
        labels=int(trains.sum()),
        left_out=int((trains & labels.left_out).sum()),
        unknown=labels.judgments.loc[~known, "item"].nunique(),
        models=(models[0], models[1]),
    )


def _trained(judgments: pd.DataFrame, rows: pd.DataFrame, model: Model) -> Model:
    found = deepcopy(model)
    found.fit(rows.loc[judgments["item"]], judgments["label"].to_numpy())
    return found


def plurality(judgments: pd.DataFrame) -> pd.DataFrame:
    """Return the label that most gave each item: item, label; items with a tie are left out.

    >>> said = pd.DataFrame({"item": ["a", "a", "a", "b", "b"], "label": list("yynyn")})
    >>> plurality(said).values.tolist()
    [['a', 'y']]
    """
    votes = judgments.groupby(["item", "label"]).size().rename("votes").reset_index()
    most = votes.groupby("item")["votes"].transform("max")
    first = votes[votes["votes"] == most]
    clear = ~first["item"].duplicated(keep=False)
    return first.loc[clear, ["item", "label"]].reset_index(drop=True)


def most_gained(labels: Labels) -> str:
    """Return the class whose share rises most when the labels are left out.

    >>> said = pd.DataFrame({"item": ["a", "b"], "labeler": ["x", "y"], "label": ["no", "yes"]})
    >>> most_gained(Labels(judgments=said, left_out=np.array([True, False]), gold=said))
    'yes'
    """
    label = labels.judgments["label"]
    rest = label[~labels.left_out].value_counts(normalize=True)
    return str(rest.sub(label.value_counts(normalize=True), fill_value=0.0).idxmax())


def design(features: pd.DataFrame) -> pd.DataFrame:
    """Return features as numbers, one row an item: texts as columns of 0 and 1, gaps as medians.

    Raises:
        InvalidInput: There is no column `item`, or an item stands twice.

    >>> design(pd.DataFrame({"item": ["a", "b", "c"], "x": [1.0, None, 3.0],
    ...                      "in": ["SE", "SE", "NO"]})).loc["b"].tolist()
    [2.0, 0.0, 1.0]
    """
    if "item" not in features or features["item"].duplicated().any():
        detail = "features need a column 'item' in which every item stands once"
        raise InvalidInput(detail, place="features")
    given = features.set_index("item")
    numbers = given.select_dtypes("number").astype(np.float64)
    numbers = numbers.fillna(numbers.median()).fillna(0.0)
    words = given.drop(columns=numbers.columns).astype(str).apply(_frequent)
    if words.columns.empty:
        return numbers
    return pd.concat([numbers, pd.get_dummies(words, dtype=np.float64)], axis=1)


def _frequent(column: "pd.Series[str]") -> "pd.Series[str]":
    kept = column.value_counts().index[:MOST_WORDS]
    return column.where(column.isin(kept), "other")


def read_table(path: str | Path) -> pd.DataFrame:
    """Return a table of features, as CSV or Parquet; the column `item` is read as text.

    Raises:
        InvalidInput: The file cannot be read.
    """
    try:
        if str(path).endswith(".parquet"):
            return pd.read_parquet(path).astype({"item": str})
        return pd.read_csv(path, dtype={"item": str})
    except (OSError, ValueError, KeyError) as error:
        raise InvalidInput(
            f"cannot read features from {path}: {error}", place="features"
        ) from error


def _row(measure: str, trained: str, found: Measured) -> dict[str, Any]:
    return {"measure": measure, "trained": trained, **spread("value", found)}
