"""What is kept of each labeler for pages adds up to the rows it was made from."""

import json

import numpy as np
import pytest

from labeltrust.counts import block, label_mix
from labeltrust.counts.exchange import count as exchange
from labeltrust.inference.crowd import fit_crowd
from labeltrust.inference.crowd_rows import crowd_rows
from labeltrust.policy.meetings import MOST_ON_ITEM, meetings
from labeltrust.policy.portraits import (
    DAY_US,
    SHOWN_ITEMS,
    SHOWN_OF_SUSPECTS,
    SHOWN_OTHERS,
    SPANS,
    portraits,
)
from labeltrust.signals._base import Evidence

N = 8


def evidence(item, labeler, label, n_labelers, **more):
    judgments = block(item, labeler, label, n_labelers=n_labelers, values=[0, 1], **more)
    everybody = np.ones(n_labelers, dtype=np.bool_)
    return Evidence(
        judgments=judgments,
        crowd=fit_crowd(crowd_rows(judgments), everybody),
        reference=everybody,
        exchange=exchange(judgments),
        label_mix=label_mix.count(judgments),
    )


@pytest.fixture(scope="module")
def crowd():
    """Eight labelers on 300 items; the last one contradicts everybody, two of them copy."""
    rng = np.random.default_rng(5)
    item = np.repeat(np.arange(300), N)
    labeler = np.tile(np.arange(N), 300)
    truth = np.repeat(rng.integers(0, 2, 300), N)
    wrong = rng.random(item.size) < 0.15
    label = np.where(wrong, 1 - truth, truth)
    label[labeler == N - 1] = 1 - truth[labeler == N - 1]
    label[labeler == 1] = label[labeler == 0]
    gold = np.arange(0, 300, 5)
    return evidence(
        item, labeler, label, N + 1, gold=(gold, truth[::N][gold]), occurred_us=item * DAY_US
    )


@pytest.fixture(scope="module")
def drawn(crowd):
    suspects = np.arange(N + 1) == N - 1
    return list(portraits(crowd, np.arange(N + 1) + 100, suspects))


def test_tables_and_spans_add_up_to_the_labels(drawn):
    for portrait in drawn[:N]:
        assert np.sum(portrait["gold"]) == 60
        assert np.sum(portrait["believed"]) == pytest.approx(300, abs=0.1)
        assert np.sum(portrait["mix"]) == np.sum(portrait["peers"]) == pytest.approx(300, abs=0.1)
        assert sum(portrait["spans"]["n"]) == 300
        assert len(portrait["spans"]["n"]) <= SPANS


def test_who_contradicts_everybody_is_off_the_diagonal_and_doubted(drawn):
    honest, hostile = drawn[2], drawn[N - 1]

    assert np.trace(honest["gold"]) > 45
    assert np.trace(hostile["gold"]) == 0
    assert sum(hostile["spans"]["doubted"]) > 250
    assert sum(honest["spans"]["doubted"]) < 100


def test_pairs_name_who_copies_and_who_contradicts(drawn):
    of_first = {pair["labeler"]: pair for pair in drawn[0]["pairs"]}

    assert drawn[0]["pairs"][0]["labeler"] == 101
    assert (of_first[101]["same"], of_first[101]["shared"]) == (300, 300)
    assert of_first[101]["excess"] > 3
    assert drawn[0]["pairs"][-1]["labeler"] == 100 + N - 1
    assert of_first[100 + N - 1]["excess"] < -3


def test_items_are_few_the_surest_first_with_what_everybody_else_said(drawn, crowd):
    hostile = drawn[N - 1]["items"]
    margins = [one["belief"] for one in hostile]

    assert len(hostile) == SHOWN_OF_SUSPECTS
    assert len(drawn[2]["items"]) <= SHOWN_ITEMS
    assert margins == sorted(margins, reverse=True)
    for one in hostile:
        rows = crowd.judgments.item == one["item"]
        said = {
            (int(who) + 100, int(label))
            for who, label in zip(
                crowd.judgments.labeler[rows], crowd.judgments.label[rows], strict=True
            )
        }
        assert {tuple(pair) for pair in one["others"]} | {(100 + N - 1, one["said"])} == said
        assert one["n_others"] == N - 1
        assert one["said"] != one["believed"]


def test_who_labeled_nothing_has_an_empty_portrait(drawn):
    nobody = drawn[N]

    assert nobody["items"] == nobody["pairs"] == nobody["spans"]["n"] == []
    assert np.sum(nobody["gold"]) == np.sum(nobody["believed"]) == 0


def test_portraits_are_plain_json(drawn):
    assert json.loads(json.dumps(drawn, allow_nan=False)) == drawn


def test_an_item_that_everybody_labels_stays_bounded():
    n = MOST_ON_ITEM + 20
    seen = evidence(np.zeros(n), np.arange(n), np.arange(n) % 2, n)

    (first, *_) = list(portraits(seen, np.arange(n), np.zeros(n, dtype=bool)))

    assert first["pairs"] == []
    assert all(len(one["others"]) <= SHOWN_OTHERS for one in first["items"])
    assert meetings(seen.crowd).other.size == 0


def test_a_crowd_of_nobody_is_drawn_too():
    empty = np.zeros(0, dtype=np.int64)
    seen = evidence(empty, empty, empty, 2)

    assert len(list(portraits(seen, np.arange(2), np.zeros(2, dtype=bool)))) == 2
