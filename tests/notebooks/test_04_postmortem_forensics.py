"""The postmortem: onsets as planted, the bribed lean to each other, and nobody else does."""

from datetime import datetime, timedelta

import pandas as pd
import pytest
from notebook_runs import ran

NAME = "04_postmortem_forensics"


@pytest.fixture(scope="module")
def shown(seeded):
    return ran(NAME, seeded.deployment.settings)


def test_it_runs_tells_the_suspects_and_has_charts(shown):
    assert shown.text.startswith("6 suspects; 5 of them turned")
    assert len(shown.pictures) == 3


def test_onsets_are_the_planted_ones(seeded, planted):
    onsets = seeded.onsets().set_index("labeler")["onset"]

    assert set(onsets.index) == set(planted)
    for name, row in planted.items():
        if row["attack"] == "constant":
            assert pd.isna(onsets[name])
        else:
            since = datetime.fromisoformat(row["since"])
            assert abs(onsets[name] - since) < timedelta(days=2)


def test_those_who_say_benign_lean_to_each_other_and_no_honest_labeler_does(seeded, planted):
    everybody, between = seeded.company()
    benign = {n for n, row in planted.items() if row["attack"] in {"targeted_flip", "constant"}}
    honest = everybody[~everybody["flagged"]]
    pairs = between[between["labeler"].isin(benign) & between["suspect"].isin(benign)]

    assert (everybody[everybody["labeler"].isin(benign)]["lean_low"] > 0).all()
    assert (honest["lean_low"] <= 0).mean() > 0.9
    assert pairs["lean"].mean() > 0.1


def test_no_arrangement_was_planted_and_none_is_found(seeded):
    everybody, _ = seeded.company()

    assert not (everybody["meets"].abs() > 4).any()
    assert not (everybody["hurries"].abs() > 4).any()


def test_the_timeline_holds_flags_freezes_and_training_sets(seeded):
    history = seeded.history()

    assert {"flag opened", "freeze placed", "snapshot created"} <= set(history["what"])
    assert history["sequence"].is_monotonic_increasing
