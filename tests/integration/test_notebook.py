"""The investigator's frames: tidy, named, and reading only."""

import pytest
from crowds import FLIP, small_crowd
from factories import owner
from recorded import history, project, record

from labeltrust.notebook import Project
from labeltrust.services.assess_project import assess_project


@pytest.fixture
def fraud(deployment):
    project(deployment)
    record(deployment, small_crowd(FLIP, seed=0).events)
    assess_project(deployment, owner(), "fraud")
    return Project(deployment=deployment, name="fraud")


def test_frames_have_one_row_a_thing_and_name_it(fraud):
    labelers, signals = fraud.labelers(), fraud.signals()
    flags, freezes, judgments = fraud.flags(), fraud.freezes(), fraud.judgments()

    assert labelers["labeler"].is_unique
    assert len(labelers) == 24
    assert {"trust", "trust_low", "trust_high", "trust_n"} <= set(labelers.columns)
    assert len(signals) == 24 * signals["signal"].nunique()
    assert flags["labeler"].tolist() == freezes["labeler"].tolist()
    assert len(judgments) == 2400
    assert set(judgments["label"]) == {"benign", "fraud"}
    assert judgments["item"].str.startswith("i").all()
    assert str(judgments["received_at"].dt.tz) == "UTC"


def test_a_number_that_cannot_be_computed_is_missing_with_its_reason(fraud):
    labelers = fraud.labelers()
    missing = labelers[labelers["label_shift"].isna()]

    assert missing["label_shift_reason"].notna().all()


def test_reading_leaves_no_trace(fraud):
    before = len(history(fraud.deployment))

    fraud.labelers()
    fraud.judgments()

    assert len(history(fraud.deployment)) == before
