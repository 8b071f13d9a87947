"""Hurry: against the others of the same items, always or now and then."""

from dataclasses import replace

import numpy as np
import pytest
from planted_crowds import evidence_of, judgments_of, planted

from labeltrust.signals.too_fast import SIGNAL
from labeltrust.simulate import Crowd

CROWD = Crowd(n_labelers=24, n_items=1200, labels_per_item=5)


@pytest.fixture(scope="module")
def judgments():
    return judgments_of(planted(crowd=CROWD, seed=12_201))


def hurried(judgments, rows, factor):
    seconds = np.where(rows, judgments.duration_seconds / factor, judgments.duration_seconds)
    return SIGNAL.read(evidence_of(replace(judgments, duration_seconds=seconds)))


def test_somebody_who_always_hurries_is_found(judgments):
    found = hurried(judgments, judgments.labeler == 5, 8)

    assert found.p_value[5] < 0.01
    assert found.p_value[5] == np.nanmin(found.p_value)
    assert found.effect[5] > 0.7


def test_somebody_who_clicks_now_and_then_is_found(judgments):
    some = np.random.default_rng(1).random(judgments.n) < 0.25

    found = hurried(judgments, some & (judgments.labeler == 4), 10)

    assert found.p_value[4] < 0.01
    assert found.detail[4]["hasty"] > 5 * np.median([d["hasty"] for d in found.detail])


def test_quick_items_are_quick_for_everybody(judgments):
    easy = np.isin(judgments.item, np.flatnonzero(np.arange(judgments.n_items) % 2))
    mine = judgments.labeler == 5
    kept = replace(
        judgments, duration_seconds=np.where(mine & ~easy, np.nan, judgments.duration_seconds)
    )

    found = hurried(kept, easy, 20)

    assert found.p_value[5] > 0.01


def test_without_durations_it_is_silent(judgments):
    unknown = replace(judgments, duration_seconds=np.full(judgments.n, np.nan))

    found = SIGNAL.read(evidence_of(unknown))

    assert set(found.reason) == {"no durations on record"}
    assert np.isnan(found.p_value).all()


def test_it_only_corroborates_and_says_what_it_needs():
    assert SIGNAL.corroborates_only
    assert SIGNAL.needs == {"durations"}
