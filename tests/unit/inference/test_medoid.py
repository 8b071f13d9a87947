"""The consensus of labels with parts: medoids, majorities of members, gold before all."""

import json

import numpy as np
import pytest
from parts import parts_crowd

from labeltrust.counts import block
from labeltrust.counts._meetings import with_likeness
from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.similarity import MEASURES
from labeltrust.inference.medoid import alike_or_not, parts_consensus

TEXTS = ("a cat sat", "a cat sits", "the dog", "a cat sat.")


def made(level, words, given, **more):
    item, labeler, label = np.array(given).T.tolist()
    b = block(item, labeler, label, n_labelers=5, values=range(len(words)), level=level, **more)
    return with_likeness(b, words, np.random.default_rng(1))


def agreed(level, words, given, trust=None, **more):
    found = parts_consensus(made(level, words, given, **more), words, trust)
    every = (*words, *found.made)
    return [None if k < 0 else every[k] for k in found.found.label.tolist()], found.found


def test_the_consensus_of_texts_is_the_one_most_like_the_others():
    label, found = agreed("text", TEXTS, [(1, 0, 1), (1, 1, 2), (1, 2, 3), (1, 3, 0)])

    assert label == ["a cat sat"]
    assert (found.method, found.n.tolist(), found.tied.tolist()) == ("medoid", [4], [False])
    assert found.share[0] == pytest.approx(np.mean([1, 8 / 10, 1 / 9, 9 / 10]), abs=1e-9)


def test_two_labels_alone_tie_until_one_labeler_is_trusted_more():
    given = [(1, 0, 0), (1, 1, 2)]

    label, found = agreed("text", TEXTS, given)
    assert (label, found.tied.tolist()) == ([None], [True])
    assert agreed("text", TEXTS, given, np.array([1.0, 0.9, 1, 1, 1]))[0] == ["a cat sat"]
    assert agreed("text", TEXTS, given, np.array([0.2, 0.9, 1, 1, 1]))[0] == ["the dog"]


def test_a_set_is_put_together_from_what_most_of_the_votes_hold():
    sets = ('["a","b"]', '["b","c"]', '["c","a"]')

    label, found = agreed("set", sets, [(1, 0, 0), (1, 1, 1), (1, 2, 2)])

    assert label == ['["a","b","c"]']  # nobody gave it, two of three gave each member
    assert found.share[0] == pytest.approx(2 / 3)


def test_a_member_that_half_of_the_votes_hold_is_a_tie_and_an_empty_set_a_consensus():
    sets = ('["a"]', '["b"]', '["c"]', '["a","b"]')

    label, found = agreed("set", sets, [(1, 0, 0), (1, 1, 3), (2, 0, 0), (2, 1, 1), (2, 2, 2)])

    assert label == [None, "[]"]
    assert found.tied.tolist() == [True, False]


@pytest.mark.parametrize("level", MEASURES)
def test_gold_goes_before_everybody(level):
    words = TEXTS if level == "text" else tuple(json.dumps([w]) for w in TEXTS)

    label, found = agreed(level, words, [(1, 0, 0), (1, 1, 0), (1, 2, 0)], gold=([1], [2]))

    assert label == [words[2]]
    assert not found.tied[0]
    assert found.share[0] < 0.5


def test_the_consensus_is_nearer_to_the_truth_than_the_labels_are():
    crowd = parts_crowd("spans", 7)
    b = crowd.block()
    hidden = made_without_gold(b)
    label = parts_consensus(hidden, crowd.words).found.label

    alike = b.likeness.of(b.label, b.gold[b.item])[b.gold[b.item] >= 0]
    known = (b.gold >= 0) & (label >= 0)
    assert np.mean(b.likeness.of(label[known], b.gold[known])) > np.mean(alike) + 0.05


def made_without_gold(b):
    return type(b)(**{name: getattr(b, name) for name in b.__dataclass_fields__}
                   | {"gold": np.full_like(b.gold, -1)})  # fmt: skip


def test_labels_are_alike_or_not_by_the_leading_label_or_gold():
    given = [(1, 0, 1), (1, 1, 2), (1, 2, 0), (2, 0, 0), (2, 1, 0), (3, 0, 0), (3, 1, 2)]

    found = alike_or_not(made("text", TEXTS, given, gold=([2], [2])))

    by_item = [sorted(found.label[found.item == k].tolist()) for k in range(3)]
    assert by_item == [[0, 0, 1], [1, 1], [0, 0]]  # two who differ: nobody knows who is right
    assert (found.level, found.n_labels, found.gold.tolist()) == ("nominal", 2, [-1, 0, -1])


def test_a_block_that_was_not_compared_is_refused():
    b = block([1, 1], [0, 1], [0, 1], n_labelers=2, values=range(2), level="text")

    with pytest.raises(InvalidInput, match="how alike its labels are"):
        parts_consensus(b, TEXTS)
