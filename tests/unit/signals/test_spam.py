"""Answers without looking at the item: what it finds beside constant answers."""

from dataclasses import replace

import numpy as np
from planted_crowds import SMALL, evidence_of, judgments_of, planted

from labeltrust.signals.spam import SIGNAL
from labeltrust.simulate import Crowd, Planting

CROWD = Crowd(n_labelers=60, n_items=3000, labels_per_item=5, class_shares=(0.5, 0.3, 0.2))


def test_who_answers_at_random_is_the_most_surprising():
    found = planted(Planting(attack="random_answers", n_members=3), crowd=CROWD, seed=22_001)

    said = SIGNAL.read(evidence_of(judgments_of(found)))

    honest = np.setdiff1d(np.arange(60), found.suspects)
    assert said.p_value[found.suspects].max() < 1e-3
    assert said.p_value[found.suspects].max() < said.p_value[honest].min()


def test_a_share_of_random_answers_ranks_a_labeler_low():
    above = 0.0
    for seed in (22_002, 22_003, 22_004):
        random = Planting(attack="random_answers", n_members=6, rate=0.6)
        found = planted(random, crowd=replace(CROWD, class_shares=(0.6, 0.4)), seed=seed)
        p_value = SIGNAL.read(evidence_of(judgments_of(found))).p_value
        honest = np.setdiff1d(np.arange(60), found.suspects)
        above += (p_value[found.suspects, None] < p_value[None, honest]).mean() / 3

    assert above > 0.9


def test_the_spammer_score_and_the_dependence_on_others_are_shown():
    found = planted(Planting(attack="random_answers", n_members=1), crowd=CROWD, seed=22_005)
    detail = SIGNAL.read(evidence_of(judgments_of(found))).detail

    suspect = int(found.suspects[0])
    scores = [detail[a]["spammer_score"][0] for a in range(60)]
    assert np.argmin(scores) == suspect
    assert detail[suspect]["spammer_score"][1] < 0.02
    assert detail[suspect]["independence_p"] > 1e-4
    assert detail[suspect]["spammer_score_n"] > 50


def test_honest_labelers_are_rarely_surprising():
    surprised = 0
    for seed in range(22_010, 22_020):
        said = SIGNAL.read(evidence_of(judgments_of(planted(crowd=SMALL, seed=seed))))
        surprised += int((said.p_value < 0.001).sum())

    # 240 labelers; more than 6 below 0.001 would be rejected at 1e-6 if the rate were 0.001
    assert surprised <= 6
