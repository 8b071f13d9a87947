"""Snapshots and the gate as pages."""

import re
from datetime import timedelta

import pytest
from factories import owner
from web.pages.browsing import sign_in_as, submitted
from web.pages.counting import queries

from labeltrust.domain.access import SourceChange
from labeltrust.domain.principals import Principal
from labeltrust.services.add_source import change_source
from labeltrust.services.background import worker_of
from labeltrust.services.create_snapshot import create_snapshot
from labeltrust.services.give_approval import approve
from labeltrust.services.verify_snapshot import snapshot_file

LIST = "/projects/fraud/snapshots"


async def test_a_snapshot_is_ordered_shown_under_way_and_then_listed(browser, deployment):
    await sign_in_as(browser, deployment)

    empty = (await browser.get(LIST)).text
    ordered = await submitted(browser, LIST, LIST, hold_back_hours="0")
    waiting = (await browser.get(LIST)).text
    worker = worker_of(deployment)
    while worker.step():
        pass
    page = (await browser.get(LIST)).text

    assert "No snapshot yet" in empty
    assert ordered.headers["location"] == LIST
    assert "<progress" in waiting
    assert "Waits for the background worker" in waiting
    assert "<progress" not in page
    assert 'href="/snapshots/1"' in page


@pytest.mark.parametrize("hours", ["-1", "nan", "a day", "1e9"])
async def test_a_time_that_cannot_be_held_back_is_told_beside_the_form(browser, deployment, hours):
    await sign_in_as(browser, deployment)

    answer = await submitted(browser, LIST, LIST, hold_back_hours=hours)

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert "<progress" not in answer.text


async def test_a_snapshot_is_read_verified_and_downloaded(browser, deployment):
    create_snapshot(deployment, owner(), "fraud", hold_back_hours=24)
    await sign_in_as(browser, deployment, "auditor")

    page = (await browser.get("/snapshots/1")).text
    fine = await submitted(browser, "/snapshots/1", "/snapshots/1/verify")
    path = snapshot_file(deployment, owner(), 1, "labels.parquet")
    sent = await browser.get("/snapshots/1/labels.parquet")
    signature = await browser.get("/snapshots/1/manifest.sig")
    path.write_bytes(path.read_bytes()[:-1])
    bad = await submitted(browser, "/snapshots/1", "/snapshots/1/verify")

    assert re.search(r"<code>[0-9a-f]{64}</code>", page)
    assert "24 hours" in page
    assert "It holds" in fine.text
    assert sent.content.startswith(b"PAR1")
    assert len(signature.content) == 64
    assert "attachment" in sent.headers["content-disposition"]
    assert "It does not hold" in bad.text
    assert "does not match its checksum" in bad.text


async def test_two_snapshots_are_compared_by_label_and_by_item(browser, deployment):
    create_snapshot(deployment, owner(), "fraud", hold_back_hours=24)
    create_snapshot(deployment, owner(), "fraud")
    await sign_in_as(browser, deployment)

    page = (await browser.get("/snapshots/2/compare?other=1")).text
    later = (await browser.get("/snapshots/2/compare?other=1&kind=added&offset=100")).text
    none = (await browser.get("/snapshots/2/compare?other=1&kind=removed")).text

    assert "txn-001" in page
    assert "Next 100" in page
    assert "101 to 200 of" in later
    assert "No item changed in this way" in none
    assert (await browser.get("/snapshots/2/compare?other=9")).status_code == 404


async def test_snapshots_of_other_projects_are_not_there(browser, deployment):
    create_snapshot(deployment, owner(), "fraud")
    await sign_in_as(browser, deployment, projects=())

    for path in (LIST, "/snapshots/1", "/snapshots/1/manifest.json", "/projects/fraud/gate"):
        assert (await browser.get(path)).status_code == 404, path


async def test_the_gate_says_why_since_when_and_who_opens_it(browser, deployment):
    change_source(deployment, owner(), "acme", SourceChange(status="probation"), reason="x")
    await sign_in_as(browser, deployment)

    page = (await browser.get("/projects/fraud/gate")).text

    assert "Training must wait" in page
    assert "an admin: vet the source" in page
    assert "labeltrust gate --project fraud" in page
    assert "require_open_gate" in page
    assert "by os:tester" in page


async def test_lists_ask_the_database_as_often_for_many_as_for_few(browser, deployment):
    create_snapshot(deployment, owner(), "fraud")
    await sign_in_as(browser, deployment)
    before = {path: await queries(deployment, browser, path) for path in PATHS}
    for _ in range(4):
        create_snapshot(deployment, owner(), "fraud")
    for status in ("probation", "trusted") * 3:
        change_source(deployment, owner(), "acme", SourceChange(status=status), reason="x")

    after = {path: await queries(deployment, browser, path) for path in PATHS}

    assert after == before
    assert max(after.values()) <= 25


PATHS = (LIST, "/snapshots/1", "/projects/fraud/gate")


async def test_the_overview_of_a_project_leads_to_its_gate_and_snapshots(browser, deployment):
    await sign_in_as(browser, deployment)

    page = (await browser.get("/projects/fraud")).text

    assert 'href="/projects/fraud/gate"' in page
    assert f'href="{LIST}"' in page


async def test_two_persons_open_the_gate_on_its_page_and_one_closes_it(browser, deployment):
    change_source(deployment, owner(), "acme", SourceChange(status="probation"), reason="x")
    await sign_in_as(browser, deployment)
    home = "/projects/fraud/gate"
    until = (deployment.clock() + timedelta(hours=2)).isoformat()

    wrong = await submitted(browser, home, f"{home}/override", until="soon", reason="x")
    asked = await submitted(browser, home, f"{home}/override", until=until, reason="<i>now</i>")
    number = int(asked.headers["location"].rpartition("/")[2])
    second = Principal(name="person:ben", role="on_call", projects=None, person="ben")
    approve(deployment, second, number, reason="seen")
    page = (await browser.get(home)).text
    overview = (await browser.get("/projects/fraud")).text
    ended = await submitted(browser, home, f"{home}/override/end", reason="done")

    assert wrong.status_code == 422
    assert "because two persons said so" in page
    assert "&lt;i&gt;now&lt;/i&gt;" in page
    assert "person:ben" in page
    assert "because two persons said so" in overview
    assert ended.status_code == 303
    assert "Training must wait" in (await browser.get(home)).text
