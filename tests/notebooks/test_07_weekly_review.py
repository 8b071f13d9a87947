"""The review of a week: its numbers are those of the record, and say what waits."""

import shutil
from datetime import timedelta

import pytest
from factories import owner
from notebook_runs import ran

from labeltrust.app import build_deployment
from labeltrust.domain.estimates import Estimate, Undefined
from labeltrust.notebook import Project
from labeltrust.notebook._review_numbers import against_target
from labeltrust.services.decide_flag import decide_flag
from labeltrust.settings import Settings

NAME = "07_weekly_review"


@pytest.fixture(scope="module")
def review(seeded):
    return seeded.review()


@pytest.fixture(scope="module")
def shown(seeded):
    return ran(NAME, seeded.deployment.settings)


def test_it_tells_flags_targets_and_the_gate_and_has_charts(shown):
    assert "6 flags were opened, 0 confirmed, 0 dismissed." in shown.text
    assert "is closed now: " in shown.text
    assert "targets are missed: " in shown.text
    assert len(shown.pictures) == 2


def test_windows_are_whole_weeks_up_to_the_newest_label_and_hold_every_label(seeded, review):
    windows, judgments = review.windows(), seeded.judgments()

    assert windows["labels"].sum() == len(judgments)
    assert set(windows["begins"].diff().dropna()) == {timedelta(days=7)}
    last = windows.iloc[-1]
    inside = judgments[judgments["occurred_at"] >= last["begins"]]
    assert last["labels"] == len(inside)
    assert last["labelers"] == inside["labeler"].nunique()
    gold = inside.merge(seeded.gold(), on="item")
    assert last["gold"] == pytest.approx((gold["label_x"] == gold["label_y"]).mean())
    assert last["gold_n"] == len(gold)


def test_measures_stand_with_interval_or_reason_and_the_bribed_break_agreement(review):
    measures = review.measures().set_index("id")

    assert measures.loc["M5", "holds"] == "yes"
    assert measures.loc["M10", "holds"] == "no"
    assert measures.loc["M4", "value"] == pytest.approx(10 / 18_302, rel=0.2)
    assert (measures["value"].notna() | measures["value_reason"].notna()).all()


@pytest.mark.parametrize(
    ("measure", "value", "low", "high", "holds"),
    [
        ("M10", 0.85, 0.82, 0.88, "yes"),
        ("M10", 0.79, 0.75, 0.83, "not sure"),
        ("M1", 0.01, 0.00, 0.015, "yes"),
        ("M1", 0.09, 0.05, 0.12, "no"),
        ("M5", 0.999, 0.99, 1.0, "no"),
        ("M5", 1.0, 0.99, 1.0, "yes"),
    ],
)
def test_a_target_is_missed_only_where_the_whole_interval_misses_it(
    measure, value, low, high, holds
):
    found = Estimate(value=value, low=low, high=high, n=90)

    assert against_target(measure, found)["holds"] == holds
    assert against_target(measure, Undefined(reason="no labels"))["holds"] == "unknown"


def test_a_month_is_one_window(seeded):
    windows = seeded.review(28).windows()

    assert len(windows) == 2
    assert windows["labels"].iloc[-1] > 0.9 * windows["labels"].sum()


def test_the_gate_is_closed_since_the_assessment_and_never_longer_than_the_window(review):
    closed = review.gate_closed()

    assert timedelta() < closed < timedelta(hours=1)
    assert len(review.gate_reasons()) > 0


def test_what_waits_is_told(review):
    waits = review.to_do().set_index("what")["n"]

    assert waits["flags without a verdict"] == 6
    assert waits["targets missed"] == (review.measures()["holds"] == "no").sum()


@pytest.fixture
def copied(seeded, tmp_path):
    """The seeded project in an installation of its own, where verdicts may be given."""
    home = shutil.copytree(seeded.deployment.settings.home, tmp_path / "var")
    deployment = build_deployment(Settings(home=home))
    yield Project(deployment=deployment, name=seeded.name)
    deployment.engine.dispose()


def test_verdicts_count_in_the_window_and_for_their_signals(copied):
    flag = copied.flags().iloc[0]
    decide_flag(copied.deployment, owner(), int(flag["id"]), verdict="confirm", note="read them")

    review = copied.review()

    assert review.flags()["confirmed"].tolist() == [1, 0]
    assert review.flags()["days_to_verdict"].iloc[0] < 1
    signals = review.signals()
    confirmed = signals[signals["status"] == "confirmed"]
    assert set(confirmed["signal"]) == set(flag["signals"])
