"""Signals of behaviour are rarely surprised by honest labelers, whatever the crowd is like."""

import numpy as np
import pytest
from planted_crowds import evidence_of, judgments_of, planted
from scipy import stats

from labeltrust.signals import (
    bursts,
    feature_trigger,
    suggestion_acceptance,
    text_trigger,
    too_fast,
    too_regular,
)
from labeltrust.simulate import Assistant, Crowd, Prose, Rhythm, Traits

KNOWN = {"rhythm": Rhythm(), "assistant": Assistant(), "traits": Traits(), "prose": Prose()}
CROWDS = {
    "uneven activity": Crowd(n_labelers=60, n_items=3000, activity_spread=1.0, **KNOWN),
    "twelve labelers": Crowd(n_labelers=12, n_items=800, labels_per_item=4, **KNOWN),
    "hard items, four classes": Crowd(
        n_labelers=30,
        n_items=2000,
        labels_per_item=5,
        class_shares=(0.4, 0.3, 0.2, 0.1),
        difficulty_spread=1.5,
        rhythm=Rhythm(),
        assistant=Assistant(acceptance=0.3),
        traits=Traits(),
        prose=Prose(topics=3),
    ),
    "leanings, at any hour": Crowd(
        bias_spread=0.7,
        class_shares=(0.6, 0.4),
        assistant=Assistant(accuracy=0.7),
        traits=Traits(channels=8),
        prose=Prose(words=40),
    ),
    "three labels an item": Crowd(labels_per_item=3, class_shares=(0.85, 0.15), **KNOWN),
}
SIGNALS = (too_fast, bursts, too_regular, suggestion_acceptance, feature_trigger, text_trigger)
SEEDS = (12_101, 12_102, 12_103)


@pytest.fixture(scope="module")
def honest():
    """Every signal's p-values of all honest labelers, by signal."""
    found = {module: [] for module in SIGNALS}
    for crowd in CROWDS.values():
        for seed in SEEDS:
            evidence = evidence_of(judgments_of(planted(crowd=crowd, seed=seed)))
            for module in SIGNALS:
                p_value = module.SIGNAL.read(evidence).p_value
                found[module].append(p_value[np.isfinite(p_value)])
    return {module: np.concatenate(parts) for module, parts in found.items()}


@pytest.mark.parametrize("module", SIGNALS)
@pytest.mark.parametrize(("level", "claimed"), [(0.001, 0.003), (0.01, 0.02)])
def test_small_p_values_are_as_rare_as_they_claim(honest, module, level, claimed):
    p_value = honest[module]

    surprised = int((p_value < level).sum())

    assert p_value.size > 300
    assert stats.binom.sf(surprised - 1, p_value.size, claimed) > 1e-6
