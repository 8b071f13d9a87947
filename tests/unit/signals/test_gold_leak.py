"""Right on gold, and not elsewhere."""

from dataclasses import replace

import numpy as np
from planted_crowds import SMALL, evidence_of, judgments_of, planted

from labeltrust.counts import block
from labeltrust.signals import low_agreement
from labeltrust.signals._base import NO_HONEST_MAJORITY
from labeltrust.signals.gold_leak import SIGNAL
from labeltrust.simulate import Planting

AWARE = Planting(attack="gold_aware", n_members=3, rate=0.4)
CROWD = replace(SMALL, n_items=2000, gold_share=0.15)


def honest(found):
    return np.setdiff1d(np.arange(found.scene.n_labelers), found.suspects)


def test_who_is_honest_on_gold_only_is_more_surprising_than_by_agreement_alone():
    leak, agreement = [], []
    for seed in (21_001, 21_002, 21_003):
        found = planted(AWARE, crowd=CROWD, seed=seed)
        evidence = evidence_of(judgments_of(found))
        leak += SIGNAL.read(evidence).p_value[found.suspects].tolist()
        agreement += low_agreement.SIGNAL.read(evidence).p_value[found.suspects].tolist()

    assert np.median(leak) < 1e-4
    assert np.median(leak) < np.median(agreement)


def test_the_counts_say_where_the_errors_are():
    found = planted(AWARE, crowd=CROWD, seed=21_004)

    said = SIGNAL.read(evidence_of(judgments_of(found)))

    for suspect in found.suspects:
        detail = said.detail[suspect]
        assert detail["wrong_on_gold"] < 0.02
        assert detail["wrong_elsewhere"] > 0.3
        assert said.low[suspect] > 0.1


def test_who_flips_everywhere_does_not_recognise_gold():
    flips = Planting(attack="uniform_flip", n_members=3, rate=0.5)
    found = planted(flips, crowd=CROWD, seed=21_005)

    said = SIGNAL.read(evidence_of(judgments_of(found)))

    assert (said.p_value[found.suspects] > 1e-4).all()


def test_gold_that_is_easier_for_all_accuses_nobody():
    surprised = 0
    for seed in range(21_010, 21_018):
        found = planted(crowd=CROWD, seed=seed)
        rng, scene = np.random.default_rng(seed), found.scene
        eased = scene.gold[scene.item] & (rng.random(scene.item.size) < 0.6)
        easier = replace(scene, label=np.where(eased, scene.truth[scene.item], scene.label))
        said = SIGNAL.read(evidence_of(judgments_of(replace(found, scene=easier))))
        surprised += int((said.p_value < 0.001).sum())

    # 192 labelers; more than 7 below 0.001 would be rejected at 1e-6 if the rate were 0.002
    assert surprised <= 7


def test_it_says_what_it_lacks():
    judgments = judgments_of(planted(crowd=replace(SMALL, gold_share=0.0), seed=21_006))
    numbers = block([1, 2], [0, 1], [0, 1], n_labelers=2, values=[0.5, 0.7], level="interval")
    golden = evidence_of(judgments_of(planted(crowd=CROWD, seed=21_007)))

    assert SIGNAL.read(evidence_of(judgments)).reason[0] == "no gold items"
    assert "numbers" in SIGNAL.read(evidence_of(numbers)).reason[0]
    assert SIGNAL.read(replace(golden, peers_prove=False)).reason[0] == NO_HONEST_MAJORITY
    assert SIGNAL.needs == {"gold"}
