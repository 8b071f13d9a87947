"""Signals that only corroborate: told in a case that others opened, and never more than that."""

from dataclasses import replace

import numpy as np
import pytest
from planted_crowds import appraised, flagged, judgments_of, planted

from labeltrust.policy.cases import corroborating
from labeltrust.signals._base import silent
from labeltrust.simulate import Crowd, Planting, Rhythm

CROWD = Crowd(n_labelers=24, n_items=1200, labels_per_item=5, class_shares=(0.6, 0.4))
CLICKERS = Planting(attack="fast_clicking", n_members=2, rate=1.0)
WEAK = {"bursts", "too_fast", "too_regular"}


@pytest.fixture(scope="module")
def clickers():
    found = planted(CLICKERS, crowd=replace(CROWD, rhythm=Rhythm()), seed=12_001)
    return found, appraised(judgments_of(found))


def test_the_evidence_of_a_flag_tells_which_weak_signals_agree(clickers):
    found, said = clickers

    flags = {finding.labeler: finding.state for finding in said.flags}

    for suspect in found.suspects.tolist():
        state = flags[suspect]
        told = state.evidence["corroborated_by"]
        assert "too_fast" in told
        assert told["too_fast"]["detail"]["times_of_others"] < 0.5
        assert not WEAK & set(state.signals)
        assert state.severity in {"medium", "high"}


def test_who_is_only_quick_is_not_flagged():
    found = judgments_of(planted(crowd=CROWD, seed=12_002))
    quick = np.where(found.labeler == 3, found.duration_seconds / 8, found.duration_seconds)

    said = appraised(replace(found, duration_seconds=quick))

    assert said.readings["too_fast"].p_value[3] < 0.01
    assert 3 not in flagged(said)
    assert "too_fast" not in said.suspicion.signals


def test_weak_signals_are_charged_for_one_another():
    def with_p(value):
        return replace(silent(1, ""), p_value=np.array([value]))

    assert corroborating({"a": with_p(0.04)}, 0) == ("a",)
    assert corroborating({"a": with_p(0.04), "b": with_p(0.5)}, 0) == ()
    assert corroborating({"a": with_p(0.02), "b": with_p(np.nan)}, 0) == ("a",)
