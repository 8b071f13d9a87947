"""Agreement of labels with parts: exact digits, plain loops, and the laws of counting."""

from collections import defaultdict

import numpy as np
import pytest
from blocks import same_counts
from hypothesis import given, settings
from hypothesis import strategies as st
from parts import parts_crowd

from labeltrust.counts import block, exchange, likeness, split
from labeltrust.counts._meetings import MOST_MET, meetings, with_likeness
from labeltrust.domain.estimates import Undefined
from labeltrust.domain.similarity import MEASURES
from labeltrust.domain.similarity.sets import jaccard, masi
from labeltrust.metrics.likeness import gold_likeness, likeness_alpha, mean_similarity

SETS = ('["a"]', '["a","b"]', '["b","c"]', '["c"]', '["d"]', '["a","d"]', '["b"]', '["c","d"]')
GIVEN = (  # item, labeler, label
    (1, 0, 0), (1, 1, 1), (1, 2, 0), (2, 0, 2), (2, 1, 2), (2, 2, 3), (3, 0, 4), (3, 1, 5),
    (4, 0, 6), (4, 2, 6), (5, 1, 7), (5, 2, 4),
)  # fmt: skip
few = settings(max_examples=12, deadline=None)


def sets(given=GIVEN, measure=None, **more):
    item, labeler, label = np.array(given).T.tolist()
    b = block(item, labeler, label, n_labelers=3, values=range(len(SETS)), level="set", **more)
    return with_likeness(b, SETS, np.random.default_rng(1), measure)


@pytest.mark.parametrize(
    ("measure", "alpha", "without"),  # AnnotationTask(...).alpha() of nltk 3.10.4
    [
        (jaccard, 0.5728155339805825, (0.391891891891892, 0.782608695652174, 0.5652173913043479)),
        (masi, 0.4730538922155687, (0.25619834710743816, 0.7222222222222221, 0.47368421052631593)),
    ],
)
def test_alpha_is_that_of_nltk_with_everybody_and_without_each_labeler(measure, alpha, without):
    b = sets(measure=measure(SETS))

    found = likeness_alpha(likeness.count(b), b.likeness.chance)

    assert b.likeness.chance.complete
    assert found.project.value == pytest.approx(alpha, abs=1e-12)
    assert [e.value for e in found.without] == pytest.approx(without, abs=1e-12)
    assert found.project.low < alpha < found.project.high
    assert found.project.n == 5


def test_alpha_of_a_large_project_rests_on_a_sample_and_says_how_far_it_may_be_off():
    b = parts_crowd("set", 3).block()
    full = likeness.count(b)
    words = parts_crowd("set", 3).words
    n = np.bincount(b.label, minlength=b.n_labels)
    one, two = (axis.ravel() for axis in np.indices((n.size, n.size)))
    apart = (1 - jaccard(words)(one, two)) @ (n[one] * n[two]) / (n.sum() * (n.sum() - 1))
    exact = 1 - full.items.sums[2].sum() / full.items.sums[3].sum() / apart

    found = likeness_alpha(full, b.likeness.chance).project

    assert not b.likeness.chance.complete
    assert found.low < exact < found.high
    assert found.value == pytest.approx(exact, abs=0.01)
    assert found.high - found.low < 0.1


def test_identical_labels_have_no_alpha_but_a_reason():
    b = sets([(1, 0, 0), (1, 1, 0), (2, 0, 0), (2, 1, 0)])

    found = likeness_alpha(likeness.count(b), b.likeness.chance).project

    assert isinstance(found, Undefined)
    assert "alike" in found.reason


def test_nothing_shared_is_undefined_with_its_reason():
    b = sets([(1, 0, 0), (2, 1, 1)])

    assert likeness_alpha(likeness.count(b), b.likeness.chance).project.reason
    assert mean_similarity(likeness.count(b)).reason == "no item has two labelers"
    assert gold_likeness(likeness.count(b))[0].reason == "no gold items"


def test_gold_accuracy_is_the_mean_similarity_to_gold():
    b = sets(gold=([1, 2], [0, 3]))

    found = gold_likeness(likeness.count(b))

    assert found.value.tolist() == pytest.approx([0.75, 0.5, 1.0])
    assert found.n.tolist() == [2, 2, 2]
    assert ((found.low >= 0) & (found.low < found.value) & (found.high <= 1)).all()


@pytest.mark.parametrize("kind", MEASURES)
def test_agreement_within_the_item_is_that_of_plain_loops(kind):
    crowd = parts_crowd(kind, 5, n_items=60)
    b, code = crowd.block(), {w: k for k, w in enumerate(crowd.words)}
    measure = MEASURES[kind](crowd.words)
    items = defaultdict(list)
    for item, who, label in crowd.rows:
        items[item].append((who, code[label]))
    score, variance = np.zeros(24), np.zeros(24)
    for rows in items.values():
        f = np.array([
            np.mean([measure(np.array([x]), np.array([y]))[0] for b_, y in rows if b_ != a])
            for a, x in rows
        ])  # fmt: skip
        who = [a for a, _ in rows]
        score[who] += f - f.mean()
        variance[who] += f.var()

    found = exchange.count(b)

    assert found.score == pytest.approx(score, abs=1e-9)
    assert found.variance == pytest.approx(variance, abs=1e-9)


def test_several_answers_of_one_labeler_share_one_vote():
    once = sets([(1, 0, 0), (1, 1, 2), (1, 2, 0)])
    twice = sets([(1, 0, 0), (1, 0, 0), (1, 1, 2), (1, 2, 0)])

    assert exchange.count(once).score == pytest.approx(exchange.count(twice).score)
    assert likeness.count(once).items.sums == pytest.approx(likeness.count(twice).items.sums)


@few
@given(seed=st.integers(0, 10_000), n=st.integers(2, 6), kind=st.sampled_from(sorted(MEASURES)))
def test_counts_of_parts_add_up_and_the_order_of_rows_does_not_matter(seed, n, kind):
    whole = parts_crowd(kind, seed, n_labelers=6, n_items=12, n_bad=1)
    rows = np.random.default_rng(seed).permutation(len(whole.rows))
    turned = type(whole)(
        kind=kind, n_labelers=6, rows=tuple(whole.rows[k] for k in rows), gold=whole.gold,
        bad=whole.bad,
    )  # fmt: skip

    for count in (exchange.count, likeness.count):
        parts = [count(part) for part in split(whole.block(), n)]
        assert same_counts(sum(parts[1:], start=parts[0]), count(whole.block()))
        assert same_counts(count(turned.block()), count(whole.block()))


@given(sizes=st.lists(st.integers(1, 150), min_size=1, max_size=4))
@few
def test_labels_of_an_item_meet_once_each_and_in_a_crowd_a_fixed_number_of_others(sizes):
    group = np.repeat(np.arange(len(sizes)), sizes)
    label = np.random.default_rng(1).permutation(group.size)

    pairs = [np.concatenate(side) for side in zip(*meetings(group, label), strict=True)]

    assert (group[pairs[0]] == group[pairs[1]]).all()
    met = {frozenset(pair) for pair in zip(*(side.tolist() for side in pairs), strict=True)}
    assert len(met) == pairs[0].size
    degree = np.bincount(np.concatenate(pairs).astype(int), minlength=group.size)
    others = np.repeat(sizes, sizes) - 1
    assert (degree == np.minimum(others, 2 * MOST_MET)).all()


def test_a_question_with_thousands_of_answers_is_estimated_from_those_that_meet():
    rng = np.random.default_rng(1)
    words = [f"{'ab'[k % 2] * 12}{k}" for k in range(300)]
    b = block([1] * 300, range(300), rng.permutation(300), n_labelers=300, values=range(300),
              level="text")  # fmt: skip
    b = with_likeness(b, words, rng)
    one, two = (axis.ravel() for axis in np.indices((300, 300)))
    table = MEASURES["text"](words)(one, two).reshape(300, 300)

    found = likeness.count(b).items.sums[1, 0]

    assert b.likeness.key.size == 300 * MOST_MET
    assert found == pytest.approx((table.sum() - 300) / 300 / 299, abs=0.04)
