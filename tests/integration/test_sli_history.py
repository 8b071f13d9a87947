"""Indicators over weeks: the mix of labels, agreement, freshness, and what people are told."""

from datetime import timedelta

import numpy as np
import pytest
from factories import label, owner
from receivers import channel, near, receiving, told
from recorded import project, record

from labeltrust.app import wall_clock
from labeltrust.services.alerting.list_alerts import list_alerts
from labeltrust.services.assess_project import assess_project
from labeltrust.services.slis.document import show_slis

WEEKS = 5


@pytest.fixture
def frauds(deployment, clock):
    clock.now = wall_clock().replace(minute=1)
    project(deployment)
    return near(deployment)


def month(deployment, clock, *, last=0.2):
    """Record five weeks of labels, three a day's item; in the last week other shares are fraud."""
    rng = np.random.default_rng(11)
    end = clock.now
    for week in range(WEEKS, 0, -1):
        clock.now = end - timedelta(days=7 * week - 6.5)
        share = last if week == 1 else 0.2
        fraud = rng.random(300) < share
        labels = [
            label(f"w{week}-{k}", who, label="fraud" if one != (rng.random() < 0.05) else "benign")
            for k, one in enumerate(fraud.tolist())
            for who in ("alice", "bob", "carol")
        ]
        record(deployment, labels)
    clock.now = end


def of(deployment, measure, source=None):
    report = show_slis(deployment, owner(), "fraud")
    (found,) = [one for one in report.slis if one.id == measure and one.source == source]
    return found


def test_weeks_alike_are_stable_and_agree_as_usual(frauds, clock):
    month(frauds, clock)
    assess_project(frauds, owner(), "fraud")

    stable, agree = of(frauds, "M1"), of(frauds, "M10")

    assert stable.value.low <= 0.0 <= stable.value.value < 0.05
    assert stable.firing is None
    assert agree.objective == pytest.approx(agree.beside["usual"].value - 0.03)
    assert agree.beside["agreement"].low < 0.905 < agree.beside["agreement"].high
    assert agree.beside["alpha"].value is not None
    assert agree.firing is None
    assert of(frauds, "M1", "feed").value.value is not None


def test_a_week_of_other_labels_burns_and_is_told_once(frauds, clock):
    month(frauds, clock, last=0.5)
    assess_project(frauds, owner(), "fraud")
    found = of(frauds, "M1")
    with receiving() as receiver:
        channel(frauds, "generic", receiver.url, codes=("objective_burning",))
        told(frauds, clock, times=6, seconds=61)

    assert 0.2 < found.value.value < 0.4
    assert found.firing == "ticket"
    alerts = [a for a in list_alerts(frauds, owner()) if a.code == "objective_burning"]
    assert "M1 Label stability" in receiver.documents[0]["text"]
    assert len({d["key"] for d in receiver.documents}) == 1
    assert alerts


def test_a_project_without_a_past_has_no_baseline(frauds):
    record(frauds, [label(f"i{k}", who) for k in range(5) for who in ("alice", "bob")])
    assess_project(frauds, owner(), "fraud")

    assert of(frauds, "M1").value.reason == (
        "only 0 of at least 200 labels in the four weeks before"
    )
    agree = of(frauds, "M10")
    assert agree.objective is None
    assert agree.budget_left.reason == "the project has no baseline yet"
    assert agree.beside["agreement"].value == 1.0


def test_labels_that_waited_for_an_assessment_are_not_fresh(frauds, clock):
    record(frauds, [label(f"i{k}", "alice") for k in range(150)])
    clock.tick(61)
    record(frauds, [label(f"j{k}", "alice") for k in range(100)])
    clock.tick(59)
    record(frauds, [label(f"k{k}", "alice") for k in range(50)])
    assess_project(frauds, owner(), "fraud")
    assess_project(frauds, owner(), "fraud")

    found = of(frauds, "S4")

    assert (found.bad_n, found.value.n) == (150, 300)
