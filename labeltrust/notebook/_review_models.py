"""What a review says of models among the labelers, and of what items are like."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from labeltrust.counts import block, label_mix
from labeltrust.domain.estimates import Estimate, Measured, Undefined
from labeltrust.metrics.gold_accuracy import wilson
from labeltrust.metrics.label_windows import Window, label_shift_of_project
from labeltrust.metrics.model_change import Answers, recall_change
from labeltrust.notebook._retraining import MOST_WORDS
from labeltrust.store.judgments import LoadedJudgments

Int = NDArray[np.int64]
DAY_US = 86_400_000_000
MODEL = "model"
BINS = 5
"""Parts of equal size that a numeric feature is cut into."""
ONE_MODEL = "fewer than two models are among the labelers"
NO_COMMON_GOLD = "the two newest models share no gold item"
NO_COMMON = "the two newest models share no item"
NO_FEATURES = "events told no features of items"
NO_WINDOWS = "items with features came in fewer than two windows"


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoModels:
    """The labels of the two models that began last, on the items that both labeled.

    Attributes:
        before: (n,) codes of the labels of the older one.
        after: (n,) those of the newer one.
        gold: (n,) the gold label, -1 where none is known.
    """

    before: Int
    after: Int
    gold: Int


def two_models(loaded: LoadedJudgments) -> TwoModels | None:
    """Return what the two models that began last say; None where there are fewer than two."""
    models = [code for code, one in enumerate(loaded.labelers) if one.kind == MODEL]
    rows = {code: np.flatnonzero(loaded.labeler == code) for code in models}
    begun = sorted(models, key=lambda code: (loaded.occurred_us[rows[code]].min(), code))
    if len(begun) < 2:  # noqa: PLR2004 - a pair
        return None
    older, newer = (rows[code] for code in begun[-2:])
    item, at, to = np.intersect1d(loaded.item[older], loaded.item[newer], return_indices=True)
    gold = dict(zip(loaded.gold_item.tolist(), loaded.gold_label.tolist(), strict=True))
    return TwoModels(
        before=loaded.label[older][at],
        after=loaded.label[newer][to],
        gold=np.array([gold.get(one, -1) for one in item.tolist()], dtype=np.int64),
    )


def accuracy_drop(models: TwoModels | None) -> Measured:
    """Return by how much the newer model is right less often on the gold items of both."""
    if models is None:
        return Undefined(reason=ONE_MODEL)
    known = models.gold >= 0
    if not known.any():
        return Undefined(reason=NO_COMMON_GOLD)
    gold = models.gold[known]
    right = [said[known] == gold for said in (models.before, models.after)]
    told = Answers(truth=np.ones(gold.size, dtype=np.bool_), before=right[0], after=right[1])
    gain = recall_change(told)
    if isinstance(gain, Undefined):
        return gain
    return Estimate(value=-gain.value, low=-gain.high, high=-gain.low, n=gain.n)


def regressed(models: TwoModels | None) -> Measured:
    """Return the share of gold items that the older model had right and the newer has wrong."""
    if models is None:
        return Undefined(reason=ONE_MODEL)
    known = models.gold >= 0
    lost = known & (models.before == models.gold) & (models.after != models.gold)
    return wilson(np.array([lost.sum()]), np.array([known.sum()]), NO_COMMON_GOLD)[0]


def divergence(models: TwoModels | None) -> Measured:
    """Return the share of common items of which the two models say different labels."""
    if models is None:
        return Undefined(reason=ONE_MODEL)
    differ = models.before != models.after
    return wilson(np.array([differ.sum()]), np.array([differ.size]), NO_COMMON)[0]


def drift(loaded: LoadedJudgments, before: Window, after: Window) -> tuple[str, Measured]:
    """Return the feature whose mix moved most between two windows, and by how much.

    Every item counts once, in the window in which its first label came. Numbers are cut into
    `BINS` parts of equal size, rare words are one.

    Returns:
        Name of the feature, empty where nothing is known; total variation, n items of the later
        window.
    """
    if not loaded.features:
        return "", Undefined(reason=NO_FEATURES)
    first = _first_us(loaded)
    moved = {
        name: _moved(ids, values, first, (before, after))
        for name, (ids, values) in loaded.features.items()
    }
    known = {name: one for name, one in moved.items() if isinstance(one, Estimate)}
    if not known:
        return "", next(iter(moved.values()))
    most = max(known, key=lambda name: (known[name].value, name))
    return most, known[most]


def _first_us(loaded: LoadedJudgments) -> dict[int, int]:
    order = np.argsort(loaded.occurred_us, kind="stable")
    item, at = np.unique(loaded.item[order], return_index=True)
    return dict(zip(item.tolist(), loaded.occurred_us[order][at].tolist(), strict=True))


def _moved(
    ids: NDArray[np.generic],
    values: NDArray[np.generic],
    first: dict[int, int],
    windows: tuple[Window, Window],
) -> Measured:
    known = np.array([one in first for one in ids.tolist()], dtype=np.bool_)
    item = np.asarray(ids)[known].astype(np.int64)
    code = _bins(pd.Series(np.asarray(values)[known]))
    at = np.array([first[one] for one in item.tolist()], dtype=np.int64)
    day = at // DAY_US
    if not all(((day >= one[0]) & (day < one[1])).any() for one in windows):
        return Undefined(reason=NO_WINDOWS)
    told = block(
        item,
        np.zeros(item.size, dtype=np.int64),
        code,
        n_labelers=1,
        values=np.arange(code.max() + 1, dtype=np.float64),
        occurred_us=at,
    )
    return label_shift_of_project(label_mix.count(told), *windows).size[0]


def _bins(values: "pd.Series[float]") -> Int:
    """Return a code for each value: its fifth of all numbers, or its word.

    >>> _bins(pd.Series([1.0, 2.0, 3.0, 4.0, 5.0])).tolist(), _bins(pd.Series(["a", "b"])).tolist()
    ([0, 1, 2, 3, 4], [0, 1])
    """
    if pd.api.types.is_numeric_dtype(values) and values.nunique() > BINS:
        cut = pd.qcut(values, BINS, labels=False, duplicates="drop")
        return np.asarray(cut.fillna(-1), dtype=np.int64) + int(cut.isna().any())
    words = values.astype(str)
    kept = words.value_counts().index[:MOST_WORDS]
    return np.asarray(pd.factorize(words.where(words.isin(kept), "other"), sort=True)[0], np.int64)
