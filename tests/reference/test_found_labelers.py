"""Who is found, on crowds drawn at run time and on published ones.

Thresholds come from stated rates; nothing here was used to set them. Seeds are drawn when the test
runs and printed, so that a failure can be drawn again. A claim about a rate fails only where what
was seen would be seen once in a million if the claim were true; `-s` prints what was seen.
"""

from dataclasses import replace

import numpy as np
import pytest
from planted_crowds import appraised, codes, flagged, held, judgments_of, planted
from published_sets import FOLDER, found, read
from scipy import stats

from labeltrust.simulate import Crowd, Planting, draw_fraud_review

RUNS = 20
ONCE_IN_A_MILLION = 1e-6
FALSE_FREEZES = 0.001


def most(n, rate):
    """The count among n that a rate exceeds once in a million."""
    return stats.binom.ppf(1 - ONCE_IN_A_MILLION, n, rate)


def fresh_seeds(n):
    seeds = np.random.SeedSequence().generate_state(n).tolist()
    print("seeds drawn:", seeds)  # noqa: T201 - a failure must be repeatable
    return seeds


@pytest.mark.slow
def test_every_briber_is_found_and_no_honest_labeler_is_frozen():
    complete, wrongly, honest = 0, 0, 0
    for seed in fresh_seeds(RUNS):
        drawn = draw_fraud_review(seed)
        bribed = next(order for name, order in drawn.orders if name == "targeted_flip")

        said = appraised(judgments_of(drawn, imported=True))

        complete += codes(bribed.members) <= flagged(said) & held(said)
        wrongly += len(held(said) - codes(drawn.suspects))
        honest += said.document["labelers_n"] - len(codes(drawn.suspects))

    print(f"{complete} of {RUNS} complete, {wrongly} of {honest} honest held")  # noqa: T201 - figure
    assert complete >= stats.binom.ppf(ONCE_IN_A_MILLION, RUNS, 0.9)
    assert wrongly <= most(honest, FALSE_FREEZES)


@pytest.mark.slow
@pytest.mark.parametrize(
    "crowd",
    [
        Crowd(n_items=1500),
        Crowd(n_labelers=60, n_items=2000, labels_per_item=3, class_shares=(0.85, 0.15)),
        Crowd(n_labelers=12, n_items=500, labels_per_item=4, class_shares=(0.4, 0.3, 0.3)),
        Crowd(n_items=1500, bias_spread=0.5, difficulty_spread=1.2),
    ],
)
def test_honest_crowds_are_left_alone(crowd):
    suspected, frozen, projects = 0, 0, 0
    for seed in fresh_seeds(10):
        said = appraised(judgments_of(planted(crowd=crowd, seed=seed)))
        suspected += len(flagged(said))
        projects += bool(flagged(said))
        frozen += len(held(said))

    assert suspected <= most(10 * crowd.n_labelers, 0.02)
    assert frozen <= most(10 * crowd.n_labelers, FALSE_FREEZES)


@pytest.mark.slow
@pytest.mark.parametrize(("seats", "ring", "reach"), [(3, 2, 0.6), (3, 8, 0.6), (5, 4, 0.6)])
def test_the_victim_of_a_framing_ring_is_never_frozen_by_itself(seats, ring, reach):
    crowd = Crowd(
        n_labelers=30,
        n_items=2000,
        labels_per_item=seats,
        class_shares=(0.25,) * 4,
        skills=(0.82, 0.97),
        activity_spread=0.3,
        gold_share=0.05,
    )
    framed = Planting(attack="framing_ring", n_members=ring, rate=reach, has_victim=True)
    victims, others = 0, 0
    for seed in fresh_seeds(5):
        drawn = planted(framed, crowd=crowd, seed=seed)

        said = appraised(judgments_of(drawn, imported=True))

        victims += drawn.orders[0][1].victim in held(said)
        others += len(held(said) - codes(drawn.suspects))

    assert victims <= most(5, 0.01)
    assert others <= most(5 * crowd.n_labelers, FALSE_FREEZES)


def published(name):
    if not found(name):
        pytest.skip(f"{name} not found in {FOLDER.name}: set LABELTRUST_TEST_DATA")
    data = read(name)
    judgments = data.block(data.last_answers())
    # the sets have no times: the order of the file stands for it
    return replace(judgments, occurred_us=np.arange(judgments.n))


def constants(judgments):
    """Labelers with at least 100 labels, 97 % of them of one class."""
    size = judgments.n_labelers * judgments.n_labels
    mix = np.bincount(judgments.labeler * judgments.n_labels + judgments.label, minlength=size)
    mix = mix.reshape(judgments.n_labelers, -1)
    n = mix.sum(axis=1)
    return codes(np.flatnonzero((n >= 100) & (mix.max(axis=1) >= 0.97 * n)))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "there", "least"), [("adult-content2", 9, 7), ("hitspam-mturk", 8, 6)]
)
def test_constant_answerers_of_real_crowds_are_flagged(name, there, least):
    judgments = published(name)
    expected = constants(judgments)

    said = appraised(judgments)

    others = judgments.n_labelers - len(expected)
    share = len(flagged(said) - expected) / others
    print(f"{name}: {share:.1%} of the other {others} flagged")  # noqa: T201 - stated figure
    assert len(expected) == there
    assert len(flagged(said) & expected) >= least
    assert share < 0.15


@pytest.mark.parametrize("name", ["hs-brexit", "md-agreement", "popquorn-offensive"])
def test_nobody_is_frozen_for_an_opinion(name):
    said = appraised(published(name))

    assert not said.freezes


@pytest.mark.parametrize("name", ["bluebirds", "snow-rte", "product-match", "snow-valence"])
def test_published_crowds_are_appraised(name):
    judgments = published(name)

    said = appraised(judgments)

    assert said.document["labels"] == judgments.n
    assert len(flagged(said)) <= judgments.n_labelers / 3


@pytest.mark.parametrize("name", ["bluebirds", "snow-rte", "product-match"])
def test_who_is_flagged_in_published_crowds_is_poorer_on_gold_than_the_others(name):
    judgments = published(name)
    gold = judgments.gold[judgments.item]
    known = gold >= 0
    right = np.bincount(
        judgments.labeler[known],
        (judgments.label == gold)[known],
        minlength=judgments.n_labelers,
    )
    share = right / np.bincount(judgments.labeler[known], minlength=judgments.n_labelers)

    suspects = np.isin(np.arange(judgments.n_labelers), sorted(flagged(appraised(judgments))))

    print(name, share[suspects].mean(), share[~suspects].mean())  # noqa: T201 - stated figure
    assert share[suspects].mean() < share[~suspects].mean() - 0.15


@pytest.mark.parametrize("name", ["product-match", "snow-temp", "weather-amt"])
def test_who_is_held_by_peers_alone_is_poor_on_gold_that_was_hidden(name):
    judgments = published(name)
    hidden = replace(judgments, gold=np.full(judgments.n_items, -1))

    suspects = held(appraised(hidden))

    gold = judgments.gold[judgments.item]
    accuracy = {
        labeler: _balanced(judgments.label, gold, judgments.labeler == labeler)
        for labeler in range(judgments.n_labelers)
    }
    typical = np.nanmedian(list(accuracy.values()))
    assert suspects
    assert all(not accuracy[s] > 0.5 * (1 + typical) - 0.15 for s in suspects)


def _balanced(label, gold, mine):
    """Accuracy of the average gold class, NaN with fewer than two classes."""
    shares = [np.mean(label[mine & (gold == c)] == c) for c in np.unique(gold[mine & (gold >= 0)])]
    return np.mean(shares) if len(shares) > 1 else np.nan
