"""Gold items that deserve a second look."""

from dataclasses import replace

import numpy as np
from planted_crowds import SMALL, judgments_of, names_of, planted

from labeltrust.metrics.gold_items import leaked_gold, wrong_gold
from labeltrust.policy.gold_report import gold_report

CROWD = replace(SMALL, n_items=1500, gold_share=0.2, skills=(0.85, 0.97))
EVERYBODY = np.ones(24, dtype=bool)


def golden(seed):
    return judgments_of(planted(crowd=CROWD, seed=seed))


def with_wrong_gold(judgments, n):
    gold = judgments.gold.copy()
    items = np.flatnonzero(gold >= 0)[:n]
    gold[items] = 1 - gold[items]
    return replace(judgments, gold=gold), items


def known_beforehand(judgments, n, factor):
    """Let everybody answer some gold items rightly and in less time."""
    items = np.flatnonzero(judgments.gold >= 0)[:n]
    known = np.isin(judgments.item, items)
    return replace(
        judgments,
        label=np.where(known, judgments.gold[judgments.item], judgments.label),
        duration_seconds=np.where(known, factor, 1.0) * judgments.duration_seconds,
    ), items


def test_gold_that_good_labelers_fail_is_listed_with_what_they_say():
    judgments, wrong = with_wrong_gold(golden(25_001), 6)

    found = wrong_gold(judgments, EVERYBODY)

    assert np.isin(wrong, found.item).sum() >= 4
    assert (found.said == 1 - judgments.gold[found.item]).all()
    assert (found.right.value < 0.5).all()
    assert (found.right.n >= 3).all()


def test_gold_that_is_right_is_rarely_listed():
    listed = sum(wrong_gold(golden(seed), EVERYBODY).item.size for seed in range(25_010, 25_016))

    # about 1,800 items with Benjamini-Hochberg at 5 %; hard items are failed by good labelers too
    assert listed <= 18


def test_the_answers_of_suspects_do_not_make_gold_look_wrong():
    judgments = golden(25_002)
    liars = judgments.labeler < 10
    hit = liars & (judgments.gold[judgments.item] >= 0)
    flipped = replace(judgments, label=np.where(hit, 1 - judgments.label, judgments.label))

    found = wrong_gold(flipped, np.arange(24) >= 10)

    assert found.item.size <= 3


def test_gold_answered_rightly_and_at_once_is_listed_with_its_pace():
    judgments, known = known_beforehand(golden(25_003), 8, 0.25)

    found = leaked_gold(judgments)

    assert np.isin(known, found.item).sum() >= 6
    assert np.isin(found.item, known).mean() > 0.7
    assert (found.pace.high < 1).all()
    assert (found.right.value == 1).all()


def test_easy_gold_at_the_usual_pace_is_not_listed():
    judgments, _ = known_beforehand(golden(25_004), 8, 1.0)

    assert leaked_gold(judgments).item.size <= 2


def test_without_durations_it_says_so():
    judgments = golden(25_005)
    timeless = replace(judgments, duration_seconds=np.full(judgments.n, np.nan))

    assert leaked_gold(timeless).reason == "no durations"
    assert leaked_gold(timeless).item.size == 0


def test_the_report_is_plain_and_short():
    judgments, wrong = with_wrong_gold(golden(25_006), 5)

    said = gold_report(judgments, EVERYBODY, names_of(judgments))

    entry = said["probably_wrong"][0]
    assert said["n"] > 200
    assert entry["item"] in set(judgments.item_id[wrong].tolist())
    assert {entry["gold"], entry["said"]} == {"0", "1"}
    assert entry["right"]["n"] >= 3
    assert len(said["probably_wrong"]) <= 20


def test_numbers_are_met_with_a_reason():
    numbers = replace(golden(25_007), level="interval")

    assert "interval" in gold_report(numbers, EVERYBODY, names_of(numbers))["reason"]
