"""Every table of the console has one shape: sorted, narrowed and taken away by its address."""

import csv
import io
import re

import pytest
from factories import owner
from web.crowds import HOSTILE_NAME, HOSTILE_TEXT
from web.pages.browsing import sign_in_as

from labeltrust.services.create_snapshot import create_snapshot
from labeltrust.services.draw_audit import AuditDraft, draw_audit
from labeltrust.services.freeze_labels import FreezeDraft, freeze_labels
from labeltrust.services.open_incident import IncidentDraft, open_incident

# By address: a column that sorts, and a word that its search finds; None where there is none.
TABLES = {
    "/freezes?shown=all": ("labeler", "=ring"),
    "/quarantine": ("source", "labeler"),
    "/sources": ("accepted_week", "acme"),
    "/projects/fraud/snapshots": ("rows", "tester"),
    "/incidents": ("severity", "@ring"),
    "/approvals": ("asked_by", "tester"),
    "/audits": ("answered", "tester"),
    "/projects/fraud/labelers": ("trust", "script"),
    "/settings": ("name", "retention"),
    "/people": ("role", "ann"),
    "/keys": ("name", None),
    "/appeals": ("due_at", None),
    "/workload": ("open", None),
    "/flags": (None, None),
}
ADMIN = {"/people", "/keys"}
FORMULA = re.compile(r"[=+@\t\r]|-(?![\d.]+$)")  # a negative number is none


@pytest.fixture
async def busy(browser, deployment):
    draft = FreezeDraft(project="fraud", labeler=HOSTILE_NAME, reason="=ring()", kind="person-hold")
    freeze_labels(deployment, owner(), draft)
    open_incident(deployment, owner(), IncidentDraft(project="fraud", title="@ring", flags=(1,)))
    draw_audit(deployment, owner(), AuditDraft(project="fraud", reason=HOSTILE_TEXT))
    create_snapshot(deployment, owner(), "fraud")
    return browser


def joined(path: str, more: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}{more}"


def rows(page: str) -> int:
    return page.partition("<tbody>")[2].partition("</tbody>")[0].count("<tr>")


async def signed_in(browser, deployment, role: str) -> list[str]:
    await sign_in_as(browser, deployment, role)
    return [path for path in TABLES if (path.split("?")[0] in ADMIN) == (role == "admin")]


@pytest.mark.parametrize("role", ["qa_lead", "admin"])
async def test_headings_sort_and_their_addresses_keep_what_was_chosen(busy, deployment, role):
    for path in await signed_in(busy, deployment, role):
        column, word = TABLES[path]
        if column is None:
            continue
        page = (await busy.get(joined(path, f"q={word or ''}&sort={column}"))).text
        link = re.search(rf'id="[a-z]+-{column}" href="([^"]*)"', page)
        if word is None and "<thead" not in page:
            continue  # nothing is there to be sorted
        assert 'aria-sort="ascending"' in page, path
        address = link[1].replace("&amp;", "&")
        assert "q=" in address or word is None, path
        turned = (await busy.get(address)).text
        assert ('aria-sort="descending"' in turned) or "sort=" not in address, path
        assert rows(turned) == rows(page) > 0, path


@pytest.mark.parametrize("role", ["qa_lead", "admin"])
async def test_a_search_narrows_and_one_without_an_answer_leads_back(busy, deployment, role):
    for path in await signed_in(busy, deployment, role):
        word = TABLES[path][1]
        if word is None:
            continue
        found = (await busy.get(joined(path, f"q={word.upper()}"))).text
        none = (await busy.get(joined(path, "q=no+such+word"))).text

        assert rows(found) > 0, path
        assert "Nothing matches" in none, path
        assert "Show all" in none, path


@pytest.mark.parametrize("role", ["qa_lead", "admin"])
async def test_downloads_hold_every_row_and_no_cell_is_a_formula(busy, deployment, role):
    for path in await signed_in(busy, deployment, role):
        table = await busy.get(joined(path, "format=csv"))
        plain = await busy.get(joined(path, "format=json"))

        assert table.headers["content-type"].startswith("text/csv"), path
        assert "attachment" in table.headers["content-disposition"], path
        lines = list(csv.reader(io.StringIO(table.text)))
        assert len(lines) - 1 == len(plain.json()) == min(rows((await busy.get(path)).text), 100)
        assert not [cell for line in lines for cell in line if FORMULA.match(cell)], path
        assert all(list(row) == lines[0] for row in plain.json()), path


@pytest.mark.parametrize("role", ["qa_lead", "admin"])
async def test_addresses_that_mean_nothing_show_the_table(busy, deployment, role):
    odd = ("page=999999999999999999999", "page=-1&sort=%00", "q=%00%ED", "status=x&shown=y&show=z",
           "project=%F0%9F%98%80", "format=exe", "after=-9&source=%00&code=%22%3E")  # fmt: skip
    for path in await signed_in(busy, deployment, role):
        for more in odd:
            answer = await busy.get(joined(path.split("?")[0], more))
            assert answer.status_code == 200, (path, more)
            assert "<h1>" in answer.text
