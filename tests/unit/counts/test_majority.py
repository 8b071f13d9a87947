"""Majorities and gold counts against plain loops."""

from collections import Counter

import numpy as np
import pytest
from blocks import N_LABELERS, N_LABELS, drawn
from slow_counts import by_item

from labeltrust.counts import block, confusion, majority


@pytest.mark.parametrize("seed", range(6))
def test_majorities_are_those_of_plain_loops(seed):
    b = drawn(np.random.default_rng(seed), 50).block()
    labels, tied, right, gold_tied, gold, alike, paired = np.zeros(N_LABELS), 0, 0.0, 0, 0, 0, 0
    for item, rows in by_item(b).items():
        votes = Counter(x for _, x in rows)
        lead = [x for x, n in votes.items() if n == max(votes.values())]
        for x in lead:
            labels[x] += 1 / len(lead)
        tied += len(lead) > 1
        paired += len(rows) > 1
        alike += len(rows) > 1 and len(votes) == 1
        if b.gold[item] >= 0:
            gold += 1
            gold_tied += len(lead) > 1
            right += (b.gold[item] in lead) / len(lead)

    found = majority.count(b)

    assert found.labels == pytest.approx(labels)
    assert found.gold_right == pytest.approx(right)
    assert (found.tied, found.gold, found.gold_tied) == (tied, gold, gold_tied)
    assert (found.items, found.paired, found.unanimous) == (b.n_items, paired, alike)


def test_the_consensus_of_an_item_is_its_most_frequent_label():
    b = block([9, 9, 9, 4, 4], [0, 1, 2, 0, 1], [1, 2, 1, 0, 2], n_labelers=3, values=[0, 1, 2])

    found = majority.consensus(b)

    assert found.item_id.tolist() == [4, 9]
    assert found.label.tolist() == [0, 1]
    assert found.votes.tolist() == pytest.approx([1 / 2, 2 / 3])
    assert found.tied.tolist() == [True, False]


def test_confusion_counts_each_judgment_on_gold():
    b = drawn(np.random.default_rng(3), 60).block()
    slow = Counter(
        (int(a), int(b.gold[i]), int(x))
        for i, a, x in zip(b.item, b.labeler, b.label, strict=True)
        if b.gold[i] >= 0
    )

    found = confusion.count(b)

    for at in np.ndindex(N_LABELERS, N_LABELS, N_LABELS):
        assert found.table.dense()[at] == slow[at]
    assert found.n.sum() == sum(slow.values())
    assert found.correct.sum() == sum(n for (_, g, x), n in slow.items() if g == x)
