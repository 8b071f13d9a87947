"""Service level indicators of a project: what is known, what is not, and why."""

import pytest
from commands import commands
from factories import label, owner
from recorded import project, record

from labeltrust.domain.errors import NotFound
from labeltrust.domain.measures import MEASURES
from labeltrust.services.assess_project import assess_project
from labeltrust.services.slis.document import show_slis


@pytest.fixture
def frauds(deployment):
    project(deployment)
    return deployment


def of(report, measure, source=None):
    (found,) = [one for one in report.slis if one.id == measure and one.source == source]
    return found


def test_an_empty_project_knows_no_measure_and_says_why(frauds):
    report = show_slis(frauds, owner(), "fraud")

    assert [one.id for one in report.slis] == list(MEASURES)
    assert all(one.value.value is None and one.value.reason for one in report.slis)
    assert [one.firing for one in report.slis] == [None] * len(MEASURES)


def test_provenance_is_that_of_the_labels_of_the_newest_assessment(frauds):
    record(frauds, [label("i1", "alice"), label("i1", "bob")])
    assess_project(frauds, owner(), "fraud")

    found = of(show_slis(frauds, owner(), "fraud"), "M5")

    assert (found.value.value, found.value.n, found.bad_n) == (0.0, 2, 0)
    assert found.zero_budget
    assert found.objective == 1.0
    assert found.budget_left.value is None
    assert found.firing is None


def test_another_project_is_not_found(frauds):
    with pytest.raises(NotFound):
        show_slis(frauds, owner(), "secret")


def test_the_command_prints_what_the_route_answers(frauds, monkeypatch, capsys):
    record(frauds, [label("i1", "alice")])
    cli = commands(frauds.settings, monkeypatch, capsys)

    found = cli("slis", "--project", "fraud", "--json")
    shown = cli("slis", "--project", "fraud")

    assert (found.code, shown.code) == (0, 0)
    assert [one["id"] for one in found.document["slis"]] == list(MEASURES)
    assert "nothing was assessed yet" in shown.out
    assert cli("slis", "--project", "other").code == 2
