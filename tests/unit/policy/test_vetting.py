"""A source like the others raises no concern beyond the stated chance; a bad one does."""

import numpy as np
import pytest
from scipy import stats

from labeltrust.policy.vetting import LEVEL, Counts, Labeled, compared, feature_comparison

WORDS = ("benign", "fraud", "spam")
RUNS = 150


def scene(rng, *, skill=0.8, items=300, shared=True):
    """Three trusted labelers and a new one; items differ in how hard they are."""
    truth = rng.choice(3, items * 2, p=[0.6, 0.3, 0.1])
    hard = rng.random(items * 2) < 0.3
    columns = []
    for who in range(4):
        new = who == 3
        mine = np.arange(items) + (items if new and not shared else 0)
        right = rng.random(items) < np.where(hard[mine], 0.5, skill if new else 0.8)
        wrong = (truth[mine] + rng.integers(1, 3, items)) % 3
        columns.append((mine, np.where(right, truth[mine], wrong), np.full(items, new)))
    item, label, new = (np.concatenate(part) for part in zip(*columns, strict=True))
    gold = np.arange(0, items * 2, 4)
    return Labeled(
        item=item, label=label, new=new, gold_item=gold, gold_label=truth[gold], words=WORDS
    )


def vetted(rng, **more):
    labeled = scene(rng, **more)
    feature = feature_comparison("amount", "number", rng.normal(size=300), rng.normal(size=300))
    doubles = Counts(new=(int(rng.binomial(300, 0.02)), 300), trusted=(6, 300))
    return {one.name: one for one in compared(labeled, [feature], doubles)}


@pytest.mark.parametrize("shared", [True, False])
def test_a_source_like_the_others_raises_a_concern_as_rarely_as_stated(shared):
    rng = np.random.default_rng(31 + shared)

    alarmed = sum(
        any(one.q_value is not None and one.q_value <= LEVEL and one.concern for one in found)
        for found in (vetted(rng, shared=shared).values() for _ in range(RUNS))
    )

    assert stats.binom.sf(alarmed - 1, RUNS, LEVEL) > 1e-6


def test_a_weaker_source_is_a_concern_for_agreement_and_gold():
    found = vetted(np.random.default_rng(5), skill=0.4)

    assert found["agreement"].concern
    assert found["gold_accuracy"].concern
    assert found["gold_accuracy"].new.n == 75


def test_a_better_source_is_none():
    found = vetted(np.random.default_rng(6), skill=1.0)

    assert not found["gold_accuracy"].concern
    assert not found["agreement"].concern


def test_without_anything_to_compare_every_number_says_why():
    empty = np.empty(0, dtype=np.int64)
    labeled = Labeled(item=empty, label=empty, new=empty.astype(bool), gold_item=empty,
                      gold_label=empty, words=())  # fmt: skip

    found = compared(labeled, [], Counts(new=(0, 0), trusted=(0, 0)))

    assert all(one.new.value is None and one.new.reason and not one.concern for one in found)
