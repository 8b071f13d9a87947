"""Laws of truth inference: codes mean nothing, likelihood rises, gold stays, weights count."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeltrust.domain.errors import InvalidInput
from labeltrust.inference import _label_matrix
from labeltrust.inference.crowd_labels import CrowdLabels
from labeltrust.inference.dawid_skene import dawid_skene
from labeltrust.inference.one_coin import one_coin
from labeltrust.inference.truth_model import Fitting

MODELS = [dawid_skene, one_coin]
ROUNDS = Fitting(max_iterations=6, tolerance=-np.inf)
both = pytest.mark.parametrize("model", MODELS)


@st.composite
def crowds(draw) -> CrowdLabels:
    """Draw a crowd in which any item, labeler or class may be without labels."""
    sizes = draw(st.tuples(st.integers(1, 12), st.integers(1, 5), st.integers(1, 4)))
    cells = [st.integers(0, size - 1) for size in sizes]
    rows = draw(st.lists(st.tuples(*cells), max_size=40, unique_by=lambda row: row[:2]))
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    gold = draw(st.lists(st.integers(-1, sizes[2] - 1), min_size=sizes[0], max_size=sizes[0]))
    return CrowdLabels(
        item=columns[0],
        labeler=columns[1],
        label=columns[2],
        n_items=sizes[0],
        n_labelers=sizes[1],
        n_classes=sizes[2],
        gold=np.array(gold) if draw(st.booleans()) else None,
    )


def honest(n_items=400, per_item=4, n_labelers=12, n_classes=3, seed=30_001) -> CrowdLabels:
    rng = np.random.default_rng(seed)
    item = np.repeat(np.arange(n_items), per_item)
    labeler = rng.random((n_items, n_labelers)).argsort(axis=1)[:, :per_item].ravel()
    truth = np.arange(n_items) % n_classes
    right = rng.random(item.size) < 0.85
    label = np.where(right, truth[item], rng.integers(0, n_classes, item.size))
    return CrowdLabels(
        item=item,
        labeler=labeler,
        label=label,
        n_items=n_items,
        n_labelers=n_labelers,
        n_classes=n_classes,
    )


@both
@given(labels=crowds(), smoothing=st.sampled_from([0.0, 2.0]))
@settings(max_examples=60, deadline=None)
def test_rows_of_the_posterior_and_of_confusions_sum_to_one(model, labels, smoothing):
    found = model(labels, replace(ROUNDS, smoothing=smoothing))

    assert found.posterior.sum(axis=1) == pytest.approx(1.0)
    assert found.confusion.sum(axis=2) == pytest.approx(1.0)
    assert found.prior.sum() == pytest.approx(1.0)
    assert found.n_labels.tolist() == np.bincount(labels.item, minlength=labels.n_items).tolist()


@both
@given(labels=crowds())
@settings(max_examples=60, deadline=None)
def test_the_likelihood_never_falls(model, labels):
    found = model(labels, replace(ROUNDS, max_iterations=12))

    assert (np.diff(found.log_likelihood) > -1e-6).all()


@both
@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=15, deadline=None)
def test_names_and_order_change_nothing(model, seed):
    rng = np.random.default_rng(seed)
    labels = honest(n_items=60)
    rows = rng.permutation(labels.item.size)
    item, who, what = (rng.permutation(n) for n in (60, labels.n_labelers, labels.n_classes))
    renamed = replace(
        labels,
        item=item[labels.item[rows]],
        labeler=who[labels.labeler[rows]],
        label=what[labels.label[rows]],
    )

    one, two = model(labels, ROUNDS), model(renamed, ROUNDS)

    np.testing.assert_allclose(two.posterior[np.ix_(item, what)], one.posterior, atol=1e-9)
    np.testing.assert_allclose(two.confusion[np.ix_(who, what, what)], one.confusion, atol=1e-9)
    np.testing.assert_allclose(two.log_likelihood, one.log_likelihood)


@both
def test_blocks_of_any_size_give_the_same_answer(model, monkeypatch):
    labels = honest()
    whole = model(labels, ROUNDS)
    monkeypatch.setattr(_label_matrix, "_CELLS", 50)

    cut = model(labels, ROUNDS)

    np.testing.assert_allclose(cut.posterior, whole.posterior, atol=1e-12)
    np.testing.assert_allclose(cut.lower_bound, whole.lower_bound)


@both
def test_a_labeler_and_his_double_are_one_labeler_of_weight_two(model):
    labels = honest()
    mine = labels.labeler == 0
    doubled = replace(
        labels,
        item=np.append(labels.item, labels.item[mine]),
        labeler=np.append(labels.labeler, np.full(mine.sum(), labels.n_labelers)),
        label=np.append(labels.label, labels.label[mine]),
        n_labelers=labels.n_labelers + 1,
    )

    two = model(doubled, ROUNDS)
    one = model(replace(labels, weight=np.where(mine, 2.0, 1.0)), ROUNDS)

    np.testing.assert_allclose(two.posterior, one.posterior, atol=1e-9)
    np.testing.assert_allclose(two.confusion[-1], one.confusion[0], atol=1e-9)
    np.testing.assert_allclose(two.confusion[0], one.confusion[0], atol=1e-9)


@both
def test_labels_without_weight_are_not_there(model):
    labels = honest()
    mine = labels.labeler == 0
    kept = replace(
        labels,
        item=labels.item[~mine],
        labeler=labels.labeler[~mine],
        label=labels.label[~mine],
    )

    silenced = model(replace(labels, weight=np.where(mine, 0.0, 1.0)), ROUNDS)

    np.testing.assert_array_equal(silenced.posterior, model(kept, ROUNDS).posterior)
    assert silenced.support[0].sum() == 0


@both
def test_known_items_stay_known_and_teach_who_errs(model):
    labels = honest(n_items=60)
    against = labels.labeler < 9  # nine of twelve answer the next class: a wrong majority
    truth = np.arange(60) % 3
    labels = replace(labels, label=np.where(against, (truth[labels.item] + 1) % 3, labels.label))
    gold = np.where(np.arange(60) < 40, truth, -1)

    found = model(replace(labels, gold=gold))

    assert (found.posterior[np.arange(40), truth[:40]] == 1).all()
    assert found.confusion[0].trace() < 0.5
    assert found.confusion[11].trace() > 2.0


@both
def test_smoothing_keeps_a_labeler_of_one_label_from_looking_certain(model):
    labels = honest()
    newcomer = replace(
        labels,
        item=np.append(labels.item, 0),
        labeler=np.append(labels.labeler, labels.n_labelers),
        label=np.append(labels.label, 0),
        n_labelers=labels.n_labelers + 1,
    )

    plain = model(newcomer).confusion[-1, 0, 0]
    smooth = model(newcomer, Fitting(smoothing=5.0)).confusion[-1, 0, 0]

    assert plain > 0.99
    assert 0.8 < smooth < 0.95


def test_confusions_and_classes_are_recovered():
    labels = honest(n_items=5_000, per_item=8)

    found = dawid_skene(labels)

    right = found.posterior.argmax(axis=1) == np.arange(5_000) % 3
    assert right.mean() > 0.99
    np.testing.assert_allclose(found.confusion.mean(axis=0), 0.05 + 0.85 * np.eye(3), atol=0.01)


@both
def test_an_empty_crowd_has_no_iterations(model):
    none = np.zeros(0, dtype=np.int64)

    found = model(
        CrowdLabels(item=none, labeler=none, label=none, n_items=2, n_labelers=1, n_classes=2)
    )

    assert found.n_iterations == 0
    assert found.posterior.tolist() == [[0.5, 0.5], [0.5, 0.5]]


@pytest.mark.parametrize(
    "change",
    [
        {"label": np.array([0, 7])},
        {"item": np.array([0, 1, 1])},
        {"weight": np.array([1.0, -1.0])},
        {"gold": np.array([9, 0])},
    ],
)
def test_codes_outside_their_space_are_refused(change):
    column = np.array([0, 1])
    labels = CrowdLabels(
        item=column, labeler=column, label=column, n_items=2, n_labelers=2, n_classes=2
    )

    with pytest.raises(InvalidInput):
        dawid_skene(replace(labels, **change))
