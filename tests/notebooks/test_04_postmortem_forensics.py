"""The postmortem: onsets as planted, the bribed lean to each other, and nobody else does."""

from dataclasses import replace
from datetime import datetime, timedelta

import pandas as pd
import pytest
from notebook_runs import ran

from labeltrust.domain.errors import InvalidInput, NotFound

NAME = "04_postmortem_forensics"


@pytest.fixture(scope="module")
def shown(seeded):
    return ran(NAME, seeded.deployment.settings)


def test_it_runs_tells_the_suspects_and_has_charts(shown):
    assert shown.text.startswith("6 suspects; 5 of them turned")
    assert len(shown.pictures) == 3


def test_a_case_file_narrows_it_to_its_labelers(planted, case):
    names = case.suspects

    found = ran(NAME, case.project.deployment.settings, INCIDENT=case.number)

    assert found.text.startswith("3 suspects; ")
    assert f"labeltrust incident add {case.number} --labeler" in found.text
    assert "incident opened" in found.html
    onsets = case.project.onsets(names)
    assert set(onsets["labeler"]) == set(names)
    assert names[2] not in planted
    assert pd.isna(onsets.set_index("labeler")["opened_at"][names[2]])


def test_a_case_file_of_nobody_or_of_elsewhere_is_refused(case):
    with pytest.raises(InvalidInput, match="no labeler belongs"):
        case.project.suspects(case.empty)
    with pytest.raises(NotFound, match="no incident 99"):
        case.project.case(99)
    with pytest.raises(NotFound, match="in project 'other'"):
        replace(case.project, name="other").case(case.number)


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
