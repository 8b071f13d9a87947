"""The trust score."""

from dataclasses import replace

import numpy as np
import pytest
from planted_crowds import SMALL, evidence_of, judgments_of, planted

from labeltrust.counts import block
from labeltrust.policy.document import trust_part
from labeltrust.policy.trust import trust_scores
from labeltrust.simulate import Planting

GOLDEN = replace(SMALL, gold_share=0.2)


def trust(found, floor=0.2, counts=None):
    crowd = evidence_of(judgments_of(found)).crowd
    rows = np.ones(crowd.rows.n, dtype=bool) if counts is None else counts(crowd)
    return trust_scores(crowd, floor, rows)


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

    score = trust(found).value

    honest = np.setdiff1d(np.arange(24), found.suspects)
    assert score[found.suspects].max() < 0.5 < score[honest].min()


def test_scores_are_probabilities_inside_their_intervals():
    found = trust(planted(crowd=GOLDEN))

    assert ((found.low >= 0) & (found.low <= found.value)).all()
    assert ((found.value <= found.high) & (found.high <= 1)).all()


def test_a_stranger_has_no_trust_score():
    judgments = replace(judgments_of(planted(crowd=GOLDEN)), n_labelers=25)
    crowd = evidence_of(judgments).crowd

    found = trust_scores(crowd, 0.2, np.ones(crowd.rows.n, dtype=bool))

    assert found.n[24] == 0
    assert trust_part(found, 24) == {"value": None, "reason": "no gold and no peers"}


def test_trust_cannot_be_bought_by_volume():
    rng = np.random.default_rng(3)
    truth = rng.integers(0, 2, 6000)
    worker = [np.arange(6000), np.arange(6000), np.arange(6000), np.arange(300)]
    said = [np.where(rng.random(i.size) < 0.85, truth[i], 1 - truth[i]) for i in worker]
    labeler = np.repeat([0, 1, 2, 3], [i.size for i in worker])
    b = block(np.concatenate(worker), labeler, np.concatenate(said), n_labelers=4, values=[0, 1])
    crowd = evidence_of(b).crowd

    found = trust_scores(crowd, 0.5, np.ones(crowd.rows.n, dtype=bool))

    assert found.value[:3].max() < found.value[3] + 0.2
    assert found.value.max() < 0.999


def test_only_the_rows_that_count_count():
    late = Planting(attack="uniform_flip", n_members=1, rate=1.0, since_day=20)
    found = planted(late, crowd=GOLDEN, seed=4)
    suspect, since = int(found.suspects[0]), found.orders[0][1].since_us

    def since_then(crowd):
        return (crowd.rows.labeler != suspect) | (crowd.rows.occurred_us >= since)

    assert trust(found, counts=since_then).value[suspect] < 0.1 < trust(found).value[suspect]


def test_the_reason_holds_the_counts():
    found = trust(planted(crowd=GOLDEN))

    right, gold = found.reason[0].split(" gold right")[0].split(" of ")
    assert int(right) <= int(gold)
    assert "peers believe" in found.reason[0]
