"""Workload, notifications, notices and appeals as people see them."""

import re

import pytest
from factories import owner
from web.crowds import FRAUD_CLASS, HOSTILE_NAME, HOSTILE_TEXT
from web.pages.browsing import sign_in_as, submitted
from web.pages.test_case_page import text_of

from labeltrust.services.freeze_labels import list_standing
from labeltrust.services.list_appeals import list_appeals
from labeltrust.services.open_appeal import open_appeal
from labeltrust.web.pages._visible import visible


@pytest.mark.parametrize("path", ["/workload", "/notifications", "/appeals"])
async def test_the_empty_pages_say_what_they_are_for(browser, deployment, path):
    await sign_in_as(browser, deployment)

    answer = await browser.get(path)

    assert answer.status_code == 200
    assert re.search(r"Nothing new|Nobody appealed|no appeal was decided", text_of(answer.text))


async def test_a_notice_says_what_is_held_and_neither_scores_nor_gold(browser, deployment):
    (freeze,) = list_standing(deployment, owner(), "fraud")
    await sign_in_as(browser, deployment)

    text = text_of((await browser.get(f"/freezes/{freeze.id}/notice")).text)
    sent = await submitted(
        browser, f"/freezes/{freeze.id}/notice", f"/freezes/{freeze.id}/notice",
        sent_to=HOSTILE_TEXT,
    )  # fmt: skip

    assert visible(HOSTILE_NAME) in text
    assert "not about a person" in text
    assert re.search(r"\d+ labels on \d+ items", text)
    said = text[text.index("Notice: labels") : text.index("On record")]
    assert not re.search(r"e-value|interval|trust|kappa|gold|others believe|p-value", said)
    assert visible(FRAUD_CLASS) not in said
    assert sent.status_code == 303
    page = text_of((await browser.get(f"/freezes/{freeze.id}/notice")).text)
    assert f"given to {visible(HOSTILE_TEXT)}" in page


async def test_an_appeal_is_recorded_from_the_case_and_decided_on_its_page(browser, deployment):
    (freeze,) = list_standing(deployment, owner(), "fraud")
    await sign_in_as(browser, deployment)

    made = await submitted(
        browser, "/flags/1", f"/freezes/{freeze.id}/appeals", reason=HOSTILE_TEXT
    )
    page = text_of((await browser.get("/appeals/1")).text)
    empty = await submitted(
        browser, "/appeals/1", "/appeals/1/decision", outcome="overturned", reason=""
    )
    done = await submitted(
        browser, "/appeals/1", "/appeals/1/decision", outcome="overturned", reason="all right"
    )

    assert (made.status_code, made.headers["location"]) == (303, "/appeals/1")
    assert visible(HOSTILE_TEXT) in page
    assert empty.status_code == 422
    assert done.status_code == 303
    assert list_standing(deployment, owner(), "fraud") == []
    assert list_appeals(deployment, owner())[0].outcome == "overturned"
    assert "100.0 %" in text_of((await browser.get("/workload")).text)
    assert "overturned" in text_of((await browser.get("/appeals")).text)


async def test_a_freeze_leads_to_its_notice_and_takes_an_appeal(browser, deployment):
    (freeze,) = list_standing(deployment, owner(), "fraud")
    place = f"/freezes/{freeze.id}"
    await sign_in_as(browser, deployment)
    await submitted(browser, f"{place}/notice", f"{place}/notice", sent_to="her manager")

    before = (await browser.get(place)).text
    empty = await submitted(browser, place, f"{place}/appeals", reason=" ")
    made = await submitted(browser, place, f"{place}/appeals", reason=HOSTILE_TEXT)
    after = (await browser.get(place)).text
    again = await submitted(browser, place, f"{place}/appeals", reason="once more")

    assert f'href="{place}/notice"' in before
    assert "given to her manager" in text_of(before)
    assert "Nobody appealed" in text_of(before)
    assert empty.status_code == 422
    assert made.headers["location"] == "/appeals/1"
    assert f"Appeal #1 open {visible(HOSTILE_TEXT)}" in text_of(after)
    assert f'action="{place}/appeals"' not in after
    assert again.status_code == 409
    assert "waits already" in text_of(again.text)


async def test_only_who_reviews_records_an_appeal(browser, deployment):
    (freeze,) = list_standing(deployment, owner(), "fraud")
    await sign_in_as(browser, deployment, role="auditor")

    page = (await browser.get(f"/freezes/{freeze.id}")).text

    assert "/notice" in page
    assert "/appeals" not in page[page.index("<main") :]


async def test_notifications_are_counted_listed_and_marked_as_seen(browser, deployment, clock):
    await sign_in_as(browser, deployment, "reviewer")
    clock.tick(1)
    (freeze,) = list_standing(deployment, owner(), "fraud")
    open_appeal(deployment, owner(), freeze.id, reason="the guideline changed")

    count = text_of((await browser.get("/notifications/unseen")).text)
    page = text_of((await browser.get("/notifications")).text)
    through = re.search(r'name="through" value="(\d+)"', (await browser.get("/notifications")).text)
    seen = await submitted(browser, "/notifications", "/notifications/seen", through=through[1])

    assert re.search(r"1\s+unseen", count)
    assert "An appeal against a freeze of" in page
    assert visible(HOSTILE_NAME)[:20] in page
    assert seen.status_code == 303
    assert "Nothing new" in (await browser.get("/notifications")).text
