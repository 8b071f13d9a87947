"""The whole appraisal: one document, flags and freezes, from judgments alone."""

import json
from dataclasses import replace

import numpy as np
import pytest
from blocks import drawn
from planted_crowds import USUAL, appraised, codes, flagged, held, judgments_of, planted

from labeltrust.counts import block
from labeltrust.policy.settings import PolicySettings
from labeltrust.simulate import Planting

FLIP = Planting(attack="targeted_flip", n_members=1, rate=0.95, from_class=1, to_class=0)
KEYS = {
    "labeler", "kind", "labels", "items", "frozen", "trust", "gold_accuracy", "cohen_kappa",
    "kappa_to_consensus", "alpha_without", "alpha_effect", "label_shift", "signals", "flag",
}  # fmt: skip


@pytest.fixture(scope="module")
def found():
    return planted(FLIP, crowd=USUAL, seed=3)


@pytest.fixture(scope="module")
def said(found):
    return appraised(judgments_of(found))


def test_the_document_has_the_keys_of_the_contract(said):
    document = said.document

    assert {"items", "labels", "labelers_n", "alpha", "label_shift", "labelers"} <= set(document)
    assert (document["items"], document["labels"], document["labelers_n"]) == (2400, 12000, 40)
    assert all(set(entry) >= KEYS for entry in document["labelers"])
    trust = document["labelers"][0]["trust"]
    assert {"value", "low", "high", "n", "reason", "classes"} == set(trust)
    assert [entry["label"] for entry in trust["classes"]] == ["0", "1"]
    assert document["alpha"]["level"] == "nominal"


def test_what_cannot_be_computed_is_null_with_a_reason_and_never_nan(said):
    text = json.dumps(said.document, allow_nan=False)

    assert json.loads(text) == said.document
    silent = appraised(block([1, 2], [0, 1], [0, 1], n_labelers=2, values=[0, 1])).document
    alone = silent["labelers"][0]["cohen_kappa"]
    assert alone["value"] is None
    assert alone["reason"]


def test_the_planted_labeler_is_flagged_held_and_marked_in_the_document(found, said):
    suspect = int(found.suspects[0])
    entry = said.document["labelers"][suspect]

    assert flagged(said) == held(said) == {suspect}
    assert entry["frozen"]
    assert entry["flag"]["severity"] == "high"
    assert "targeted_flip" in entry["flag"]["signals"]
    others = [e for e in said.document["labelers"] if e["id"] != entry["id"]]
    assert not any(e["frozen"] or e["flag"] for e in others)


def test_every_signal_speaks_of_every_labeler(said):
    named = [{line["signal"] for line in entry["signals"]} for entry in said.document["labelers"]]

    assert all(names == named[0] and len(names) >= 5 for names in named)


def test_the_order_of_arrival_in_memory_does_not_matter(found, said):
    whole = judgments_of(found)
    order = np.random.default_rng(1).permutation(whole.n)
    known = np.flatnonzero(whole.gold >= 0)
    shuffled = block(
        whole.item_id[whole.item][order],
        whole.labeler[order],
        whole.label[order],
        n_labelers=whole.n_labelers,
        values=whole.values,
        occurred_us=whole.occurred_us[order],
        received_us=whole.received_us[order],
        duration_seconds=whole.duration_seconds[order],
        gold=(whole.item_id[known], whole.gold[known]),
    )

    assert appraised(shuffled).document == said.document


def test_the_rates_are_those_that_are_set(found):
    judgments = judgments_of(found)

    never = appraised(judgments, policy=PolicySettings(freeze_rate=1e-300, flag_rate=1e-12))
    often = appraised(judgments, policy=PolicySettings(flag_rate=0.5))

    assert not held(never)
    assert codes(found.suspects) <= flagged(often)


MANY = Planting(attack="uniform_flip", n_members=12, rate=0.9)


def test_a_crowd_that_is_divided_is_judged_by_gold_alone():
    found = planted(MANY, crowd=replace(USUAL, gold_share=0.4), seed=5)

    said = appraised(judgments_of(found))

    assert said.divided
    assert held(said)
    assert held(said) <= codes(found.suspects)


def test_without_gold_nobody_can_tell_which_part_of_a_crowd_is_honest():
    found = planted(MANY, crowd=replace(USUAL, gold_share=0.0), seed=5)

    assert not held(appraised(judgments_of(found)))


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval", "ratio"])
@pytest.mark.parametrize("seed", range(3))
def test_a_handful_of_judgments_is_appraised_in_silence(level, seed):
    said = appraised(drawn(np.random.default_rng(seed), 30, level).block())

    json.dumps(said.document, allow_nan=False)
    assert not said.flags
    assert not said.freezes


def test_a_project_without_judgments_is_appraised():
    said = appraised(block([], [], [], n_labelers=3, values=[0, 1]))

    assert said.document["labels"] == 0
    assert [entry["labels"] for entry in said.document["labelers"]] == [0, 0, 0]
