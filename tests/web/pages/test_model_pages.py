"""The page of a model: its role, the version before it, what it lost, and the form for it."""

from factories import gold, label, owner
from recorded import record
from web.crowds import HOSTILE_TEXT
from web.pages.browsing import LABELER, sign_in_as, submitted

from labeltrust.services.assess_project import assess_project
from labeltrust.services.models.give_role import RoleDraft, give_role
from labeltrust.web.paths import segment

OLD, NEW = "net-1", f"net-2{HOSTILE_TEXT}"
PAGE = f"/projects/fraud/labelers/{segment(NEW)}"


def modelled(deployment) -> None:
    """Two versions over thirty gold items; the new one has a hostile name, and loses 25."""
    items = [f"m{n}{HOSTILE_TEXT}" for n in range(30)]
    told = [gold(i) for i in items]
    told += [label(i, OLD, labeler_kind="model") for i in items]
    lost = set(items[:25])
    told += [
        label(i, NEW, label=HOSTILE_TEXT if i in lost else "benign", labeler_kind="model")
        for i in items
    ]
    record(deployment, told, source="acme")
    assess_project(deployment, owner(), "fraud")


async def test_a_model_without_a_role_says_what_to_do_and_the_form_gives_it_one(
    browser, deployment
):
    modelled(deployment)
    give_role(deployment, owner(), "fraud", RoleDraft(labeler=OLD, role="production", reason="w"))
    await sign_in_as(browser, deployment)

    before = (await browser.get(PAGE)).text
    wrong = await submitted(browser, PAGE, f"{PAGE}/model", role="canary", predecessor="nobody",
                            reason=HOSTILE_TEXT)  # fmt: skip
    right = await submitted(browser, PAGE, f"{PAGE}/model", role="canary", predecessor=OLD,
                            reason=HOSTILE_TEXT)  # fmt: skip
    assess_project(deployment, owner(), "fraud")
    page, more = (await browser.get(PAGE)).text, (await browser.get(f"{PAGE}?lost=2")).text
    chart = (await browser.get(f"{PAGE}/charts/model/parting.json")).json()

    assert "Nobody said what it is for" in before
    assert (wrong.status_code, right.status_code) == (422, 303)
    assert 'role="alert"' in wrong.text
    assert "worse than before" in page
    assert "25 gold items lost" in page
    assert "-83.33 points" in page
    assert page.count('<li class="name">m') == 20
    assert more.count('<li class="name">m') == 5
    assert "<img src=x" not in page + more
    assert "one item in 200" in chart["description"]


async def test_a_person_has_no_such_card_and_who_may_not_sees_no_form(browser, deployment):
    modelled(deployment)
    await sign_in_as(browser, deployment, "auditor")

    assert "As a model" not in (await browser.get(LABELER)).text
    page = (await browser.get(PAGE)).text
    assert "As a model" in page
    assert "Say what it is for" not in page
    assert (await browser.get(f"{PAGE}/charts/model/parting.json")).status_code == 404
    listed = (await browser.get("/projects/fraud/labelers?kind=model")).text
    assert OLD in listed
    assert "1 to 2 of 2" in listed
    assert "Suppliers this week" in listed
    assert "points" in listed
