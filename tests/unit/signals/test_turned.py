"""Errs more since some day than the same labeler did before."""

from dataclasses import replace

import numpy as np
from planted_crowds import evidence_of, judgments_of, planted

from labeltrust.signals._base import NO_HONEST_MAJORITY
from labeltrust.signals.turned import SIGNAL
from labeltrust.simulate import Crowd, Planting

ASKED = Crowd(n_labelers=60, n_items=4000, labels_per_item=5, class_shares=(0.6, 0.4))
SLEEPER = Planting(attack="sleeper", n_members=6, rate=0.5, since_day=14)
NAMED = 5e-4
"""About what Benjamini-Hochberg at 5 % asks for where six of sixty stand out."""


def honest(found):
    return np.setdiff1d(np.arange(found.scene.n_labelers), found.suspects)


def stream_error(evidence, labeler, since_us, row):
    """Return how far an onset lies from the true one, as a share of the labeler's stream."""
    mine = evidence.crowd.rows_of(labeler)
    true = np.searchsorted(evidence.crowd.rows.occurred_us[mine], since_us)
    return abs(int(np.flatnonzero(mine == row)[0]) - int(true)) / mine.size


def test_able_labelers_who_turn_are_named_and_dated():
    named, off = 0, []
    for seed in (20_001, 20_002, 20_003):
        found = planted(SLEEPER, crowd=ASKED, seed=seed)
        evidence = evidence_of(judgments_of(found))

        said = SIGNAL.read(evidence)

        since = found.orders[0][1].since_us
        named += int((said.p_value[found.suspects] < NAMED).sum())
        off += [stream_error(evidence, a, since, said.onset_row[a]) for a in found.suspects]
        assert (said.log_e[honest(found)] < np.log(1000)).all()
    # 18 sleepers; fewer than 6 named would be rejected at 1e-6 if the power were 0.8
    assert named >= 6
    assert np.median(off) < 0.1


def test_the_onset_has_a_margin_before_it():
    found = planted(replace(SLEEPER, n_members=2, rate=0.7), seed=20_004)
    evidence = evidence_of(judgments_of(found))

    said = SIGNAL.read(evidence)

    place = np.argsort(evidence.crowd.order)
    for suspect in found.suspects:
        assert place[said.earliest_row[suspect]] <= place[said.onset_row[suspect]]
        earliest = evidence.crowd.rows.occurred_us[said.earliest_row[suspect]]
        assert earliest < found.orders[0][1].since_us + 86_400e6


def test_who_calls_one_class_another_since_a_day_is_named_with_the_pair():
    bribed = Planting(
        attack="targeted_flip", n_members=2, rate=0.9, since_day=14, from_class=1, to_class=0
    )
    found = planted(bribed, crowd=replace(ASKED, n_labelers=30, n_items=2000), seed=20_005)

    said = SIGNAL.read(evidence_of(judgments_of(found)))

    for suspect in found.suspects:
        assert said.p_value[suspect] < NAMED
        assert (said.detail[suspect]["true"], said.detail[suspect]["said"]) == (1, 0)
        assert said.detail[suspect]["after"] > said.detail[suspect]["before"] + 0.3


def test_who_was_bad_from_the_first_day_has_not_turned():
    found = planted(Planting(attack="uniform_flip", n_members=2, rate=0.5), seed=20_006)

    said = SIGNAL.read(evidence_of(judgments_of(found)))

    assert (said.p_value[found.suspects] > 1e-6).all()


def test_honest_labelers_are_rarely_surprising():
    surprised = 0
    for seed in range(20_010, 20_020):
        said = SIGNAL.read(evidence_of(judgments_of(planted(seed=seed))))
        surprised += int((said.p_value < 0.001).sum())
        assert not (said.log_e > np.log(1000)).any()

    # 240 labelers; more than 6 below 0.001 would be rejected at 1e-6 if the rate were 0.001
    assert surprised <= 6


def test_a_new_guideline_that_all_follow_within_days_accuses_nobody_wholesale():
    rng = np.random.default_rng(20_021)
    found = planted(crowd=replace(ASKED, n_labelers=40, n_items=3000), seed=20_021)
    scene = found.scene
    day = (scene.occurred_us - scene.occurred_us.min()) / 86_400e6
    adopted = 12 + 5 * rng.random(scene.n_labelers)
    border = (scene.truth == 1) & (rng.random(scene.truth.size) < 0.4)
    renamed = border[scene.item] & (day > adopted[scene.labeler])
    changed = replace(scene, label=np.where(renamed, 0, scene.label))

    said = SIGNAL.read(evidence_of(judgments_of(replace(found, scene=changed))))

    # more than 6 of 40 below 0.001 would be rejected at 1e-6 even at a rate of 0.01
    assert (said.p_value < 0.001).sum() <= 6


def test_an_import_is_read_by_the_times_it_claims():
    found = planted(replace(SLEEPER, n_members=2, rate=0.8), seed=20_007)

    at_once = SIGNAL.read(evidence_of(judgments_of(found, imported=True)))
    as_it_came = SIGNAL.read(evidence_of(judgments_of(found)))

    suspect = int(found.suspects[0])
    assert at_once.detail[suspect]["clock"] == "occurred"
    assert as_it_came.detail[suspect]["clock"] == "received"
    assert np.isclose(at_once.p_value[suspect], as_it_came.p_value[suspect])


def test_without_times_or_an_honest_majority_it_says_why_it_is_silent():
    judgments = judgments_of(planted(seed=20_008))
    timeless = replace(
        judgments, occurred_us=judgments.occurred_us * 0, received_us=judgments.received_us * 0
    )

    assert "no times" in SIGNAL.read(evidence_of(timeless)).reason[0]
    divided = replace(evidence_of(judgments), peers_prove=False)
    assert set(SIGNAL.read(divided).reason) == {NO_HONEST_MAJORITY}


def test_what_it_proves_is_played_again_without_some_accusers():
    found = planted(replace(SLEEPER, n_members=2, rate=0.8), seed=20_009)
    evidence = evidence_of(judgments_of(found))

    said = SIGNAL.read(evidence)

    suspect = int(found.suspects[0])
    played = [test.play(evidence.crowd).log_e[suspect] + test.log_weight for test in said.tests]
    assert np.isclose(np.logaddexp.reduce(played), said.log_e[suspect])
