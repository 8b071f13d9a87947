"""The page of drills: what was planted and found, an empty state, and the next one ordered."""

from web.pages.browsing import sign_in_as

from labeltrust.domain.drills import DrillDraft, DrillFound
from labeltrust.store.drills import add_drill, finish_drill
from labeltrust.store.session import unit_of_work

FOUND = DrillFound(
    labels=4_000, labelers=30, attackers=3, bad_labels=102, flagged=3, frozen=3,
    bad_until_found=18, minutes_until_found=2.99, seconds_until_contained=240.5,
    others_flagged=1, others_frozen=0, victim_frozen=None, gate_open=False, seconds=5.0,
)  # fmt: skip


def kept(deployment, n, found=None, error=None):
    with unit_of_work(deployment.engine) as session:
        for seed in range(n):
            draft, at = DrillDraft(campaign="flip", seed=seed), deployment.clock()
            number = add_drill(session, draft, at, "os:<b>t</b>")
            finish_drill(session, number, at, found=found, error=error)


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
    kept(deployment, 51, FOUND)
    kept(deployment, 1, error="<i>no disk</i>")
    clock.tick(1)
    await sign_in_as(browser, deployment, "auditor")

    page = (await browser.get("/drills")).text
    older = (await browser.get("/drills?before=3")).text

    assert "Of 51 drills in 30 days" in page
    assert "found in time" in page
    assert "not contained in time" in page
    assert "&lt;i&gt;no disk" in page
    assert "<b>t</b>" not in page
    assert "Order a drill" not in page
    assert 'href="/drills?before=3"' in page
    assert "seed 1<" in older
    assert "Older drills" not in older
