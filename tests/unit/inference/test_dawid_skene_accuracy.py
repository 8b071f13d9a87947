"""What a fitted model says of labelers and items: expected accuracy, inferred labels."""

import numpy as np

from labeltrust.counts import block
from labeltrust.domain.estimates import Undefined
from labeltrust.inference.crowd_labels import crowd_labels
from labeltrust.inference.crowd_rows import crowd_rows
from labeltrust.inference.dawid_skene import dawid_skene
from labeltrust.inference.expected_accuracy import expected_accuracy, expected_share_right
from labeltrust.inference.inferred_labels import NOT_INFERRED, inferred_labels


def crowd(level="nominal"):
    """Ten labelers right in 60 to 96 percent of 2,000 items, six labels each; one without any."""
    rng = np.random.default_rng(30_101)
    item = np.repeat(np.arange(2_000), 6)
    labeler = rng.random((2_000, 10)).argsort(axis=1)[:, :6].ravel()
    skill = np.linspace(0.6, 0.96, 10)
    truth = np.arange(2_000) % 2
    label = np.where(rng.random(item.size) < skill[labeler], truth[item], 1 - truth[item])
    judgments = block(item, labeler, label, n_labelers=11, values=[0, 1], level=level)
    return judgments, skill, truth


def test_the_expected_accuracy_is_the_true_one_within_its_interval():
    judgments, skill, truth = crowd()

    model = dawid_skene(crowd_labels(crowd_rows(judgments)))
    found, share = expected_accuracy(model), expected_share_right(model)

    assert np.abs(found.value[:10] - skill).max() < 0.06
    assert (found.high - found.low)[:10].max() < 0.1
    assert found.n[:10].sum() == judgments.n
    assert isinstance(found[10], Undefined)
    right = (model.posterior.argmax(axis=1) == truth).mean()
    assert abs(share.value - right) < 0.03
    assert share.n == 2_000


def test_what_is_inferred_beats_the_majority_and_gold_stays():
    judgments, _, truth = crowd()
    votes = np.bincount(judgments.item, judgments.label, minlength=2_000) / 6
    majority = np.where(votes == 0.5, 0.5, (votes > 0.5) == truth).mean()

    found = inferred_labels(judgments)

    assert (found.label == truth).mean() > majority + 0.01
    assert found.n.tolist() == [6] * 2_000


def test_numbers_have_nothing_inferred():
    judgments, _, _ = crowd(level="interval")

    found = inferred_labels(judgments)

    assert set(found.label.tolist()) == {NOT_INFERRED}
    assert np.isnan(found.posterior).all()
