"""The page of reports: both spans side by side, what it says of nothing, and who sees it."""

import re
from html import unescape

from drilled import FOUND, drilled
from factories import owner
from web.pages.browsing import sign_in_as

from labeltrust.domain.projects import ProjectDraft
from labeltrust.services.create_project import create_project
from labeltrust.services.decide_flag import decide_flag
from labeltrust.services.list_flags import list_flags
from labeltrust.services.open_incident import IncidentDraft, open_incident

HOME = "/projects/fraud/reports"


def cells(page: str, title: str) -> list[str]:
    """Return what a row says of the span and of the one before, without tags."""
    row = re.search(rf'<th scope="row">{title}(?:<|$).*?</tr>', page, re.DOTALL)[0]
    found = re.findall(r"<td>(.*?)</td>", row, re.DOTALL)
    return [" ".join(unescape(re.sub("<[^>]+>", " ", one)).split()) for one in found]


async def test_it_tells_both_weeks_side_by_side(browser, deployment, clock):
    clock.tick(60)
    flag = len(list_flags(deployment, owner(), "fraud"))
    decide_flag(deployment, owner(), 1, verdict="dismiss", note="honest")
    draft = IncidentDraft(project="fraud", title="Bribed <b>reviewers</b>", flags=(1,))
    open_incident(deployment, owner(), draft)
    drilled(deployment, [FOUND, FOUND])
    clock.tick(60)
    await sign_in_as(browser, deployment, "auditor")
    first = (await browser.get(HOME)).text
    clock.tick(7 * 86_400)
    await sign_in_as(browser, deployment, "auditor", name="bea")
    later = (await browser.get(f"{HOME}?span=week")).text
    month = (await browser.get(f"{HOME}?span=month")).text
    quarter = (await browser.get(f"{HOME}?span=quarter")).text

    assert cells(first, "Flags opened") == [str(flag), "0"]
    assert cells(later, "Flags opened") == ["0", str(flag)]
    assert cells(month, "Flags opened") == [str(flag), "0"]
    share, nothing = cells(first, "Dismissed, of those decided")
    assert share.startswith("100 % 20.7 ")
    assert share.endswith("n 1")
    assert nothing == "unknown no flag was decided"
    assert cells(later, "Drills found in time")[1].startswith("100 %")
    assert "watched" in cells(first, "Gate closed")[0]
    assert "no flag belongs to it that stands" in first
    assert "Incidents opened" in first
    assert "Bribed &lt;b&gt;reviewers" in first
    assert "<b>" not in first
    assert "No incident was opened within the week" in later
    assert 'href="/projects/fraud/notebooks/08_monthly_review?days=30"' in month
    assert "09_quarterly_exercise" not in month
    assert 'href="/projects/fraud/notebooks/09_quarterly_exercise"' in quarter
    taken = await browser.get("/projects/fraud/notebooks/08_monthly_review?days=30")
    assert "DAYS = 30" in taken.text


async def test_an_empty_project_says_what_to_do(browser, deployment):
    create_project(deployment, owner(), ProjectDraft(name="empty"))
    await sign_in_as(browser, deployment)

    page = (await browser.get("/projects/empty/reports?span=quarter")).text

    assert "labeltrust assess --project empty" in page
    assert "No drill was carried out in either span" in page
    assert cells(page, "Flags opened") == ["0", "0"]
    assert cells(page, "Time to detect, median")[0] == "unknown no incident was opened"
    assert 'aria-current="page">Quarter' in page


async def test_other_spans_and_projects_are_not_there(browser, deployment):
    create_project(deployment, owner(), ProjectDraft(name="mine"))
    await sign_in_as(browser, deployment, projects=("mine",))

    unknown = await browser.get("/projects/mine/reports?span=%3Cb%3E")

    assert unknown.status_code == 422
    assert "<b>" not in unknown.text
    assert (await browser.get(HOME)).status_code == 404
    assert (await browser.get("/projects/nowhere/reports")).status_code == 404
