"""Errs where others disagree, not elsewhere."""

from dataclasses import replace

import numpy as np
from planted_crowds import SMALL, evidence_of, judgments_of, planted

from labeltrust.counts import block
from labeltrust.signals import low_agreement
from labeltrust.signals._base import NO_HONEST_MAJORITY
from labeltrust.signals.disputed_items import SIGNAL
from labeltrust.simulate import Planting

DISGUISE = Planting(attack="disguise", n_members=3, rate=0.6)
CROWD = replace(SMALL, n_labelers=40, n_items=4000, class_shares=(0.4, 0.3, 0.2, 0.1))


def test_who_lies_only_where_others_disagree_stands_out_more_than_by_agreement():
    disputed, agreement = [], []
    for seed in (26_001, 26_002):
        found = planted(DISGUISE, crowd=CROWD, seed=seed)
        evidence = evidence_of(judgments_of(found))
        disputed += SIGNAL.read(evidence).p_value[found.suspects].tolist()
        agreement += low_agreement.SIGNAL.read(evidence).p_value[found.suspects].tolist()

    assert np.median(disputed) < 0.01
    assert np.median(disputed) < np.median(agreement)


def test_the_shares_say_where_the_errors_are():
    found = planted(DISGUISE, crowd=CROWD, seed=26_004)

    said = SIGNAL.read(evidence_of(judgments_of(found)))

    for suspect in found.suspects:
        detail = said.detail[suspect]
        assert detail["wrong_on_clear"] < 0.25
        assert detail["wrong_on_disputed"] > detail["wrong_on_clear"] + 0.2
        assert said.low[suspect] > 0


def test_who_flips_everywhere_does_not_hide_in_disputes():
    flips = Planting(attack="uniform_flip", n_members=3, rate=0.5)
    found = planted(flips, crowd=CROWD, seed=26_005)

    said = SIGNAL.read(evidence_of(judgments_of(found)))

    assert (said.p_value[found.suspects] > 1e-3).all()


def test_honest_labelers_are_rarely_surprising():
    surprised = 0
    for seed in range(26_020, 26_030):
        said = SIGNAL.read(evidence_of(judgments_of(planted(seed=seed))))
        surprised += int((said.p_value < 0.001).sum())

    # 240 labelers; more than 6 below 0.001 would be rejected at 1e-6 if the rate were 0.001
    assert surprised <= 6


def test_it_says_what_it_lacks():
    judgments = judgments_of(planted(seed=26_006))
    one_class = block(range(40), [0] * 40, [0] * 40, n_labelers=1, values=[0])
    agreeing = block(
        np.repeat(range(40), 3), list(range(3)) * 40, np.repeat([0, 1] * 20, 3),
        n_labelers=3, values=[0, 1],
    )  # fmt: skip

    divided = replace(evidence_of(judgments), peers_prove=False)
    assert SIGNAL.read(divided).reason[0] == NO_HONEST_MAJORITY
    assert "only one class" in SIGNAL.read(evidence_of(one_class)).reason[0]
    assert "where they do not" in SIGNAL.read(evidence_of(agreeing)).reason[0]
