"""The three dashboards of a project: what they tell, and what they say where nothing is known."""

from datetime import timedelta

import pytest
from factories import gold, label, owner
from recorded import record
from web.crowds import HOSTILE_TEXT
from web.pages.browsing import sign_in_as

from labeltrust.domain.access import SourceDraft
from labeltrust.domain.errors import Conflict
from labeltrust.domain.projects import ProjectDraft, Question
from labeltrust.services.add_source import add_source
from labeltrust.services.assess_project import assess_project
from labeltrust.services.create_project import create_project
from labeltrust.services.open_incident import IncidentDraft, open_incident

PAGES = ("executive", "on-call", "debug")
MALLORY = f"mallory {HOSTILE_TEXT}"


@pytest.fixture
def weeks(deployment, clock):
    """Five weeks of two sources, the newest with another mix, and 25 labels off the scale."""
    draft = ProjectDraft(name="weekly", questions=(Question(classes=("benign", "fraud")),))
    create_project(deployment, owner(), draft)
    for name in ("feed", "vendor"):
        source = SourceDraft(name=name, platform="generic", projects=("weekly",))
        add_source(deployment, owner(), source)
    now = clock.now
    for week in (4, 3, 2, 1, 0):
        clock.now = now - timedelta(days=7 * week, hours=2)
        for name in ("feed", "vendor"):
            record(deployment, labels(f"{name}{week}", 3 if week else 2), source=name)
    clock.now = now
    with pytest.raises(Conflict):
        record(deployment, labels("off", 1, label="?"), source="vendor")
    assess_project(deployment, owner(), "weekly")
    incident = IncidentDraft(project="weekly", title="Bribed <b>reviewers</b>")
    open_incident(deployment, owner(), incident)
    return deployment


def labels(prefix, every, **more):
    """Return three labels of each of 60 items; one in so many is fraud."""
    return [
        label(f"{prefix}-{k}", who, project="weekly",
              **({"label": "fraud" if k % every == 0 else "benign"} | more))
        for k in range(60) for who in ("alice", "bob", MALLORY)
    ]  # fmt: skip


async def test_dashboards_tell_what_was_counted_and_run_no_text(weeks, browser):
    await sign_in_as(browser, weeks)

    executive, on_call, debug = [
        (await browser.get(f"/projects/weekly/{name}")).text for name in PAGES
    ]

    for page in (executive, on_call, debug):
        assert HOSTILE_TEXT not in page
        assert "<b>" not in page
    assert "Anomalous input, Ingestion errors" in executive
    assert "Bribed &lt;b&gt;reviewers&lt;/b&gt;" in executive
    assert executive.index(">vendor<") < executive.index(">feed<")
    assert "label outside scale" in on_call
    assert "measures burn" in on_call
    assert "Most abnormal labelers" in on_call
    assert "Like labels this week" in debug
    assert "incident.opened" in debug


async def test_charts_of_dashboards_are_drawn_and_others_are_not_there(weeks, browser):
    await sign_in_as(browser, weeks)
    home = "/projects/weekly/charts/dashboards"

    for name in ("agreement", "provenance", "budgets", "mix"):
        answer = await browser.get(f"{home}/{name}.json")
        assert answer.status_code == 200
        assert answer.json()["usermeta"]["title"]
    assert (await browser.get(f"{home}/secrets.json")).status_code == 404


async def test_the_stream_goes_back_to_the_first_event(weeks, browser):
    await sign_in_as(browser, weeks)
    first = (await browser.get("/projects/weekly/debug?before=20")).text

    assert "project.created" in first
    assert "Older events" not in first
    assert "Newest events" in first
    assert (await browser.get("/projects/weekly/debug?before=x")).status_code in {400, 422}


@pytest.mark.parametrize("name", PAGES)
async def test_an_empty_project_says_what_to_do(deployment, browser, name):
    create_project(deployment, owner(), ProjectDraft(name="empty"))
    await sign_in_as(browser, deployment)

    page = await browser.get(f"/projects/empty/{name}")

    assert page.status_code == 200
    assert {
        "executive": "No incident yet.",
        "on-call": "labeltrust assess --project empty",
        "debug": "Samples of suspects appear here after an assessment",
    }[name] in page.text


async def test_the_newest_labels_are_shown_behind_a_file_of_gold(weeks, browser):
    record(weeks, [gold(f"feed0-{k}", project="weekly") for k in range(60)])
    await sign_in_as(browser, weeks)

    page = (await browser.get("/projects/weekly/on-call")).text

    newest = page.partition("The newest labels")[2]
    assert "No label came yet" not in newest
    assert "vendor0-59" in newest
