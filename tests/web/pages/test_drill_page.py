"""The page of drills: what was planted and found, an empty state, and the next one ordered."""

from dataclasses import replace

from drilled import FOUND, drilled
from factories import owner
from web.pages.browsing import sign_in_as

from labeltrust.services.drills._keeping import finished
from labeltrust.store.session import unit_of_work

WHO = "os:<b>t</b>"
SLOW = replace(FOUND, seconds_until_contained=240.5)


async def test_without_drills_it_says_how_to_have_some_and_one_is_ordered(browser, deployment):
    await sign_in_as(browser, deployment, "qa_lead")
    page = (await browser.get("/drills")).text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]

    wrong = await browser.post("/drills", data={"csrf_token": token, "campaign": "bribe"})
    right = await browser.post("/drills", data={"csrf_token": token, "campaign": "ring"})
    after = (await browser.get("/drills")).text

    assert "No drill yet" in page
    assert "no drill was carried out" in page
    assert 'href="/drills"' in page
    assert "bribe" in wrong.text
    assert right.status_code == 303
    assert "carried out soon" in after


async def test_it_tells_how_each_went_page_by_page(browser, deployment, clock):
    drilled(
        deployment, [SLOW] * 50 + [replace(SLOW, others_frozen=2, held_wrongly=(4, 17))], by=WHO
    )
    drilled(deployment, [None], by=WHO)
    clock.tick(1)
    await sign_in_as(browser, deployment, "auditor")

    page = (await browser.get("/drills")).text
    older = (await browser.get("/drills?before=3")).text

    assert "Of 51 drills in 30 days" in page
    assert "found in time" in page
    assert "not contained in time" in page
    assert "no disk" in page
    assert "2 honest held" in page
    assert "labelers 4, 17 of the crowd" in page
    assert "<b>t</b>" not in page
    assert "Order a drill" not in page
    assert 'href="/drills?before=3"' in page
    assert "seed 1<" in older
    assert "Older drills" not in older


async def test_a_game_day_is_ordered_and_its_report_fills(browser, deployment):
    await sign_in_as(browser, deployment, "qa_lead")
    empty = (await browser.get("/drills")).text
    token = empty.split('name="csrf_token" value="')[1].split('"')[0]

    ordered = await browser.post("/game-days", data={"csrf_token": token})
    again = await browser.post("/game-days", data={"csrf_token": token})
    waits = (await browser.get("/game-days/1")).text
    with unit_of_work(deployment.engine) as session:
        finished(deployment, session, owner(), 1, found=FOUND)
        finished(deployment, session, owner(), 2, error="<i>no disk</i>")
    page = (await browser.get("/game-days/1")).text
    listed = (await browser.get("/drills")).text

    assert "No game day yet" in empty
    assert "None is scheduled" in empty
    assert (ordered.status_code, ordered.headers["location"]) == (303, "/game-days/1")
    assert (again.status_code, "a game day is under way" in again.text) == (409, True)
    assert "under way, 5 of 5 attacks to come" in waits
    assert "under way, 3 of 5 attacks to come" in page
    assert "Of 1 attack with an outcome" in page
    assert "&lt;i&gt;no disk" in page
    assert 'href="/game-days/1"' in listed
    assert (await browser.get("/game-days/2")).status_code == 404
