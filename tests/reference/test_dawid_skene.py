"""Dawid-Skene and one-coin give crowd-kit's answers on random and on published crowds."""

import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from crowdkit.aggregation import DawidSkene, OneCoinDawidSkene
from published_sets import FOLDER, found, read

from labeltrust.inference.crowd_labels import CrowdLabels, crowd_labels
from labeltrust.inference.crowd_rows import crowd_rows
from labeltrust.inference.dawid_skene import dawid_skene
from labeltrust.inference.one_coin import one_coin
from labeltrust.inference.truth_model import Fitting

CLOSE = 1e-6
MODELS = {"dawid-skene": (dawid_skene, DawidSkene), "one-coin": (one_coin, OneCoinDawidSkene)}
CROWDS = [(2, 1), (2, 5), (3, 3), (4, 8), (5, 2), (8, 6)]  # classes, most labels an item


def crowd(n_classes: int, most: int, seed: int) -> CrowdLabels:
    """Return labels with single-label items, ties, a labeler of one label and biased labelers."""
    rng = np.random.default_rng(seed)
    n_items, n_labelers = 300, 15
    m = rng.integers(1, most + 1, n_items)
    item = np.repeat(np.arange(n_items), m)
    labeler = np.concatenate([rng.permutation(n_labelers - 1)[:k] for k in m])
    truth = rng.choice(n_classes, n_items, p=rng.dirichlet(np.full(n_classes, 2.0)))
    shape = (n_labelers, n_classes)
    habits = rng.dirichlet(np.full(n_classes, 0.5), shape) + 3 * np.eye(n_classes)
    shares = (habits / habits.sum(axis=2, keepdims=True))[labeler, truth[item]]
    label = (rng.random((item.size, 1)) > shares.cumsum(axis=1)).sum(axis=1)
    label = np.minimum(label, n_classes - 1)
    order = rng.permutation(item.size + 1)
    return CrowdLabels(
        item=np.append(item, 0)[order],
        labeler=np.append(labeler, n_labelers - 1)[order],
        label=np.append(label, 0)[order],
        n_items=n_items,
        n_labelers=n_labelers,
        n_classes=n_classes,
    )


def peer(model, labels: CrowdLabels, n: int, tolerance: float, gold=None):
    """Fit crowd-kit's model; gold is a series of classes by item."""
    frame = pd.DataFrame({"task": labels.item, "worker": labels.labeler, "label": labels.label})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        known = {} if gold is None else {"true_labels": gold}
        return model(n_iter=n, tol=tolerance).fit(frame, **known)


def assert_same(ours, theirs, labels: CrowdLabels) -> None:
    """Compare everything that crowd-kit states, place by place."""
    assert ours.n_iterations == len(theirs.loss_history_)
    columns = theirs.probas_.columns.to_numpy()
    items = theirs.probas_.index.to_numpy()
    np.testing.assert_allclose(ours.posterior[np.ix_(items, columns)], theirs.probas_, atol=CLOSE)
    np.testing.assert_allclose(ours.prior[columns], theirs.priors_, atol=CLOSE)
    np.testing.assert_allclose(ours.lower_bound, theirs.loss_history_, atol=CLOSE)
    who, label = (theirs.errors_.index.get_level_values(k) for k in ("worker", "label"))
    for true in columns:
        np.testing.assert_allclose(
            ours.confusion[who, true, label], theirs.errors_[true], atol=CLOSE
        )
    assert set(columns) == set(np.unique(labels.label))


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("shape", CROWDS)
@pytest.mark.parametrize(("n", "tolerance"), [(12, -np.inf), (30, 1e-5)])
def test_the_answers_are_those_of_crowd_kit(model, shape, n, tolerance):
    mine, other = MODELS[model]
    labels = crowd(*shape, seed=20_000 + shape[0] * 10 + shape[1])

    ours = mine(labels, Fitting(max_iterations=n, tolerance=tolerance))

    assert_same(ours, peer(other, labels, n, tolerance), labels)


@pytest.mark.parametrize("model", MODELS)
def test_a_class_that_nobody_gives_changes_nothing(model):
    mine, other = MODELS[model]
    whole = crowd(5, 4, seed=20_101)
    kept = whole.label != 2
    labels = replace(
        whole, item=whole.item[kept], labeler=whole.labeler[kept], label=whole.label[kept]
    )

    ours = mine(labels, Fitting(max_iterations=9, tolerance=-np.inf))

    assert_same(ours, peer(other, labels, 9, -np.inf), labels)
    assert not ours.posterior[np.unique(labels.item), 2].any()


def test_known_items_are_those_of_crowd_kit():
    plain = crowd(3, 4, seed=20_102)
    rng = np.random.default_rng(20_103)
    known = rng.choice(plain.n_items, 60, replace=False)
    gold = np.full(plain.n_items, -1)
    gold[known] = rng.integers(0, 3, known.size)
    labels = replace(plain, gold=gold)

    ours = dawid_skene(labels, Fitting(max_iterations=9, tolerance=-np.inf))

    series = pd.Series(gold[known], index=known)
    assert_same(ours, peer(DawidSkene, plain, 9, -np.inf, series), labels)
    assert (ours.posterior[known, gold[known]] == 1).all()


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("name", ["bluebirds", "snow-rte", "product-match", "web-relevance"])
def test_the_answers_on_real_crowds_are_those_of_crowd_kit(model, name):
    if not found(name):
        pytest.skip(f"data set {name} not found in {FOLDER.name}: set LABELTRUST_TEST_DATA")
    mine, other = MODELS[model]
    data = read(name)
    labels = crowd_labels(crowd_rows(data.block(data.last_answers())))
    plain = replace(labels, gold=None)

    ours = mine(plain, Fitting(max_iterations=8))

    assert_same(ours, peer(other, plain, 8, 1e-5), plain)
