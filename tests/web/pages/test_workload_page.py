"""How reviewers agree, on the page of the workload."""

import re
import shutil

import pytest
from audited import OTHER, crowd, drawn, person, reviewed, truth_of
from factories import gold
from recorded import record
from web.pages.browsing import sign_in_as
from web.pages.test_case_page import text_of

from labeltrust.services.finish_audit import finish_audit
from labeltrust.services.record_verdicts import VerdictDraft, record_verdicts
from labeltrust.services.review_audit import audit_tasks
from labeltrust.settings import Settings

LEAD = person("quinn", "qa_lead")
EVIL = "<img src=x onerror=alert(1)>{{7*7}}"
MONTH = 28 * 86_400


@pytest.fixture
def settings(sqlite_template, tmp_path):
    shutil.copy(sqlite_template, tmp_path / "labeltrust.db")
    return Settings(home=tmp_path, key_cache_seconds=0.0, embedded_worker=False)


@pytest.fixture
def drifted(deployment, clock):
    """Ann and ben agree for two audits; in the third ann says the contrary of half."""
    crowd(deployment)
    names = [f"txn-{n}" for n in range(240)]
    record(deployment, [gold(name, label=truth_of(name)) for name in names])
    for seed in (1, 2, 3):
        audit = drawn(deployment, LEAD, plan={"size": 40, "twice": 1.0, "seed": seed}).audit.id
        if seed == 3:
            tasks = audit_tasks(deployment, person("ann"), audit, limit=500).tasks
            said = [
                VerdictDraft(task=t.task, label=OTHER[truth_of(t.item)] if n % 2 else
                             truth_of(t.item))
                for n, t in enumerate(tasks)
            ]  # fmt: skip
            record_verdicts(deployment, person("ann"), audit, said)
        reviewed(deployment, audit, "ann", "ben")
        finish_audit(deployment, LEAD, audit, note="complete")
        clock.tick(60 if seed == 3 else MONTH)
    return deployment


async def test_before_the_first_audit_the_page_says_how_to_get_one(browser, deployment):
    crowd(deployment)
    await sign_in_as(browser, deployment)

    page = text_of((await browser.get("/workload")).text)

    assert "No closed audit has an answer of the last 168 days. Draw one under audits" in page


async def test_a_reviewer_who_drifts_is_told_with_interval_and_n(browser, drifted):
    await sign_in_as(browser, drifted, name="lena")

    page = text_of((await browser.get("/workload")).text)

    ann, ben = re.search(r"ann120 answers(.*?)ben120 answers(.*?)Window by window", page).groups()
    half = "50.0 % 35.2 % to 64.8 %, n 40100.0 % 95.4 % to 100.0 %, n 80-50.0 points changed"
    assert ann.count(half) == 2
    assert f"other reviewers{half} -64.3 to -34.6, n 120anngold{half}" in ann
    assert f"other reviewers{half}" in ben
    assert ben.endswith("n 80+0.0 points -10.6 to +5.9, n 120 ")
    by_window = page[page.index("Window by window") :]
    assert len(re.findall(r"UTC(50\.0|100\.0) % ", by_window)) == 6  # three windows of each


async def test_who_only_reviews_finds_no_colleague_there(browser, drifted):
    await sign_in_as(browser, drifted, role="reviewer", name="ben")

    page = text_of((await browser.get("/workload")).text)

    assert "ben120 answers" in page
    assert "ann120 answers" not in page


async def test_hostile_names_of_reviewers_stay_text(browser, deployment, clock):
    crowd(deployment)
    audit = drawn(deployment, LEAD, plan={"size": 40, "twice": 0.0}).audit.id
    tasks = audit_tasks(deployment, LEAD, audit, limit=500).tasks
    said = [VerdictDraft(task=t.task, label=truth_of(t.item), reviewer=EVIL) for t in tasks]
    record_verdicts(deployment, LEAD, audit, said)
    finish_audit(deployment, LEAD, audit, note="complete")
    clock.tick(60)
    await sign_in_as(browser, deployment)

    raw = (await browser.get("/workload")).text

    assert EVIL in text_of(raw)
    assert EVIL not in raw
