"""Measures of a review that need models among the labelers, or features of items."""

from types import SimpleNamespace

import numpy as np
import pytest

from labeltrust.domain.estimates import Undefined
from labeltrust.notebook._review_models import (
    DAY_US,
    NO_FEATURES,
    NO_WINDOWS,
    ONE_MODEL,
    accuracy_drop,
    divergence,
    drift,
    regressed,
    two_models,
)


def loaded(kinds, rows, gold=None, features=None):
    """Judgments of labelers by kind: rows of (item, labeler, label, day)."""
    item, labeler, label, day = np.array(rows, dtype=np.int64).T
    gold = gold or {}
    return SimpleNamespace(
        item=item,
        labeler=labeler,
        label=label,
        occurred_us=day * DAY_US,
        labelers=[SimpleNamespace(kind=kind) for kind in kinds],
        gold_item=np.array(list(gold), dtype=np.int64),
        gold_label=np.array(list(gold.values()), dtype=np.int64),
        features=features or {},
    )


@pytest.fixture
def models():
    """Model 2 came before model 1; on items 0 to 9 they differ twice, once for the worse."""
    rows = [(k, 2, 0, 1) for k in range(10)]
    rows += [(k, 1, int(k in {3, 4}), 5) for k in range(12)]
    rows += [(k, 0, 0, 2) for k in range(12)]
    return loaded(["human", "model", "model"], rows, gold={3: 0, 4: 1, 5: 0, 11: 0})


def test_the_model_that_began_later_is_the_newer_one(models):
    found = two_models(models)

    assert found.before.tolist() == [0] * 10
    assert np.flatnonzero(found.after).tolist() == [3, 4]
    assert found.gold[[3, 4, 5]].tolist() == [0, 1, 0]


def test_regressions_accuracy_and_differences_are_of_common_items(models):
    found = two_models(models)

    assert (regressed(found).value, regressed(found).n) == (pytest.approx(1 / 3), 3)
    assert (accuracy_drop(found).value, accuracy_drop(found).n) == (0.0, 3)
    assert (divergence(found).value, divergence(found).n) == (0.2, 10)


def test_a_model_that_errs_more_loses_accuracy():
    rows = [(k, 0, 0, 1) for k in range(20)] + [(k, 1, int(k < 5), 2) for k in range(20)]
    found = two_models(loaded(["model", "model"], rows, gold=dict.fromkeys(range(20), 0)))

    drop = accuracy_drop(found)

    assert drop.value == 0.25
    assert drop.low < 0.25 < drop.high


def test_one_model_is_compared_with_none():
    found = two_models(loaded(["human", "model"], [(1, 0, 0, 1), (1, 1, 0, 2)]))

    assert [measure(found) for measure in (accuracy_drop, regressed, divergence)] == [
        Undefined(reason=ONE_MODEL)
    ] * 3


def test_drift_names_the_feature_that_moved_most():
    n, rng = 400, np.random.default_rng(2)
    rows = [(k, 0, 0, 1 if k < n // 2 else 8) for k in range(n)]
    late = np.arange(n) >= n // 2
    features = {
        "amount": (np.arange(n), rng.normal(size=n) + 3 * late),
        "country": (np.arange(n), rng.choice(["SE", "NO"], n).astype(object)),
    }

    name, found = drift(loaded(["human"], rows, features=features), (0, 7), (7, 14))

    assert name == "amount"
    assert found.low > 0.5
    assert found.n == n // 2


def test_without_features_or_an_earlier_window_drift_says_why():
    rows = [(1, 0, 0, 8), (2, 0, 0, 9)]
    features = {"amount": (np.array([1, 2]), np.array([1.0, 2.0]))}

    assert drift(loaded(["human"], rows), (0, 7), (7, 14))[1] == Undefined(reason=NO_FEATURES)
    told = drift(loaded(["human"], rows, features=features), (0, 7), (7, 14))
    assert told == ("", Undefined(reason=NO_WINDOWS))
