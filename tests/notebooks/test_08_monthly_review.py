"""The review of a month: drills, false alarms and objectives are those on record."""

import shutil
from dataclasses import replace

import pytest
from drilled import FOUND, UNSEEN
from drilled import drilled as drills
from factories import owner
from notebook_runs import ran

from labeltrust.app import build_deployment
from labeltrust.notebook import Project, month, share_words
from labeltrust.services.decide_flag import decide_flag

NAME = "08_monthly_review"


@pytest.fixture(scope="module")
def drilled(seeded, tmp_path_factory):
    """A copy of the sample project: one drill was found, one never, two flags decided."""
    home = tmp_path_factory.mktemp("month") / "var"
    shutil.copytree(seeded.deployment.settings.home, home)
    deployment = build_deployment(replace(seeded.deployment.settings, home=home, database_url=""))
    drills(deployment, [FOUND])
    drills(deployment, [UNSEEN], campaign="slow")
    decide_flag(deployment, owner(), 1, verdict="confirm", note="audited")
    decide_flag(deployment, owner(), 2, verdict="dismiss", note="honest")
    yield Project(deployment=deployment, name=seeded.name)
    deployment.engine.dispose()


def test_drills_and_false_alarms_are_told_with_interval_and_n(drilled):
    found = month(drilled)
    drills = found.drills().set_index("campaign")

    assert list(drills.index) == ["flip", "slow"]
    assert drills.loc["slow", "detected"] == "no"
    assert drills.loc["slow", "contained"] == "nothing found"
    assert found.drill_shares().n == 2
    assert found.drill_shares().contained.n == 1
    assert (found.false_alarms().value, found.false_alarms().n) == (0.5, 2)
    assert share_words(found.false_alarms()).endswith("of 2")
    assert (found.objectives()["value"].notna() | found.objectives()["value_reason"].notna()).all()


def test_the_notebook_says_so_and_has_charts(drilled):
    shown = ran(NAME, drilled.deployment.settings)

    assert "Flags that turned out to be false alarms: 50 % [" in shown.text
    assert "Drills found in time: " in shown.text
    assert "of 2." in shown.text
    assert "objectives burn faster than they may" in shown.text
    assert len(shown.pictures) == 2


def test_a_month_without_drills_says_how_to_have_some(seeded):
    found = month(seeded)

    assert found.drills().empty
    assert share_words(found.drill_shares().detected) == "undefined: no drill was carried out"
