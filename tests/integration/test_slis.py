"""Service level indicators of a project: what is known, what is not, and why."""

from datetime import timedelta

import pytest
from commands import commands
from factories import label, owner
from recorded import project, record

from labeltrust.domain.errors import Conflict, NotFound
from labeltrust.domain.measures import MEASURES
from labeltrust.services.assess_project import assess_project
from labeltrust.services.import_file import ImportRequest, import_file
from labeltrust.services.slis.document import show_slis


@pytest.fixture
def frauds(deployment):
    project(deployment)
    return deployment


def of(report, measure, source=None):
    (found,) = [one for one in report.slis if one.id == measure and one.source == source]
    return found


def spoil(deployment, n):
    """Send labels that the scale does not know."""
    with pytest.raises(Conflict):
        record(deployment, [label(f"s{k}", "eve", label="no such class") for k in range(n)])


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
    assert [one["id"] for one in found.document["slis"] if not one["source"]] == list(MEASURES)
    assert "nothing was assessed yet" in shown.out
    assert cli("slis", "--project", "other").code == 2


def test_unreadable_events_burn_the_budget_of_their_source_alone(frauds):
    record(frauds, [label(f"i{k}", who) for k in range(40) for who in ("alice", "bob", "carol")])
    spoil(frauds, 12)

    report = show_slis(frauds, owner(), "fraud")

    source = of(report, "M8", "feed")
    assert (source.bad_n, source.value.n) == (12, 132)
    assert source.value.low < 12 / 132 < source.value.high
    assert source.firing == "page"
    assert of(report, "M4", "feed").firing == "page"
    assert source.budget_left.value < 0
    assert source.burn[0].long.value == pytest.approx(12 / 132 / 0.001)


def test_repeats_do_not_dilute_what_is_bad(frauds):
    events = [label(f"i{k}", "alice", event_id=f"e{k}") for k in range(100)]
    record(frauds, events)
    spoil(frauds, 1)
    before = of(show_slis(frauds, owner(), "fraud"), "M4", "feed")
    record(frauds, events)

    assert of(show_slis(frauds, owner(), "fraud"), "M4", "feed").value == before.value


def test_times_long_ago_are_doubted_in_a_webhook_and_usual_in_a_file(frauds, tmp_path):
    long_ago = frauds.clock() - timedelta(days=400)
    record(frauds, [label(f"i{k}", "alice", occurred_at=long_ago) for k in range(120)])
    table = tmp_path / "labels.csv"
    rows = [f"j{k},alice,benign,{long_ago.isoformat()}" for k in range(120)]
    table.write_text("\n".join(["item,labeler,label,created_at", *rows]), "utf-8")
    import_file(frauds, owner(), ImportRequest(path=table, project="fraud", source="files"), print)

    report = show_slis(frauds, owner(), "fraud")

    assert of(report, "M4", "feed").bad_n == 120
    assert of(report, "M4", "files").bad_n == 0
