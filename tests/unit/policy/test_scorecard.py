"""The document's numbers: each with its n, or null with a reason, and never NaN."""

import json
import math

import numpy as np
import pytest

from labeltrust import counts
from labeltrust.counts import Counter, block
from labeltrust.discovery import discover
from labeltrust.domain.estimates import Estimate, Undefined
from labeltrust.engine.local import count
from labeltrust.policy.numbers import numbers
from labeltrust.policy.scorecard import SignalLine, labeler_part, project_part, shown

COUNTERS = discover(counts, "COUNTER", Counter)


def _numbers(judgments):
    rows = np.bincount(judgments.labeler, minlength=judgments.n_labelers)
    return numbers(count(judgments, COUNTERS), judgments.level, labels=rows, items=rows)


def _crowd(level="nominal", n_items=40):
    rng = np.random.default_rng(5)
    item = np.repeat(np.arange(n_items), 3)
    labeler = np.tile([0, 1, 2], n_items)
    label = rng.integers(0, 3, n_items)[item]
    label[labeler == 2] = rng.integers(0, 3, n_items)
    return block(item, labeler, label, n_labelers=4, values=[0.0, 1.0, 2.0], level=level)


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval", "ratio"])
def test_the_better_labeler_has_the_better_numbers_on_every_level(level):
    _, found = _numbers(_crowd(level))

    assert found.cohen_kappa.value[0] > found.cohen_kappa.value[2]
    assert found.alpha_effect.value[2] > 0 > found.alpha_effect.value[0]
    assert found.peers.tolist() == [2, 2, 2, 0]


def test_a_labeler_without_labels_is_unknown_and_the_document_is_plain_json():
    project, found = _numbers(_crowd())

    entry = labeler_part(found, 3, {}, [])

    assert entry["cohen_kappa"]["value"] is None
    assert entry["cohen_kappa"]["reason"]
    json.dumps([project_part(project, "nominal"), entry], allow_nan=False)


def test_an_empty_project_is_undefined_everywhere():
    empty = block([], [], [], n_labelers=0, values=[0.0, 1.0])

    project, found = _numbers(empty)

    part = project_part(project, "nominal")
    assert part["alpha"] == {"value": None, "reason": part["alpha"]["reason"], "level": "nominal"}
    assert found.labels.size == 0


def test_a_signal_without_a_p_value_says_null():
    _, found = _numbers(_crowd())
    line = SignalLine(
        signal="spam",
        estimate=Undefined(reason="3 labels where it takes 10"),
        p_value=math.nan,
        q_value=math.nan,
        detail={},
    )

    entry = labeler_part(found, 0, {}, [line])["signals"][0]

    assert (entry["p_value"], entry["q_value"]) == (None, None)
    assert entry["estimate"]["reason"] == "3 labels where it takes 10"


def test_numbers_are_rounded_far_below_their_interval():
    assert shown(Estimate(value=1 / 3, low=0.0, high=1.0, n=3))["value"] == 0.333333
