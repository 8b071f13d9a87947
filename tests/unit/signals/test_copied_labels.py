"""Gives the label that stood on the item just before."""

from dataclasses import replace

import numpy as np
import pytest
from planted_crowds import SMALL, evidence_of, judgments_of, planted

from labeltrust.counts import block
from labeltrust.inference.answered_before import answered_before
from labeltrust.inference.crowd import fit_crowd
from labeltrust.inference.crowd_rows import crowd_rows
from labeltrust.signals import low_agreement
from labeltrust.signals._base import NO_HONEST_MAJORITY
from labeltrust.signals.copied_labels import SIGNAL
from labeltrust.simulate import Planting

COPYING = Planting(attack="copying", n_members=3, rate=0.8)
CROWD = replace(SMALL, n_items=2000)


def test_who_copies_is_found_where_agreement_praises_him():
    for seed in (25_001, 25_002):
        found = planted(COPYING, crowd=CROWD, seed=seed)
        evidence = evidence_of(judgments_of(found))

        said = SIGNAL.read(evidence)

        honest = np.setdiff1d(np.arange(24), found.suspects)
        assert said.p_value[found.suspects].max() < 1e-4
        assert said.p_value[honest].min() > 1e-4
        assert np.median(low_agreement.SIGNAL.read(evidence).p_value[found.suspects]) > 0.05


def test_whoever_is_copied_from_is_left_alone():
    found = planted(Planting(attack="copying", n_members=6, rate=1.0), crowd=CROWD, seed=25_003)

    said = SIGNAL.read(evidence_of(judgments_of(found)))

    honest = np.setdiff1d(np.arange(24), found.suspects)
    assert said.p_value[honest].min() > 1e-4


def test_the_counts_are_those_of_the_items_that_tell():
    # items 0 and 1: 0 and 1 labeled before 2, differently; item 2: all alike; item 3: 2 came first
    items = [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]
    labelers = [0, 1, 2] * 4
    labels = [0, 1, 1, 0, 1, 0, 1, 1, 1, 0, 1, 1]
    moments = [1, 2, 3, 1, 2, 3, 1, 2, 3, 2, 3, 1]
    judgments = block(items, labelers, labels, n_labelers=3, values=[0, 1], occurred_us=moments)
    everybody = np.ones(3, dtype=bool)

    found = answered_before(fit_crowd(crowd_rows(judgments), everybody), everybody)

    assert found.n[2] == 2
    assert found.same[2] == 1  # the last before him said 1 both times; he said 1, then 0
    assert found.expected[2] == pytest.approx(1.0)
    assert found.information[2] == pytest.approx(0.5)


def test_labels_of_one_moment_have_no_order():
    judgments = judgments_of(planted(COPYING, seed=25_004))
    timeless = replace(
        judgments, occurred_us=judgments.occurred_us * 0, received_us=judgments.received_us * 0
    )

    assert "no times" in SIGNAL.read(evidence_of(timeless)).reason[0]


def test_a_new_guideline_copies_nothing():
    surprised = 0
    for seed in range(25_010, 25_016):
        found = planted(
            Planting(
                attack="guideline_change", n_members=12, rate=0.5, since_day=14,
                from_class=1, to_class=0,
            ),
            seed=seed,
        )  # fmt: skip
        said = SIGNAL.read(evidence_of(judgments_of(found)))
        surprised += int((said.p_value < 0.001).sum())

    # 144 labelers; more than 6 below 0.001 would be rejected at 1e-6 if the rate were 0.002
    assert surprised <= 6


def test_honest_labelers_are_rarely_surprising():
    surprised = 0
    for seed in range(25_020, 25_030):
        said = SIGNAL.read(evidence_of(judgments_of(planted(seed=seed))))
        surprised += int((said.p_value < 0.001).sum())

    # 240 labelers; more than 6 below 0.001 would be rejected at 1e-6 if the rate were 0.001
    assert surprised <= 6


def test_it_is_silent_where_nobody_is_known_to_be_honest():
    divided = replace(evidence_of(judgments_of(planted(seed=25_005))), peers_prove=False)

    assert SIGNAL.read(divided).reason[0] == NO_HONEST_MAJORITY
