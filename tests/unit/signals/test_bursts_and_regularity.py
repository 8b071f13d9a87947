"""Times of labels: bursts, and intervals no person keeps."""

from dataclasses import replace

import numpy as np
import pytest
from planted_crowds import evidence_of, judgments_of, planted

from labeltrust.signals import bursts, too_regular
from labeltrust.simulate import Crowd, Planting, Rhythm

CROWD = Crowd(n_labelers=24, n_items=1500, labels_per_item=5, rhythm=Rhythm())


@pytest.fixture(scope="module")
def judgments():
    return judgments_of(planted(crowd=CROWD, seed=12_301))


def at_times(judgments, labeler, seconds):
    """Move a labeler's labels to a row of moments with the given intervals, from his first on."""
    mine = np.flatnonzero(judgments.labeler == labeler)
    mine = mine[np.argsort(judgments.occurred_us[mine])]
    times = judgments.occurred_us.copy()
    passed = np.cumsum(seconds[: mine.size]) * 1_000_000
    times[mine] = times[mine[0]] + passed.astype(np.int64)
    return replace(judgments, occurred_us=times)


def test_a_script_that_answers_every_few_seconds_is_too_regular(judgments):
    rng = np.random.default_rng(2)
    moved = at_times(judgments, 7, 9 + np.rint(rng.normal(0, 0.4, 2000)))

    found = too_regular.SIGNAL.read(evidence_of(moved))

    assert found.p_value[7] < 0.01
    assert found.p_value[7] == np.nanmin(found.p_value)
    assert found.detail[7]["alike"] > 0.7 * found.detail[7]["of"]
    assert found.detail[7]["variation"] < 0.2


def test_breaks_do_not_hide_a_script(judgments):
    seconds = np.full(2000, 9.0)
    seconds[::12] = 600.0

    found = too_regular.SIGNAL.read(evidence_of(at_times(judgments, 7, seconds)))

    assert found.p_value[7] < 0.01
    assert found.detail[7]["variation"] > 1


@pytest.mark.parametrize("rate", [1.0, 0.3])
def test_clicking_away_a_day_in_one_go_is_a_burst(rate):
    clicks = Planting(attack="fast_clicking", n_members=2, rate=rate)
    found = planted(clicks, crowd=CROWD, seed=12_302)

    said = bursts.SIGNAL.read(evidence_of(judgments_of(found)))

    honest = np.setdiff1d(np.arange(24), found.suspects)
    assert (said.p_value[found.suspects] < 0.02).all()
    assert np.median(said.p_value[honest]) > 0.2


@pytest.mark.parametrize("module", [bursts, too_regular])
def test_one_moment_for_all_labels_tells_nothing(module, judgments):
    at_once = replace(judgments, occurred_us=np.full(judgments.n, 1_790_000_000_000_000))

    found = module.SIGNAL.read(evidence_of(at_once))

    assert set(found.reason) == {"no times on record that tell labels of one session apart"}


@pytest.mark.parametrize("module", [bursts, too_regular])
def test_both_only_corroborate(module):
    assert module.SIGNAL.corroborates_only
    assert module.SIGNAL.needs == {"times"}


def test_the_busiest_minute_is_told(judgments):
    found = bursts.SIGNAL.read(evidence_of(at_times(judgments, 7, np.ones(2000))))

    assert found.detail[7]["busiest_minute"] == 60
