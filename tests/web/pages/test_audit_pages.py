"""Audits and the reviewers' desk as people see them."""

import re

import httpx
import pytest
from audited import crowd, drawn, reviewed, truth_of
from factories import owner
from flagging import flagged
from web.crowds import HOSTILE_TEXT
from web.pages.browsing import sign_in_as, submitted, token_on
from web.pages.test_case_page import text_of

from labeltrust.app import application
from labeltrust.domain.projects import ProjectChange
from labeltrust.services.assess_project import assess_project
from labeltrust.services.change_project import change_project
from labeltrust.services.finish_audit import finish_audit
from labeltrust.services.review_audit import audit_tasks
from labeltrust.services.show_audit import list_audits, show_audit
from labeltrust.settings import Settings

NEW = "/projects/fraud/audits/new"


@pytest.fixture
def settings(sqlite_template, tmp_path):
    from shutil import copy  # noqa: PLC0415

    copy(sqlite_template, tmp_path / "labeltrust.db")
    return Settings(home=tmp_path, key_cache_seconds=0.0, embedded_worker=False)


@pytest.fixture
def frauds(deployment):
    crowd(deployment)
    change = ProjectChange(guideline="Fraud is what a chargeback would prove.\n<b>No guessing</b>")
    change_project(deployment, owner(), "fraud", change)
    return deployment


def item_on(page: str) -> str:
    return re.search(r"txn-\d+", page)[0]


async def test_a_lead_sees_the_price_and_draws_without_any_script(browser, frauds):
    await sign_in_as(browser, frauds)

    form = await browser.get(NEW, params={"labeler": "victim"})
    price = await submitted(browser, NEW, NEW, labeler="victim", size="40", price="yes")
    sent = await submitted(
        browser, NEW, NEW, labeler="victim", size="40", twice="20", disputed="60", unanimous="15",
        by="size", reason="accused by two",
    )  # fmt: skip

    assert form.status_code == price.status_code == 200
    assert "The price" not in form.text
    assert "The price" in price.text
    assert re.search(r"Verdicts</dt><dd>48", price.text)
    assert sent.status_code == 303
    assert list_audits(frauds, owner())[0].items == 40
    shown = await browser.get(sent.headers["location"])
    assert "accused by two" in shown.text


async def test_a_lead_draws_by_time_signal_and_posterior_and_reads_each_rate(browser, frauds):
    await sign_in_as(browser, frauds)
    asked = {
        "labeler": "", "size": "40", "sampling": "posterior", "by_time": "yes", "by_signal": "yes",
    }  # fmt: skip
    flagged(frauds, "mallory")

    price = await submitted(browser, NEW, NEW, price="yes", **asked)
    sent = await submitted(browser, NEW, NEW, reason="how bad is it", twice="0", **asked)
    audit = list_audits(frauds, owner())[0].id
    reviewed(frauds, audit, "ben")
    shown = (await browser.get(sent.headers["location"])).text

    assert "to be expected" in price.text
    assert 'value="posterior" checked' in price.text
    assert "labeled by flagged labelers" in price.text
    assert "By who labeled it" in shown
    assert "half where labels were probably wrong" in shown


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"size": "many"}, "no whole number"),
        ({"size": "0"}, "must be 1 to"),
        ({"by": "margin", "margin": "x"}, "no number of percent"),
        ({"by": "margin", "margin": "90"}, "must be 0.005"),
        ({"disputed": "99", "unanimous": "20"}, "less than 5 %"),
        ({"labeler": "nobody"}, "no labeler"),
        ({"sampling": "<b>luck"}, "must be one of"),
        ({"sampling": "posterior", "stops_early": "yes"}, "choose one"),
        ({"reason": " "}, "write down why"),
        ({"reviewers": "ann"}, "cannot label an item twice"),
        ({"flag": "999"}, "no flag 999"),
    ],
)
async def test_what_cannot_be_drawn_is_said_beside_the_form(browser, frauds, fields, words):
    await sign_in_as(browser, frauds)
    asked = {"labeler": "victim", "size": "40", "by": "size", "reason": "x"} | fields

    answer = await submitted(browser, NEW, NEW, **asked)

    assert answer.status_code in {404, 422}
    assert words in answer.text
    assert list_audits(frauds, owner()) == []


async def test_a_reviewer_works_through_the_desk_by_plain_forms(browser, frauds):
    audit = drawn(frauds, labeler="victim", plan={"size": 12, "twice": 0.0}).audit
    await sign_in_as(browser, frauds, role="reviewer")
    path = re.search(r'href="(/desk/\d+)"', (await browser.get("/desk")).text)[1]

    for _ in range(12):
        page = (await browser.get(path)).text
        choice = "2" if truth_of(item_on(page)) == "fraud" else "1"
        answer = await submitted(browser, path, path, choice=choice)
        assert answer.status_code == 303
        path = answer.headers["location"]

    assert path == "/desk?note=done"
    assert "Thank you" in (await browser.get(path)).text
    case = show_audit(frauds, owner(), audit.id)
    assert (case.answered, case.turns, case.status) == (12, 12, "under_way")


async def test_the_desk_shows_item_question_classes_and_guideline_and_nothing_else(browser, frauds):
    drawn(frauds, labeler="victim")
    await sign_in_as(browser, frauds, role="reviewer")
    path = re.search(r'href="(/desk/\d+)"', (await browser.get("/desk")).text)[1]

    page = (await browser.get(path)).text

    assert "payment number" in page
    assert "No guessing&lt;/b&gt;" in page
    assert page.count('type="radio"') == 2
    assert 'data-key="1"' in page
    assert "desk." in page
    for hidden in ("victim", "liar-a", "mallory", "honest-", "accused", "disputed", "unanimous"):
        assert hidden not in page


async def test_whoever_reviews_sees_no_labeler_on_any_audit_page_until_it_is_closed(
    browser, frauds
):
    audit = drawn(frauds, labeler="victim").audit
    reviewed(frauds, audit.id, "zoe")
    await sign_in_as(browser, frauds, role="reviewer")

    before = [(await browser.get(p)).text for p in ("/audits", f"/audits/{audit.id}", "/desk")]
    finish_audit(frauds, owner(), audit.id, note="enough")
    after = (await browser.get(f"/audits/{audit.id}")).text

    assert all("victim" not in page for page in before)
    assert "You re-label in this audit" in before[1]
    assert "victim" in after


async def test_a_form_without_an_answer_is_shown_again_with_the_reason(browser, frauds):
    drawn(frauds, labeler="victim")
    await sign_in_as(browser, frauds, role="reviewer")
    path = re.search(r'href="(/desk/\d+)"', (await browser.get("/desk")).text)[1]

    for fields in ({}, {"choice": "9"}, {"choice": "x"}, {"label": "no such class"}):
        answer = await submitted(browser, path, path, **fields)
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text


async def test_the_last_verdict_is_taken_back_and_its_item_is_shown_again(browser, frauds):
    drawn(frauds, labeler="victim")
    await sign_in_as(browser, frauds, role="reviewer")
    path = re.search(r'href="(/desk/\d+)"', (await browser.get("/desk")).text)[1]
    await submitted(browser, path, path, skip="yes")

    back = await submitted(browser, "/desk", "/desk/undo")
    nothing = await submitted(browser, "/desk", "/desk/undo")

    assert back.headers["location"] == path
    assert nothing.headers["location"] == "/desk?note=nothing"


async def test_an_item_that_somebody_else_answered_leads_on_to_the_next(browser, frauds):
    audit = drawn(frauds, labeler="victim", plan={"size": 12, "twice": 0.0}).audit
    await sign_in_as(browser, frauds, role="reviewer")
    path = re.search(r'href="(/desk/\d+)"', (await browser.get("/desk")).text)[1]
    token = await token_on(browser, path)
    reviewed(frauds, audit.id, "zoe")

    shown = await browser.get(path)
    sent = await browser.post(path, data={"csrf_token": token, "choice": "1"})

    assert shown.headers["location"] == sent.headers["location"] == "/desk?note=done"


async def test_the_result_says_in_one_sentence_what_it_means_and_links_to_the_verdict(
    browser, frauds
):
    audit = drawn(frauds, labeler="victim").audit
    reviewed(frauds, audit.id, "zoe", "yan")
    await sign_in_as(browser, frauds)

    page = (await browser.get(f"/audits/{audit.id}")).text

    assert "Cleared: those who disagreed were wrong" in page
    assert "audited disputed labels are wrong" in page
    assert "with 95 % confidence" in page
    assert page.count(">refuted<") >= 2
    assert "Cohen" in page


async def test_a_lead_closes_cancels_and_resumes_with_reasons(browser, frauds):
    audit = drawn(frauds, labeler="victim").audit
    reviewed(frauds, audit.id, "zoe")
    path = f"/audits/{audit.id}"
    await sign_in_as(browser, frauds)

    empty = await submitted(browser, path, f"{path}/cancel", reason=" ")
    await submitted(browser, path, f"{path}/cancel", reason="wrong question")
    cancelled = show_audit(frauds, owner(), audit.id).status
    await submitted(browser, path, f"{path}/resume", reason="right after all")
    await submitted(browser, path, f"{path}/finish", reason="enough")

    assert empty.status_code == 422
    assert cancelled == "cancelled"
    assert show_audit(frauds, owner(), audit.id).status == "done"


async def test_hostile_items_and_names_are_harmless_on_desk_and_result(browser, frauds):
    from factories import label  # noqa: PLC0415
    from recorded import record  # noqa: PLC0415

    record(
        frauds,
        [
            label(f"{HOSTILE_TEXT}{n}", who, label="fraud" if n % 2 else "benign",
                  content={HOSTILE_TEXT: [HOSTILE_TEXT], "text": HOSTILE_TEXT})
            for n in range(40)
            for who in (HOSTILE_TEXT, "plain")
        ],
    )  # fmt: skip
    audit = drawn(frauds, labeler=HOSTILE_TEXT, plan={"size": 30}).audit
    await sign_in_as(browser, frauds)
    pages = [(await browser.get(f"/audits/{audit.id}")).text, (await browser.get("/audits")).text]
    path = re.search(r'href="(/desk/\d+)"', (await browser.get("/desk")).text)[1]
    pages.append((await browser.get(path)).text)

    for page in pages:
        assert "<img src=x" not in page
        assert "\u2066" not in page
        assert "&lt;img src=x" in page


@pytest.mark.parametrize(
    ("scale", "good", "bad"),
    [
        ("set", '["a"]', "[1]"),
        ("spans", '[{"start": 0, "end": 3, "label": "PER"}]', "not json"),
        ("boxes", "[]", '{"x": 1}'),
        ("text", "in my own words", ""),
        ("ratio", "3.5", "three"),
    ],
)
async def test_every_scale_has_an_input_that_is_checked(browser, deployment, scale, good, bad):
    from factories import label  # noqa: PLC0415
    from recorded import project, record  # noqa: PLC0415

    from labeltrust.domain.projects import Question  # noqa: PLC0415

    project(deployment, questions=(Question(scale=scale),))
    said = {"set": ["a"], "spans": [], "boxes": [], "text": "b", "ratio": 2}[scale]
    record(deployment, [label(f"txn-{n}", w, label=said) for n in range(4) for w in "ab"])
    audit = drawn(deployment, labeler="a", plan={"size": 4, "twice": 0.0}).audit
    await sign_in_as(browser, deployment, role="reviewer")
    path = re.search(r'href="(/desk/\d+)"', (await browser.get("/desk")).text)[1]

    refused = await submitted(browser, path, path, label=bad)
    taken = await submitted(browser, path, path, label=good)

    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    assert taken.status_code == 303
    assert show_audit(deployment, owner(), audit.id).answered == 1


async def test_pages_of_an_empty_installation_say_what_to_do_next(browser, deployment):
    await sign_in_as(browser, deployment)

    audits, desk = [(await browser.get(path)).text for path in ("/audits", "/desk")]

    assert "No audit was drawn yet" in audits
    assert "Nothing waits for you" in desk


async def test_the_api_hands_out_blind_work_and_takes_verdicts(frauds):
    from labeltrust.domain.access import KeyDraft  # noqa: PLC0415
    from labeltrust.services.create_key import create_key  # noqa: PLC0415

    key = create_key(frauds, owner(), KeyDraft(name="lead", role="qa_lead", projects=("fraud",)))
    transport = httpx.ASGITransport(application(frauds))
    headers = {"Authorization": f"Bearer {key.text}"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://labeltrust", headers=headers
    ) as client:
        body = {"labeler": "victim", "reason": "accused", "size": 40, "seed": 3}
        made = (await client.post("/v1/projects/fraud/audits", json=body)).json()
        number = made["audit"]["id"]
        work = (await client.get(f"/v1/audits/{number}/tasks")).json()
        verdicts = [{"task": t["task"], "label": truth_of(t["item"])} for t in work["tasks"]]
        verdicts.append({"task": 1, "label": "spam"})
        bad = await client.post(f"/v1/audits/{number}/verdicts", json={"verdicts": verdicts})
        good = await client.post(f"/v1/audits/{number}/verdicts", json={"verdicts": verdicts[:-1]})
        blind = (await client.get(f"/v1/audits/{number}/result")).json()
        closed = await client.post(f"/v1/audits/{number}/finish", json={"reason": "enough"})
        result = (await client.get(f"/v1/audits/{number}/result")).json()

    assert made["cost"]["items"] == 40
    assert bad.status_code == 422
    assert bad.json()["place"] == "/verdicts/40"
    assert good.json() == {"audit": number, "recorded": 40, "duplicates": 0, "left": 8}
    assert blind["blind"]
    assert closed.json()["gold"] == 40
    assert result["proposal"]["act"] == "dismiss"
    assert result["error_rate"]["n"] == 40


def test_tasks_of_the_service_are_those_of_the_desk(frauds):
    audit = drawn(frauds, labeler="victim").audit

    assert len(audit_tasks(frauds, owner(), audit.id).tasks) == 60


async def test_who_does_not_review_is_told_so_and_gets_no_item(browser, frauds):
    drawn(frauds, labeler="victim")
    await sign_in_as(browser, frauds, role="auditor")

    desk, item, new = [await browser.get(path) for path in ("/desk", "/desk/1", NEW)]

    assert "Your role does not re-label" in desk.text
    assert item.headers["location"] == "/desk"
    assert new.headers["location"] == "/audits"


async def test_a_case_lists_its_audits_with_what_they_found(browser, frauds):
    flag = flagged(frauds, "mallory")
    audit = drawn(frauds, flag=flag, plan={"size": 40, "twice": 0.0}).audit
    await sign_in_as(browser, frauds)
    fresh = text_of((await browser.get(f"/flags/{flag}")).text)
    reviewed(frauds, audit.id, "ben")

    page = text_of((await browser.get(f"/flags/{flag}")).text)

    assert "#1 drawn nobody has begun" in fresh
    assert "#1 under way Borne out: the labels are wrong" in page
    assert re.search(r"wrong: more than half beyond doubt\. Of all labels since .* are wrong", page)
    assert "40 of 40 verdicts on 40 items" in page


async def test_who_relabels_blind_learns_from_no_page_whose_labels_they_are(browser, frauds):
    flag = flagged(frauds, "victim")
    assess_project(frauds, owner(), "fraud")
    drawn(frauds, flag=flag)
    await sign_in_as(browser, frauds, role="reviewer")

    case = (await browser.get(f"/flags/{flag}")).text
    labeler = (await browser.get("/projects/fraud/labelers/victim")).text

    assert "/audits/1" not in case + labeler
    assert "No audit that you may see" in labeler


@pytest.mark.parametrize(
    ("role", "draws"), [("qa_lead", True), ("investigator", True), ("reviewer", False)]
)
async def test_an_audit_is_drawn_from_case_labeler_and_project(browser, frauds, role, draws):
    flag = flagged(frauds, "mallory")
    assess_project(frauds, owner(), "fraud")
    await sign_in_as(browser, frauds, role=role)
    places = {
        f"/flags/{flag}": f"{NEW}?flag={flag}",
        "/projects/fraud/labelers/mallory": f"{NEW}?labeler=mallory",
        "/projects/fraud": NEW,
    }

    for page, address in places.items():
        assert (f'href="{address}"' in (await browser.get(page)).text) is draws, page
