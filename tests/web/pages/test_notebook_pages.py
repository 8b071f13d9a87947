"""Notebooks offered on pages: the case is filled in, and a hostile name stays text."""

import ast
import json
import re
from html import unescape

from factories import owner
from web.crowds import HOSTILE_NAME
from web.pages.browsing import sign_in_as

from labeltrust.services.open_incident import IncidentDraft, open_incident
from labeltrust.web.paths import segment


def offers(page):
    return [unescape(path) for path in re.findall(r'href="([^"]*/notebooks/[^"]*)"', page)]


async def test_a_labelers_page_offers_notebooks_about_them(browser, deployment):
    await sign_in_as(browser, deployment, "reviewer")
    page = (await browser.get(f"/projects/fraud/labelers/{segment(HOSTILE_NAME)}")).text

    paths = offers(page)
    answer = await browser.get(paths[1])

    assert [path.partition("?")[0].rpartition("/")[2][:2] for path in paths] == ["01", "02"]
    assert answer.headers["content-disposition"].endswith('02_inspect_a_labeler.ipynb"')
    assert answer.headers["x-content-type-options"] == "nosniff"
    cells = json.loads(answer.content)["cells"]
    (given,) = [c for c in cells if "injected-parameters" in c["metadata"].get("tags", [])]
    values = [ast.literal_eval(line.value) for line in ast.parse("".join(given["source"])).body]
    assert values == [HOSTILE_NAME, "fraud"]


async def test_an_incidents_page_offers_the_command_beside_it(browser, deployment):
    draft = IncidentDraft(project="fraud", title="a ring")
    number = open_incident(deployment, owner(), draft)
    await sign_in_as(browser, deployment, "auditor")

    page = (await browser.get(f"/incidents/{number}")).text
    paths = offers(page)

    assert [path.rpartition("/")[2] for path in paths] == [
        f"{name}?incident={number}"
        for name in ("03_estimate_damage", "04_postmortem_forensics", "05_rebuild_and_retrain")
    ]
    for path, short in zip(paths, ("03", "04", "05"), strict=True):
        cells = json.loads((await browser.get(path)).content)["cells"]
        (given,) = [c for c in cells if "injected-parameters" in c["metadata"].get("tags", [])]
        assert "".join(given["source"]) == f"INCIDENT = {number}\nPROJECT = 'fraud'"
        assert f"labeltrust lab {short} --project=fraud --incident={number}" in page


async def test_what_is_not_there_or_not_in_scope_is_no_notebook(browser, deployment):
    await sign_in_as(browser, deployment, "auditor")

    missing = await browser.get("/projects/fraud/notebooks/99")
    unknown = await browser.get("/projects/fraud/notebooks/04?panic=1")
    await sign_in_as(browser, deployment, "auditor", name="bob", projects=())
    elsewhere = await browser.get("/projects/fraud/notebooks/04")

    assert (missing.status_code, unknown.status_code, elsewhere.status_code) == (404, 422, 404)
