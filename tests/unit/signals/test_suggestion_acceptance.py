"""Suggestions taken over, right or wrong."""

from dataclasses import replace

import numpy as np
import pytest
from planted_crowds import evidence_of, judgments_of, planted
from scipy import stats

from labeltrust.signals._base import NO_HONEST_MAJORITY
from labeltrust.signals.suggestion_acceptance import SIGNAL
from labeltrust.simulate import Assistant, Crowd, Planting

CROWD = Crowd(n_labelers=40, n_items=2400, labels_per_item=5, assistant=Assistant())


def attacked(attack, rate, seed, **more):
    order = Planting(attack=attack, n_members=3, rate=rate, **more)
    found = planted(order, crowd=CROWD, seed=seed)
    return found, SIGNAL.read(evidence_of(judgments_of(found)))


@pytest.mark.parametrize(("rate", "power"), [(1.0, 0.9), (0.5, 0.5)])
def test_who_accepts_without_looking_is_found(rate, power):
    runs = [attacked("accept_suggestions", rate, 12_400 + k) for k in range(4)]

    caught = sum(int((said.p_value[found.suspects] < 0.001).sum()) for found, said in runs)

    # rejected at 1e-6 only: 12 suspects, each found with the chance claimed
    assert stats.binom.cdf(caught, 12, power) > 1e-6
    assert caught >= 4


def test_the_evidence_counts_what_was_contradicted_and_what_was_confirmed():
    found, said = attacked("accept_suggestions", 1.0, 12_410)

    detail = said.detail[int(found.suspects[0])]

    assert detail["accepted"] == detail["of"] == said.n[found.suspects[0]]
    assert detail["accepted"] > 2 * detail["expected"]
    assert detail["confirmed_accepted"] == detail["confirmed"]


def test_who_begins_to_accept_in_the_middle_is_found_by_the_rise():
    found, said = attacked("accept_suggestions", 1.0, 12_411, since_day=20)

    assert (said.p_value[found.suspects] < 0.001).all()
    assert any("rose_after" in said.detail[a] for a in found.suspects.tolist())


@pytest.mark.parametrize("attack", ["uniform_flip", "random_answers"])
def test_who_errs_at_random_does_not_take_over_suggestions(attack):
    found, said = attacked(attack, 0.6, 12_412)

    assert (said.p_value[found.suspects] > 0.001).all()


def test_without_suggestions_or_an_honest_majority_it_is_silent():
    plain = judgments_of(planted(crowd=replace(CROWD, assistant=None), seed=12_413))
    helped = evidence_of(judgments_of(planted(crowd=CROWD, seed=12_413)))

    assert set(SIGNAL.read(evidence_of(plain)).reason) == {"no suggestions on record"}
    assert set(SIGNAL.read(replace(helped, peers_prove=False)).reason) == {NO_HONEST_MAJORITY}
    assert SIGNAL.needs == {"suggestions"}


def test_it_opens_flags_but_never_freezes():
    _, said = attacked("accept_suggestions", 1.0, 12_414)

    assert not SIGNAL.corroborates_only
    assert np.isnan(said.log_e).all()
