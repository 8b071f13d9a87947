"""Suppliers of a project: sources and vendors, read by an assessment, shown everywhere alike."""

import pytest
from commands import commands
from factories import gold, label, owner
from recorded import project, record

from labeltrust.domain.errors import NotFound
from labeltrust.services.assess_project import assess_project
from labeltrust.services.suppliers.list_suppliers import list_suppliers

WEEK = 7 * 86_400


def batch(week, who, *, wrong=0, **more):
    """Sixty labels of one labeler in one week, a third of the items fraud."""

    def said(n):
        truth = n % 3 == 0
        return "fraud" if truth != (n < wrong) else "benign"

    return [label(f"w{week}-{n}", who, label=said(n), **more) for n in range(60)]


@pytest.fixture
def here(deployment, clock):
    """One source; a vendor's labeler gets a third of their second week wrong."""
    project(deployment)
    for week in (1, 2):
        told = [gold(f"w{week}-{n}", label="fraud" if n % 3 == 0 else "benign") for n in range(60)]
        record(deployment, told + batch(week, "alice"))
        wrong = 20 if week == 2 else 0
        record(deployment, batch(week, "mallory", wrong=wrong, detail={"vendor": "<b>crowd</b>"}))
        clock.tick(WEEK)
    clock.tick(-3_600)
    return deployment


def test_a_vendor_is_set_against_its_past_and_the_others(here):
    assess_project(here, owner(), "fraud")

    found = {(one.kind, one.name): one.drift for one in list_suppliers(here, owner(), "fraud")}

    assert set(found) == {("source", "feed"), ("vendor", "<b>crowd</b>")}
    vendor = found["vendor", "<b>crowd</b>"]
    assert (vendor.late, vendor.before) == (60, 60)
    assert vendor.accuracy.value == 40 / 60
    assert vendor.accuracy_change.high < 0
    assert vendor.accuracy_beside.high < 0
    assert found["source", "feed"].accuracy_beside.value is None


def test_commands_print_it_and_another_project_is_not_there(here, monkeypatch, capsys):
    assess_project(here, owner(), "fraud")
    cli = commands(here.settings, monkeypatch, capsys)

    told = cli("labelers", "suppliers", "--project", "fraud", "--json").document

    assert [one["kind"] for one in told["suppliers"]] == ["source", "vendor"]
    assert "crowd" in cli("labelers", "suppliers", "-p", "fraud").out
    with pytest.raises(NotFound):
        list_suppliers(here, owner(), "secret")
