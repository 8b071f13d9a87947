"""Readings weighed together."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binomtest, norm
from statsmodels.stats.multitest import multipletests

from labeltrust.inference.combination import combined
from labeltrust.policy.population import accusations, false_discovery, is_divided, weigh
from labeltrust.policy.settings import PolicySettings
from labeltrust.signals._base import Signal, silent

PEERS = Signal(
    title="x", levels=frozenset({"nominal"}), min_judgments=1, read=lambda _: None, unit="y"
)
GOLD = replace(PEERS, rests_on="gold")
SETTINGS = PolicySettings()
MANY = 40
BUSY = np.full(MANY, 50)


def says(p_value, log_e):
    return replace(
        silent(MANY, ""), p_value=np.asarray(p_value), log_e=np.asarray(log_e, dtype=float)
    )


def quiet():
    return says(np.linspace(0.05, 1, MANY), np.zeros(MANY))


def loud(*who, log_e=30.0):
    p_value, evidence = np.linspace(0.05, 1, MANY), np.zeros(MANY)
    p_value[list(who)], evidence[list(who)] = 1e-9, log_e
    return says(p_value, evidence)


def test_q_values_are_those_of_statsmodels_over_all_cells_that_say_something():
    rng = np.random.default_rng(1)
    p_value = rng.random((3, 50)) ** 3
    p_value[0, :10] = np.nan

    q_value = false_discovery(p_value)

    known = np.isfinite(p_value)
    assert q_value[known] == pytest.approx(multipletests(p_value[known], method="fdr_bh")[1])
    assert np.isnan(q_value[~known]).all()


def test_a_signal_accuses_from_the_least_rate_on_that_selects_its_labeler_and_covers_its_charge():
    rng = np.random.default_rng(2)
    p_value = rng.random((4, 30)) ** 4
    p_value[1, :7] = np.nan
    weight = np.array([2.0, 1.0, 1.0, 0.5])
    of_labeler = combined(p_value, weight)

    q_value = accusations(p_value, of_labeler, weight)

    charge = np.where(np.isfinite(p_value), weight[:, None], 0).sum(axis=0) / weight[:, None]
    for rate in (0.01, 0.05, 0.2, 0.5):
        selected = multipletests(of_labeler, rate, "fdr_bh")[0]
        level = rate * selected.sum() / of_labeler.size
        accused = selected & (p_value * charge <= level)
        loudest = np.nanargmin(np.where(np.isfinite(p_value), p_value * charge, 2.0), axis=0)
        accused[loudest, np.arange(30)] = selected
        np.testing.assert_array_equal(np.nan_to_num(q_value, nan=2.0) <= rate, accused)


@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.95])
def test_combined_p_values_are_small_no_more_often_than_they_say(correlation):
    rng = np.random.default_rng(20_001)
    common, own = rng.standard_normal((1, 200_000)), rng.standard_normal((8, 200_000))
    z = np.sqrt(correlation) * common + np.sqrt(1 - correlation) * own

    p = combined(norm.sf(z), np.array([3.0, 2.0, 1.0, 1.0, 1.0, 1.0, 0.5, 0.5]))

    for level in (0.01, 0.001):
        assert binomtest(int((p < level).sum()), p.size, 1.15 * level, "greater").pvalue > 1e-6


def test_a_project_without_readings_suspects_nobody():
    nothing = silent(MANY, "no data")

    found = weigh({"a": nothing}, {"a": PEERS}, SETTINGS, activity=BUSY)

    assert not found.suspected.any()


def test_strong_evidence_of_one_signal_is_enough():
    found = weigh({"a": loud(3), "b": quiet()}, {"a": PEERS, "b": PEERS}, SETTINGS, activity=BUSY)

    assert np.flatnonzero(found.strong).tolist() == [3]
    assert np.flatnonzero(found.accused[0]).tolist() == [3]


def test_a_p_value_alone_flags_and_never_freezes():
    found = weigh({"a": loud(3, log_e=0.0)}, {"a": PEERS}, SETTINGS, activity=BUSY)

    assert found.suspected[3]
    assert not found.strong.any()


def test_signals_that_only_corroborate_take_no_part():
    timing = replace(PEERS, corroborates_only=True)

    found = weigh({"a": loud(3), "b": quiet()}, {"a": timing, "b": PEERS}, SETTINGS, activity=BUSY)

    assert found.signals == ("b",)
    assert not found.suspected.any()


def test_a_signal_that_takes_many_labels_leaves_the_budget_to_others_until_it_has_them():
    slow = replace(PEERS, weight=20.0, whole_from=1000)
    faint = np.linspace(0.05, 1, MANY)
    faint[3] = 4e-4
    readings = {"a": says(faint, np.zeros(MANY)), "b": quiet()}
    signals = {"a": PEERS, "b": slow}

    early = weigh(readings, signals, SETTINGS, activity=BUSY)
    late = weigh(readings, signals, SETTINGS, activity=np.full(MANY, 1000))

    assert np.flatnonzero(early.suspected).tolist() == [3]
    assert not late.suspected.any()


def test_fewer_than_ten_labelers_prove_nothing_but_on_gold():
    readings = {"a": loud(3), "g": loud(5)}

    found = weigh(
        readings, {"a": PEERS, "g": GOLD}, SETTINGS, activity=np.where(np.arange(MANY) < 9, 50, 1)
    )

    assert np.flatnonzero(found.strong).tolist() == [5]
    assert found.suspected[3]


def test_a_crowd_of_suspects_is_divided():
    few = weigh({"a": loud(*range(10))}, {"a": PEERS}, SETTINGS, activity=BUSY)
    many = weigh({"a": loud(*range(11))}, {"a": PEERS}, SETTINGS, activity=BUSY)

    assert not is_divided(few, BUSY, SETTINGS)
    assert is_divided(many, BUSY, SETTINGS)
    assert not is_divided(many, np.zeros(MANY, dtype=int), SETTINGS)
