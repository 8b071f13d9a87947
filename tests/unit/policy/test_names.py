"""Words for codes, and evidence in words."""

import json

import numpy as np
from planted_crowds import USUAL, appraised, judgments_of, names_of, planted

from labeltrust.counts import block, label_mix
from labeltrust.inference.crowd_rows import crowd_rows
from labeltrust.policy.names import ClassWords, class_words, worded
from labeltrust.simulate import Planting


def words_of(level, n=40):
    b = block(range(200), [0] * 200, np.arange(200) % n, n_labelers=1, values=range(n), level=level)
    return class_words(names_of(b), b, crowd_rows(b), label_mix.count(b))


def test_a_fifth_of_a_scale_is_named_by_its_ends():
    found = words_of("interval")

    assert found.fitted[0] == "0 to 7"
    assert found.mixed[-1].endswith("39")


def test_rare_words_are_any_other():
    assert words_of("nominal").fitted[-1] == "any other"


def test_the_detail_of_a_signal_is_put_into_words():
    words = ClassWords(fitted=("benign", "fraud"), mixed=("benign", "fraud"))

    found = worded({"mixed": 1, "by_class": {0: [3, 4]}, "share": 0.5, "label": 0}, words)

    assert found == {
        "class": "fraud",
        "by_class": {"benign": [3, 4]},
        "share": 0.5,
        "label": "benign",
    }


def test_the_evidence_of_a_flag_names_items_accusers_and_counts():
    flip = Planting(attack="targeted_flip", n_members=1, rate=0.95, from_class=1, to_class=0)
    judgments = judgments_of(planted(flip, crowd=USUAL, seed=3))

    state = appraised(judgments).flags[0].state

    evidence = json.loads(json.dumps(state.evidence, allow_nan=False))
    assert evidence["strong"] is True
    assert evidence["signals"]["targeted_flip"]["detail"]["said"] == "0"
    assert 0 < len(evidence["items"]) <= 25 <= evidence["disputed"]
    item = evidence["items"][0]
    assert item["item"] in judgments.item_id
    assert item["said"] != item["others_believe"]
    suspect = state.labeler_id
    assert all(suspect not in entry["disagreed"] for entry in evidence["items"])
    assert evidence["accusers"][0]["disagreed"] <= evidence["accusers"][0]["of"]
    assert evidence["remove_k"]["log_e_without"] < evidence["log_e"]
    assert evidence["clusters"] > 3
