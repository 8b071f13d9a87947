"""Rules for every signal that is found, those not written yet included."""

from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest
from blocks import drawn
from planted_crowds import evidence_of, judgments_of, planted

from labeltrust import signals
from labeltrust.counts import block
from labeltrust.counts._base import LEVELS as ALL_LEVELS
from labeltrust.discovery import discover
from labeltrust.signals._base import Readings, Signal
from labeltrust.simulate import Assistant, Crowd, Planting, Prose, Rhythm, Traits

SIGNALS: dict[str, Signal] = discover(signals, "SIGNAL", Signal)
LEVELS = ("nominal", "ordinal", "interval", "ratio")
ARRAYS = ("effect", "low", "high", "n", "p_value", "log_e", "onset_row", "earliest_row")
CROWD = Crowd(
    n_labelers=20,
    n_items=500,
    labels_per_item=5,
    class_shares=(0.5, 0.3, 0.2),
    rhythm=Rhythm(),
    assistant=Assistant(accuracy=0.7),
    traits=Traits(),
    prose=Prose(),
)
FLIP = Planting(attack="targeted_flip", n_members=2, rate=0.9, from_class=1, to_class=0)

every_signal = pytest.mark.parametrize("name", SIGNALS)


@pytest.fixture(scope="module")
def judgments():
    found = judgments_of(planted(FLIP, crowd=CROWD))
    return replace(found, n_labelers=21)  # the last labeler never labeled anything


@pytest.fixture(scope="module")
def evidence(judgments):
    return evidence_of(judgments)


def told(judgments):
    """Return the features of a block as they are given to one."""
    return {
        name: (np.arange(judgments.n_items), feature.values)
        for name, feature in judgments.features.items()
    }


def read(name, evidence) -> Readings:
    return SIGNALS[name].read(evidence)


def test_the_signals_of_the_first_set_are_found():
    needed = {
        "low_gold_accuracy",
        "low_agreement",
        "targeted_flip",
        "spam",
        "label_shift",
        "flipped_labels",
    }

    assert needed <= set(SIGNALS)


@every_signal
def test_a_signal_says_what_it_counts_and_which_levels_it_reads(name):
    signal = SIGNALS[name]

    assert signal.title
    assert signal.title[0].islower()
    assert signal.unit
    assert signal.levels <= set(ALL_LEVELS)
    assert signal.rests_on in {"gold", "peers"}
    assert signal.min_judgments > 0


@every_signal
def test_readings_have_one_entry_a_labeler_and_are_frozen(name, evidence):
    found = read(name, evidence)

    assert all(getattr(found, column).shape == (21,) for column in ARRAYS)
    assert len(found.reason) == len(found.detail) == 21
    with pytest.raises(FrozenInstanceError):
        found.n = None


@every_signal
def test_a_labeler_without_judgments_is_undefined_and_never_suspect(name, evidence):
    found = read(name, evidence)

    assert np.isnan(found.effect[20])
    assert np.isnan(found.p_value[20])
    assert np.isnan(found.log_e[20])
    assert found.reason[20]


@every_signal
def test_a_p_value_is_a_probability_and_its_absence_has_a_reason(name, evidence):
    found = read(name, evidence)

    known = np.isfinite(found.p_value)
    assert known.any()
    assert ((found.p_value[known] >= 0) & (found.p_value[known] <= 1)).all()
    assert [not why for why in found.reason] == known.tolist()


@every_signal
def test_an_effect_lies_in_its_interval(name, evidence):
    found = read(name, evidence)

    known = np.isfinite(found.effect)
    assert (found.low[known] <= found.effect[known] + 1e-9).all()
    assert (found.effect[known] <= found.high[known] + 1e-9).all()


@every_signal
def test_an_onset_is_a_row_of_the_labeler_and_its_margin_lies_before_it(name, evidence):
    found = read(name, evidence)
    rows = evidence.crowd.rows

    for labeler in np.flatnonzero(found.onset_row >= 0):
        onset, earliest = found.onset_row[labeler], found.earliest_row[labeler]
        assert rows.labeler[onset] == labeler
        assert earliest < 0 or rows.occurred_us[earliest] <= rows.occurred_us[onset]


def alike(one: Readings, two: Readings, order: np.ndarray) -> bool:
    return all(
        np.allclose(getattr(one, column)[order], getattr(two, column), atol=1e-4, equal_nan=True)
        for column in ("effect", "low", "high", "n", "p_value", "log_e")
    )


@every_signal
def test_a_renamed_labeler_changes_nothing(name, judgments, evidence):
    new = np.random.default_rng(1).permutation(21)
    old = np.argsort(new)
    renamed = block(
        judgments.item,
        new[judgments.labeler],
        judgments.label,
        n_labelers=21,
        values=judgments.values,
        occurred_us=judgments.occurred_us,
        received_us=judgments.received_us,
        duration_seconds=judgments.duration_seconds,
        suggestion=judgments.suggestion,
        features=told(judgments),
        tokens=judgments.tokens,
        gold=(np.flatnonzero(judgments.gold >= 0), judgments.gold[judgments.gold >= 0]),
    )

    assert alike(read(name, evidence), read(name, evidence_of(renamed)), old)


@every_signal
def test_a_renamed_class_changes_nothing(name, judgments, evidence):
    new = np.array([2, 0, 1])
    known = np.flatnonzero(judgments.gold >= 0)
    renamed = block(
        judgments.item,
        judgments.labeler,
        new[judgments.label],
        n_labelers=21,
        values=judgments.values,
        occurred_us=judgments.occurred_us,
        received_us=judgments.received_us,
        duration_seconds=judgments.duration_seconds,
        suggestion=np.where(judgments.suggestion >= 0, new[judgments.suggestion], -1),
        features=told(judgments),
        tokens=judgments.tokens,
        gold=(known, new[judgments.gold[known]]),
    )

    assert alike(read(name, evidence), read(name, evidence_of(renamed)), np.arange(21))


@every_signal
@pytest.mark.parametrize("level", LEVELS)
def test_every_level_is_read_or_met_with_a_reason(name, level):
    rng = np.random.default_rng(2)
    numbers = rng.integers(0, 30, 900)
    b = block(
        np.repeat(range(75), 12),
        list(range(12)) * 75,
        numbers,
        n_labelers=12,
        values=np.arange(30.0),
        level=level,
        occurred_us=rng.integers(0, 10**13, 900),
        gold=(range(20), rng.integers(0, 30, 20)),
    )

    found = read(name, evidence_of(b))

    assert np.isfinite(found.p_value).any() or all(found.reason)


@every_signal
@pytest.mark.parametrize("n", [0, 1, 7, 40])
def test_small_and_empty_projects_are_read_in_silence(name, n):
    found = read(name, evidence_of(drawn(np.random.default_rng(n), n).block()))

    assert not (found.p_value < 0.001).any()


@every_signal
def test_what_is_known_of_no_honest_majority_is_said_without_a_population(name, evidence):
    found = read(name, replace(evidence, peers_prove=False))

    assert len(found.tests) <= 1
