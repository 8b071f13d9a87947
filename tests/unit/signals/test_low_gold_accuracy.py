"""Misses gold items."""

from dataclasses import replace

import numpy as np
import pytest
from planted_crowds import SMALL, evidence_of, judgments_of, planted

from labeltrust.counts import block
from labeltrust.signals._base import Floors
from labeltrust.signals.low_gold_accuracy import SIGNAL
from labeltrust.simulate import Planting

GOLDEN = replace(SMALL, gold_share=0.4)


def read(judgments, **floors):
    return SIGNAL.read(replace(evidence_of(judgments), floors=Floors(**floors)))


def test_who_misses_gold_is_proven_and_who_does_not_is_not():
    found = planted(Planting(attack="uniform_flip", n_members=2, rate=0.8), crowd=GOLDEN)

    said = read(judgments_of(found))

    honest = np.setdiff1d(np.arange(24), found.suspects)
    assert (said.log_e[found.suspects] > np.log(1e5)).all()
    assert (said.log_e[honest] < np.log(20)).all()


def test_who_misses_one_class_only_is_proven_too():
    bribed = Planting(attack="targeted_flip", n_members=2, rate=1.0, from_class=1, to_class=0)
    found = planted(bribed, crowd=replace(GOLDEN, class_shares=(0.85, 0.15)))

    said = read(judgments_of(found))

    overall = [said.detail[a]["right"] / said.detail[a]["gold"] for a in found.suspects]
    assert min(overall) > 0.6
    assert (said.log_e[found.suspects] > 2).all()


def test_the_projects_floor_counts_where_there_is_one():
    judgments = judgments_of(planted(crowd=GOLDEN))

    strict, lax = read(judgments, gold_accuracy=0.97), read(judgments, gold_accuracy=0.3)

    assert (strict.log_e > np.log(1000)).sum() > 5
    assert (lax.log_e < 0).all()
    assert strict.detail[0]["floor"] == pytest.approx(0.97)


def test_without_a_floor_hard_gold_accuses_nobody():
    hard = replace(GOLDEN, skills=(0.55, 0.62))

    said = read(judgments_of(planted(crowd=hard)))

    assert (said.log_e < np.log(20)).all()


def test_a_labeler_who_turned_is_dated():
    found = planted(Planting(attack="sleeper", n_members=1, rate=0.9, since_day=14), crowd=GOLDEN)

    evidence = evidence_of(judgments_of(found))
    said = SIGNAL.read(evidence)

    suspect = int(found.suspects[0])
    turned = evidence.crowd.rows.occurred_us[said.onset_row[suspect]]
    assert said.onset_row[suspect] >= 0
    assert abs(turned - found.orders[0][1].since_us) < 3 * 86_400e6


def test_an_item_answered_twice_counts_once():
    items = list(range(8)) * 2
    b = block(items, [0] * 16, [1] * 16, n_labelers=1, values=[0, 1], gold=(range(8), [0] * 8))

    assert SIGNAL.read(evidence_of(b)).n[0] == 8


def test_numbers_and_projects_without_gold_are_met_with_a_reason():
    b = block([1, 2], [0, 1], [0, 1], n_labelers=2, values=[0.5, 0.7], level="interval")
    silent = block([1, 2], [0, 1], [0, 1], n_labelers=2, values=[0, 1])

    assert "numbers" in SIGNAL.read(evidence_of(b)).reason[0]
    assert SIGNAL.read(evidence_of(silent)).reason == ("no gold items",) * 2
