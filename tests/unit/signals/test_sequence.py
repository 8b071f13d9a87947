"""Answers follow the sequence, not the item."""

from dataclasses import replace

import numpy as np
import pytest
from planted_crowds import SMALL, evidence_of, judgments_of, planted

from labeltrust.counts import block
from labeltrust.inference.stream_pattern import filter_weights
from labeltrust.signals import low_agreement
from labeltrust.signals._base import NO_HONEST_MAJORITY
from labeltrust.signals.sequence import SIGNAL
from labeltrust.simulate import Crowd

FOUR = Crowd(n_labelers=24, n_items=2000, labels_per_item=5, class_shares=(0.4, 0.3, 0.2, 0.1))


def clicking(found, members, rate, period):
    """Let members click through the classes in turn on stretches of eight of their labels."""
    rng, scene = np.random.default_rng(1), found.scene
    label = scene.label.copy()
    for member in members:
        rows = np.flatnonzero(scene.labeler == member)
        rows = rows[np.argsort(scene.occurred_us[rows], kind="stable")]
        turn = np.arange(rows.size)
        on = (rng.random(rows.size // 8 + 1) < rate)[turn // 8]
        label[rows[on]] = (turn % period)[on]
    return replace(found, scene=replace(scene, label=label))


def regulars(found, n):
    return np.argsort(-np.bincount(found.scene.labeler, minlength=24))[2 : 2 + n]


@pytest.mark.parametrize(("crowd", "period"), [(replace(SMALL, n_items=2000), 2), (FOUR, 4)])
def test_who_clicks_in_turn_is_found_where_agreement_sees_little(crowd, period):
    found = planted(crowd=crowd, seed=23_001)
    members = regulars(found, 3)
    evidence = evidence_of(judgments_of(clicking(found, members, 0.5, period)))

    said = SIGNAL.read(evidence)

    honest = np.setdiff1d(np.arange(24), members)
    assert said.p_value[members].max() < 1e-4
    assert said.p_value[honest].min() > 1e-4
    assert np.median(low_agreement.SIGNAL.read(evidence).p_value[members]) > 1e-3


def test_the_pattern_is_described():
    found = planted(crowd=FOUR, seed=23_002)
    member = int(regulars(found, 1)[0])

    said = SIGNAL.read(evidence_of(judgments_of(clicking(found, [member], 0.6, 4))))

    assert said.detail[member]["period"] == 4
    assert said.low[member] > 0.1


def test_items_that_come_sorted_are_no_pattern():
    surprised = 0
    for seed in range(23_010, 23_016):
        found = planted(crowd=FOUR, seed=seed)
        scene = found.scene
        # every class has its days: a labeler sees long runs of one class
        batch = 10_000_000_000 * (scene.truth + 4 * (np.arange(scene.truth.size) // 200))
        occurred = scene.occurred_us.min() + batch[scene.item] + scene.labeler * 1_000_000
        ordered = replace(scene, occurred_us=occurred)
        said = SIGNAL.read(evidence_of(judgments_of(replace(found, scene=ordered))))
        surprised += int((said.p_value < 0.001).sum())

    # 144 labelers; more than 6 below 0.001 would be rejected at 1e-6 if the rate were 0.002
    assert surprised <= 6


def test_honest_labelers_are_rarely_surprising():
    surprised = 0
    for seed in range(23_020, 23_030):
        said = SIGNAL.read(evidence_of(judgments_of(planted(seed=seed))))
        surprised += int((said.p_value < 0.001).sum())

    # 240 labelers; more than 6 below 0.001 would be rejected at 1e-6 if the rate were 0.001
    assert surprised <= 6


def test_it_says_what_it_lacks():
    judgments = judgments_of(planted(seed=23_003))
    timeless = replace(
        judgments, occurred_us=judgments.occurred_us * 0, received_us=judgments.received_us * 0
    )
    alone = block(
        range(40), [0] * 40, [0, 1] * 20, n_labelers=1, values=[0, 1], occurred_us=range(40)
    )

    assert "no times" in SIGNAL.read(evidence_of(timeless)).reason[0]
    assert "fewer than" in SIGNAL.read(evidence_of(alone)).reason[0]
    divided = replace(evidence_of(judgments), peers_prove=False)
    assert SIGNAL.read(divided).reason[0] == NO_HONEST_MAJORITY


def test_the_filter_takes_every_other_match_as_a_match_against():
    for period in (2, 3, 4, 5):
        weights = filter_weights(period)
        assert (weights[period - 1 :: period] > 0).all()
        assert (np.delete(weights, np.s_[period - 1 :: period]) < 0).all()
