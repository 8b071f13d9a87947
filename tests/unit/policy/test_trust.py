"""The trust score."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planted_crowds import SMALL, evidence_of, judgments_of, planted

from labeltrust.counts import block
from labeltrust.policy.document import trust_part
from labeltrust.policy.trust import BOUNDS, trust_scores
from labeltrust.policy.trust_evidence import Right
from labeltrust.policy.trust_posterior import above, fitted_prior
from labeltrust.simulate import Planting

GOLDEN = replace(SMALL, gold_share=0.2)


def everything(crowd):
    return np.ones(crowd.rows.n, dtype=bool)


def trust(found, floor=0.2, counts=everything):
    crowd = evidence_of(judgments_of(found)).crowd
    return trust_scores(crowd, floor, counts(crowd))


def of_block(judgments, floor=0.5):
    crowd = evidence_of(judgments).crowd
    return trust_scores(crowd, floor, everything(crowd))


@pytest.mark.parametrize(
    "planting",
    [
        Planting(attack="uniform_flip", n_members=2, rate=0.9),
        Planting(attack="random_answers", n_members=2),
        Planting(attack="constant", n_members=2, to_class=0),
        Planting(attack="targeted_flip", n_members=2, from_class=1, to_class=0),
    ],
)
def test_attackers_are_trusted_less_than_every_honest_labeler(planting):
    found = planted(planting, crowd=GOLDEN, seed=2)

    score = trust(found).overall.value

    honest = np.setdiff1d(np.arange(24), found.suspects)
    assert score[found.suspects].max() < 0.5 < score[honest].min()


def test_scores_are_probabilities_inside_their_intervals_and_never_certain():
    found = trust(planted(crowd=GOLDEN))

    for scores in (found.overall, *(scores for _, scores in found.classes)):
        assert (BOUNDS[0] <= scores.low).all()
        assert (scores.low <= scores.value).all()
        assert (scores.value <= scores.high).all()
        assert (scores.high <= BOUNDS[1]).all()


def test_a_stranger_has_no_trust_score():
    judgments = replace(judgments_of(planted(crowd=GOLDEN)), n_labelers=25)

    found = of_block(judgments)

    assert found.overall.n[24] == 0
    assert trust_part(found, 24) == {"value": None, "reason": "no gold and no peers"}


def test_a_class_that_a_labeler_never_met_is_undefined():
    b = block(
        range(40), [0] * 40, [0] * 40, n_labelers=1, values=[0, 1], gold=(range(40), [0] * 40)
    )

    found = trust_part(of_block(b), 0)

    met, unmet = found["classes"]
    assert met["n"] == 40
    assert met["reason"] == "40 of 40 gold right"
    assert unmet == {"label": "1", "value": None, "reason": "no gold and no peers of this class"}


def test_trust_cannot_be_bought_by_volume():
    rng = np.random.default_rng(3)
    truth = rng.integers(0, 2, 6000)
    worker = [np.arange(6000), np.arange(6000), np.arange(6000), np.arange(300)]
    said = [np.where(rng.random(i.size) < 0.85, truth[i], 1 - truth[i]) for i in worker]
    labeler = np.repeat([0, 1, 2, 3], [i.size for i in worker])
    b = block(np.concatenate(worker), labeler, np.concatenate(said), n_labelers=4, values=[0, 1])

    found = of_block(b).overall

    assert found.value[:3].max() < found.value[3] + 0.2


def test_only_the_rows_that_count_count():
    late = Planting(attack="uniform_flip", n_members=1, rate=1.0, since_day=20)
    found = planted(late, crowd=GOLDEN, seed=4)
    suspect, since = int(found.suspects[0]), found.orders[0][1].since_us

    def since_then(crowd):
        return (crowd.rows.labeler != suspect) | (crowd.rows.occurred_us >= since)

    assert trust(found, counts=since_then).overall.value[suspect] < 0.1


def test_trust_falls_fast_and_rises_slowly():
    turned = Planting(attack="uniform_flip", n_members=1, rate=1.0, since_day=14)
    found = planted(turned, crowd=GOLDEN, seed=4)
    suspect, since = int(found.suspects[0]), found.orders[0][1].since_us

    def first_half(crowd):
        return crowd.rows.occurred_us < since

    def halves_swapped(crowd):
        last = int(crowd.rows.received_us.max())
        swapped = replace(crowd.rows, received_us=last - crowd.rows.received_us)
        order = np.lexsort((swapped.received_us, swapped.labeler))
        return replace(crowd, rows=swapped, order=order)

    crowd = evidence_of(judgments_of(found)).crowd
    good_then_bad = trust_scores(crowd, 0.2, everything(crowd)).overall.value[suspect]
    reformed = halves_swapped(crowd)
    bad_then_good = trust_scores(reformed, 0.2, everything(reformed)).overall.value[suspect]

    assert trust(found, counts=first_half).overall.value[suspect] > 0.9
    assert good_then_bad < 0.2
    assert bad_then_good < 0.5


def test_the_reason_holds_the_counts():
    flip = Planting(attack="targeted_flip", n_members=1, from_class=1, to_class=0)
    found = planted(flip, crowd=GOLDEN, seed=2)

    said = trust(found).overall.reason

    suspect = int(found.suspects[0])
    right, gold = said[0].split(" gold right")[0].split(" of ")
    assert int(right) <= int(gold)
    assert "peers believe" in said[0]
    assert " misses " in said[suspect]
    assert said[suspect].endswith(" 1")


def test_renamed_labelers_keep_their_trust():
    judgments = judgments_of(planted(crowd=GOLDEN))
    new = np.random.default_rng(1).permutation(24)
    gold = np.flatnonzero(judgments.gold >= 0)
    renamed = block(
        judgments.item,
        new[judgments.labeler],
        judgments.label,
        n_labelers=24,
        values=judgments.values,
        occurred_us=judgments.occurred_us,
        received_us=judgments.received_us,
        gold=(gold, judgments.gold[gold]),
    )

    one, two = of_block(judgments), of_block(renamed)

    assert np.allclose(one.overall.value, two.overall.value[new], atol=1e-6)
    assert [one.overall.reason[a] for a in range(24)] == [two.overall.reason[a] for a in new]
    for (_, a), (_, b) in zip(one.classes, two.classes, strict=True):
        assert np.allclose(a.value, b.value[new], atol=1e-6)


right_and_wrong = st.lists(
    st.tuples(st.integers(0, 300), st.integers(0, 300)), min_size=1, max_size=4
)


@settings(max_examples=60, deadline=None)
@given(right_and_wrong, st.integers(0, 3), st.floats(0.05, 0.95))
def test_one_more_right_answer_never_lowers_the_probability(answers, which, least):
    right = np.array([[float(r) for r, _ in answers]])
    n = right + np.array([[float(w) for _, w in answers]])
    more = np.eye(len(answers))[[which % len(answers)]]
    prior = fitted_prior(Right(right=right, n=n), np.full(len(answers), 0.8))

    before, _ = above(Right(right=right, n=n), prior, least)
    after, _ = above(Right(right=right + more, n=n + more), prior, least)

    assert after[0] >= before[0] - 1e-9


@pytest.mark.parametrize("seed", [10_001, 10_002, 10_003])
def test_more_right_gold_never_lowers_trust(seed):
    """Gold is declared on items that a labeler got right, one after the other."""
    found = planted(crowd=replace(SMALL, n_items=400, gold_share=0.0), seed=seed)
    judgments, truth = judgments_of(found), found.scene.truth
    mine = np.flatnonzero((judgments.labeler == 3) & (judgments.label == truth[judgments.item]))
    crowd = evidence_of(judgments).crowd
    rows = crowd.rows
    before = 0.0

    for n_gold in range(0, 30, 5):
        gold = np.full(rows.n_items, -1)
        gold[judgments.item[mine[:n_gold]]] = truth[judgments.item[mine[:n_gold]]]
        others = np.where((gold[rows.item] >= 0)[:, None], crowd.others, 0.0)
        only_gold = replace(crowd, rows=replace(rows, gold=gold), others=others)
        value = trust_scores(only_gold, 0.5, everything(crowd)).overall.value[3]
        assert value >= before - 1e-9
        before = value


def test_among_labelers_trusted_at_a_level_about_that_share_is_above_the_floor():
    """400 labelers near the floor, seen on gold only: the posterior is as right as it says."""
    rng = np.random.default_rng(20_001)
    accuracy = np.clip(rng.normal(0.8, 0.08, (400, 2)), 0.05, 0.99)
    n = rng.integers(5, 60, (400, 2)).astype(float)
    seen = Right(right=rng.binomial(n.astype(int), accuracy).astype(float), n=n)

    value, _ = above(seen, fitted_prior(seen, np.array([0.8, 0.8])), 0.8)

    truly = accuracy.mean(axis=1) > 0.8
    for low in (0.0, 0.2, 0.4, 0.6, 0.8):
        p = value[(value >= low) & (value < low + 0.2)]
        surplus = truly[(value >= low) & (value < low + 0.2)].sum() - p.sum()
        assert abs(surplus) < 4.9 * np.sqrt((p * (1 - p)).sum()) + 1  # rejected at 1e-6
