"""The queue and the case page: what a reviewer reads, and does, and how much that asks for."""

import re

import pytest
from factories import owner
from flagging import counted_queries
from sqlmodel import delete
from web.crowds import FRAUD_CLASS, HOSTILE_NAME, HOSTILE_TEXT
from web.pages.browsing import sign_in_as, submitted
from web.pages.test_hostile_text import HARMLESS, Seen

from labeltrust.services.assess_project import assess_project
from labeltrust.services.comment_flag import comment_flag, show_comments
from labeltrust.services.decide_flag import decide_flag
from labeltrust.services.freeze_labels import list_standing
from labeltrust.services.lift_freeze import lift_freeze
from labeltrust.services.list_flags import list_flags, show_flag
from labeltrust.store.session import unit_of_work
from labeltrust.store.tables import FlagChart
from labeltrust.web.pages._visible import visible


def text_of(page: str) -> str:
    seen = Seen()
    seen.feed(page)
    assert seen.tags <= HARMLESS
    return re.sub(r"\s+", " ", seen.text)


async def test_the_queue_shows_each_flag_with_its_reasons_in_words(browser, deployment):
    await sign_in_as(browser, deployment)

    text = text_of((await browser.get("/flags")).text)

    assert "answers without looking at the item" in text
    assert re.search(r"\(95 % interval [\d.]+ to [\d.]+, n \d+\)", text)
    assert visible(HOSTILE_NAME)[:20] in text
    assert "nobody" in text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?status=confirmed", "Nothing matches"),
        ("?severity=low", "Nothing matches"),
        ("?signal=turned", "Nothing matches"),
        ("?signal=%22%3E%3Cscript%3E", "#1"),
        ("?project=%E2%80%AE", "#1"),
        ("?assigned=me", "Nothing matches"),
        ("?status=all&sort=-flag", "#1"),
        ("?sort=severity&q=nobody%20at%20all", "Nothing matches"),
        ("?status=nonsense&after=nonsense&severity=dire&contested=perhaps", "#1"),
        ("?after=99999999999999999999999999", "#1"),
        ("?page=999999&sort=reasons", "#1"),
    ],
)
async def test_the_queue_is_narrowed_by_its_address(browser, deployment, query, said):
    await sign_in_as(browser, deployment)

    answer = await browser.get(f"/flags{query}")

    assert answer.status_code == 200
    assert said in text_of(answer.text)


async def test_the_queue_is_downloaded_as_it_is_narrowed(browser, deployment):
    await sign_in_as(browser, deployment)

    rows = (await browser.get("/flags?format=json")).json()
    csv = (await browser.get("/flags?format=csv&status=confirmed")).text

    assert rows[0]["flag"] == 1
    assert rows[0]["labeler"] == HOSTILE_NAME
    assert rows[0]["low"] <= rows[0]["estimate"] <= rows[0]["high"]
    assert csv.startswith("flag,labeler,project")
    assert len(csv.splitlines()) == 1


async def test_an_empty_queue_says_what_to_do_next(browser, deployment):
    await sign_in_as(browser, deployment, projects=())
    assert "labeltrust import labels.csv" in (await browser.get("/flags")).text


async def test_a_queue_with_nothing_open_says_where_to_look(browser, deployment):
    for flag in list_flags(deployment, owner(), "fraud", status="open"):
        decide_flag(deployment, owner(), flag.id, verdict="dismiss", note="hard items")
    await sign_in_as(browser, deployment)

    assert "Nothing to review" in (await browser.get("/flags")).text


async def test_a_case_tells_why_how_much_and_what_a_freeze_would_hold(browser, deployment):
    await sign_in_as(browser, deployment)

    text = text_of((await browser.get("/flags/1")).text)

    assert re.search(r"Why: others believe another label on \d+ of \d+ labels", text)
    assert "Answers without looking at the item" in text
    assert re.search(r"none: \d+ pending and none decided yet", text)
    assert re.search(r"Accusers\s*\d+ of \d+ labelers", text)
    assert re.search(r"\d+ labels on \d+ items", text)
    assert "No training set was made of this project yet" in text
    for hostile in (HOSTILE_NAME, HOSTILE_TEXT, FRAUD_CLASS):
        assert visible(hostile) in re.sub(r"\s+", " ", text)


async def test_a_flag_is_assigned_by_the_form(browser, deployment):
    await sign_in_as(browser, deployment, "reviewer")

    answer = await submitted(browser, "/flags/1", "/flags/1/assignment", person="ann")

    assert (answer.status_code, answer.headers["location"]) == (303, "/flags/1")
    assert show_flag(deployment, owner(), 1).assigned_to == "ann"
    assert "#1" in text_of((await browser.get("/flags?assigned=me")).text)


async def test_nobody_is_assigned_who_may_not_decide(browser, deployment):
    await sign_in_as(browser, deployment, "reviewer")

    answer = await submitted(browser, "/flags/1", "/flags/1/assignment", person=HOSTILE_NAME)

    assert answer.status_code == 422
    assert "may decide flags of this project" in text_of(answer.text)


async def test_a_hostile_comment_stays_text_and_shows_what_is_hidden(browser, deployment):
    await sign_in_as(browser, deployment, "reviewer")

    answer = await submitted(browser, "/flags/1", "/flags/1/comments", text=HOSTILE_TEXT)

    assert answer.status_code == 303
    assert [c.text for c in show_comments(deployment, owner(), 1)] == [HOSTILE_TEXT]
    assert visible(HOSTILE_TEXT) in text_of((await browser.get("/flags/1")).text)


async def test_an_empty_comment_is_told_beside_the_form(browser, deployment):
    await sign_in_as(browser, deployment, "reviewer")

    answer = await submitted(browser, "/flags/1", "/flags/1/comments", text="  ")

    assert answer.status_code == 422
    assert "text is empty" in answer.text


async def test_labels_are_frozen_from_the_case_with_the_onset_filled_in(browser, deployment):
    await sign_in_as(browser, deployment)
    for freeze in list_standing(deployment, owner(), "fraud"):
        lift_freeze(deployment, owner(), freeze.id, reason="looking again")
    since = show_flag(deployment, owner(), 1).since
    page = (await browser.get("/flags/1")).text
    filled = re.search(r'name="since" value="([^"]*)"', page)[1]

    answer = await submitted(
        browser, "/flags/1", "/flags/1/freeze", since=filled, clock="received", reason="audit"
    )

    assert filled == ("" if since is None else since.isoformat())
    assert answer.status_code == 303
    (placed,) = list_standing(deployment, owner(), "fraud")
    assert (placed.flag, placed.since, placed.reason) == (1, since, "audit")


async def test_a_reader_sees_the_comments_and_no_forms(browser, deployment):
    comment_flag(deployment, owner(), 1, text="the screen was broken")
    await sign_in_as(browser, deployment, "auditor")

    page = (await browser.get("/flags/1")).text

    assert "the screen was broken" in page
    assert re.findall(r'<form[^>]*action="([^"]*)"', page) == ["/sign-out"]


async def test_pages_ask_the_database_a_fixed_number_of_times(browser, deployment):
    await sign_in_as(browser, deployment)

    with counted_queries(deployment) as queue:
        await browser.get("/flags")
    with counted_queries(deployment) as case:
        await browser.get("/flags/1")

    selects = [len([q for q in asked if q.startswith("SELECT")]) for asked in (queue, case)]
    assert selects[0] <= 10
    assert selects[1] <= 20


async def test_each_signal_of_a_case_has_its_chart_as_data(browser, deployment):
    await sign_in_as(browser, deployment)
    page = (await browser.get("/flags/1")).text
    addresses = re.findall(r'data-spec="([^"]+)"', page)

    specs = [(await browser.get(address)).json() for address in addresses]

    assert addresses
    rows = [row for spec in specs for rows in spec["datasets"].values() for row in rows]
    words = {cell for row in rows for cell in row.values() if isinstance(cell, str)}
    assert visible(HOSTILE_NAME)[:20] in " ".join(w for w in words if w.startswith("\u25b8"))
    assert not any(c in word for word in words for c in "\u202e\u200b\x00")
    missing = await browser.get("/flags/1/charts/unheard.json")
    assert missing.status_code == 404


@pytest.mark.parametrize(
    ("signal", "title"),
    [
        ("spam", "The favourite label of each labeler"),
        ("targeted_flip", "Who calls one class another"),
        ("label_shift", "Share of the label"),
    ],
)
async def test_a_chart_of_a_case_is_of_the_signals_own_kind(browser, deployment, signal, title):
    await sign_in_as(browser, deployment)

    spec = (await browser.get(f"/flags/1/charts/{signal}.json")).json()

    assert spec["usermeta"]["title"].startswith(title)
    assert spec["usermeta"]["how"]
    assert "title" not in spec


async def test_a_case_says_which_assessment_a_chart_is_of(browser, deployment, clock):
    await sign_in_as(browser, deployment)
    raised = text_of((await browser.get("/flags/1")).text)
    with unit_of_work(deployment.engine) as session:
        session.exec(delete(FlagChart))

    today = text_of((await browser.get("/flags/1")).text)
    spec = (await browser.get("/flags/1/charts/spam.json")).json()
    clock.tick(60)
    assess_project(deployment, owner(), "fraud")
    later = text_of((await browser.get("/flags/1")).text)

    assert raised.count("As the assessment saw it that raised this flag") == 3
    assert today.count("No chart was kept with this flag") == 3
    assert "Each labeler with the 95 % interval" in spec["usermeta"]["how"]
    assert later.count("no earlier chart of this signal was kept") == 3


async def test_an_open_case_leads_to_a_blind_audit_of_its_labeler(browser, deployment):
    await sign_in_as(browser, deployment)

    page = (await browser.get("/flags/1")).text
    form = await browser.get(re.search(r'href="(/projects/[^"]+/audits/new\?flag=1)"', page)[1])

    assert form.status_code == 200
    assert "flag #1" in text_of(form.text).lower()
