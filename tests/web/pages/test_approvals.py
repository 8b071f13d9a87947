"""The page of what waits for a second person, and the same over HTTP."""

import httpx
from factories import owner
from web.crowds import HOSTILE_NAME, HOSTILE_TEXT
from web.pages.browsing import sign_in_as, submitted
from web.pages.test_hostile_text import Seen

from labeltrust.app import application
from labeltrust.domain.access import KeyDraft
from labeltrust.services.add_person import add_person
from labeltrust.services.create_key import create_key
from labeltrust.services.freeze_labels import FreezeDraft, freeze_labels, list_standing
from labeltrust.services.give_approval import refuse
from labeltrust.services.list_approvals import show_approval
from labeltrust.web.pages._visible import visible


def standing(deployment):
    return [freeze.id for freeze in list_standing(deployment, owner(), "fraud")]


async def test_the_list_shows_who_asks_for_what(browser, deployment):
    await sign_in_as(browser, deployment)

    seen = Seen()
    seen.feed((await browser.get("/approvals")).text)

    assert "Lift freezes" in seen.text
    assert "os:tester" in seen.text
    assert visible(HOSTILE_NAME)[:20] in seen.text


async def test_a_request_shows_reason_and_change_whole(browser, deployment):
    await sign_in_as(browser, deployment)

    seen = Seen()
    seen.feed((await browser.get("/approvals/1")).text)

    assert visible(HOSTILE_TEXT) in seen.text
    assert visible(HOSTILE_NAME) in seen.text


async def test_a_second_person_approves_on_the_page(browser, deployment):
    await sign_in_as(browser, deployment)
    assert 1 in standing(deployment)

    answer = await submitted(
        browser, "/approvals/1", "/approvals/1/approve", reason="read the case"
    )

    assert answer.headers["location"] == "/approvals/1"
    assert 1 not in standing(deployment)
    assert "approved" in (await browser.get("/approvals/1")).text


async def test_an_answer_needs_a_reason_and_keeps_the_page(browser, deployment):
    await sign_in_as(browser, deployment)

    answer = await submitted(browser, "/approvals/1", "/approvals/1/refuse", reason="  ")

    assert answer.status_code == 422
    assert "reason is empty" in answer.text
    assert show_approval(deployment, owner(), 1).status == "waiting"


async def test_who_may_not_answer_reads_only(browser, deployment):
    await sign_in_as(browser, deployment, "auditor")

    page = (await browser.get("/approvals/1")).text

    assert "Approve</button>" not in page


async def test_an_empty_list_says_where_requests_come_from(browser, deployment):
    refuse(deployment, owner(), 1, reason="x")
    await sign_in_as(browser, deployment)

    assert "Nothing waits for a second person" in (await browser.get("/approvals")).text
    assert "withdrawn" in (await browser.get("/approvals?show=all")).text


async def test_a_third_lift_leads_to_its_request(browser, deployment):
    await sign_in_as(browser, deployment)
    places = []
    for labeler in await _names(deployment, 3):
        draft = FreezeDraft(project="fraud", labeler=labeler, reason="x")
        number = freeze_labels(deployment, owner(), draft).id
        page = f"/freezes/{number}"
        answer = await submitted(browser, page, f"{page}/lift", reason="x")
        places.append(answer.headers["location"].removeprefix(page))

    assert places == ["", "", "/approvals/2"]


async def _names(deployment, n):
    from labeltrust.services.read_assessment import read_assessment  # noqa: PLC0415

    entries = read_assessment(deployment, owner(), "fraud")["labelers"]
    return [e["labeler"] for e in entries if not e["frozen"]][:n]


async def test_programs_list_and_answer_requests(deployment):
    add_person(deployment, owner(), name="ben", role="qa_lead")
    draft = KeyDraft(name="k", role="qa_lead", person="ben")
    key = create_key(deployment, owner(), draft).text
    transport = httpx.ASGITransport(application(deployment))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://x", headers={"Authorization": f"Bearer {key}"}
    ) as client:
        waiting = (await client.get("/v1/approvals")).json()["approvals"]
        wrong = await client.post("/v1/approvals/99/approve", json={"reason": "x"})
        done = await client.post("/v1/approvals/1/approve", json={"reason": "read the case"})
        again = await client.post("/v1/approvals/1/refuse", json={"reason": "x"})
        every = (await client.get("/v1/approvals?decided=true")).json()["approvals"]

    assert [(a["id"], a["status"]) for a in waiting] == [(1, "waiting")]
    assert wrong.status_code == 404
    assert (done.status_code, done.json()["decided_by"][:7]) == (200, "key:lt_")
    assert again.status_code == 409
    assert [a["status"] for a in every] == ["approved"]
