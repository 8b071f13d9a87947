"""Freezes of all projects: listed, placed, lifted, taken back, and what each holds."""

import re
from datetime import UTC, datetime

import pytest
from factories import owner
from web.crowds import HOSTILE_NAME
from web.pages.browsing import sign_in_as, submitted
from web.pages.counting import queries

from labeltrust.services.freeze_labels import FreezeDraft, freeze_labels, list_standing
from labeltrust.services.lift_freeze import lift_freeze


def frozen(deployment, **more):
    values = {"project": "fraud", "source": "import", "reason": "supplier retracted"} | more
    return freeze_labels(deployment, owner(), FreezeDraft(**values))


def one_frozen(deployment):
    """Hold one labeler from new work: so little that one person lifts it alone."""
    return frozen(deployment, source=None, labeler=HOSTILE_NAME, kind="person-hold")


async def test_freezes_are_listed_with_scope_reason_and_state(browser, deployment):
    placed = frozen(deployment)
    await sign_in_as(browser, deployment)

    page = (await browser.get("/freezes")).text

    assert f"/freezes/{placed.id}" in page
    assert "supplier retracted" in page
    assert "labels held out" in page


async def test_without_freezes_each_list_says_so(browser, deployment):
    await sign_in_as(browser, deployment, projects=())

    for shown in ("active", "waiting", "lifted", "all"):
        page = (await browser.get(f"/freezes?shown={shown}")).text
        assert re.search(r"No (labels|provisional hold|freeze)", page), shown


async def test_a_freeze_is_placed_by_the_form_with_start_and_clock(browser, deployment):
    await sign_in_as(browser, deployment)

    answer = await submitted(
        browser, "/freezes", "/freezes", project="fraud", scope="source", who="import",
        since="2026-01-02", clock="occurred", reason="supplier retracted",
    )  # fmt: skip

    assert answer.status_code == 303
    page = (await browser.get(answer.headers["location"])).text
    assert "2026-01-02" in page
    assert "by occurred time" in page
    assert "supplier retracted" in page


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"scope": "import", "who": "twelve"}, 422, "is no number"),
        ({"scope": "import", "who": "9" * 400}, 422, "is no number"),
        ({"scope": "labeler", "who": "nobody"}, 404, "no labeler"),
        ({"scope": "source", "who": "import", "since": "soon"}, 422, "is no date"),
        ({"scope": "source", "who": "import", "reason": " "}, 422, "reason is empty"),
    ],
)
async def test_what_cannot_be_frozen_is_told_beside_the_form(
    browser, deployment, fields, status, words
):
    await sign_in_as(browser, deployment)
    values = {"project": "fraud", "reason": "typed already"} | fields

    answer = await submitted(browser, "/freezes", "/freezes", **values)

    assert answer.status_code == status
    assert words in answer.text
    assert values["reason"] in answer.text


async def test_a_lift_is_taken_back_from_its_page(browser, deployment):
    placed = one_frozen(deployment)
    await sign_in_as(browser, deployment)
    path = f"/freezes/{placed.id}"

    lifted = await submitted(browser, path, f"{path}/lift", reason="cleared")
    undone = await submitted(browser, path, f"{path}/undo", reason="wrong source")

    assert lifted.headers["location"] == path
    again = undone.headers["location"]
    assert again != path
    page = (await browser.get(again)).text
    assert f"lift of freeze {placed.id} undone: wrong source" in page
    standing = [freeze.id for freeze in list_standing(deployment, owner(), "fraud")]
    assert int(again.rpartition("/")[2]) in standing


async def test_after_a_day_a_lift_is_offered_no_undo(browser, deployment, clock):
    placed = one_frozen(deployment)
    lift_freeze(deployment, owner(), placed.id, reason="cleared")
    clock.tick(24 * 3600 + 1)
    await sign_in_as(browser, deployment)
    path = f"/freezes/{placed.id}"

    page = (await browser.get(path)).text
    answer = await submitted(browser, path, f"{path}/undo", reason="late")

    assert f'action="{path}/undo"' not in page
    assert answer.status_code == 409
    assert "more than 24 hours ago" in answer.text


async def test_what_a_freeze_holds_is_counted_apart_as_page_and_as_part(browser, deployment):
    placed = frozen(deployment, source=None, labeler=HOSTILE_NAME, since=None, kind="person-hold")
    await sign_in_as(browser, deployment)

    whole = await browser.get(f"/freezes/{placed.id}/holds")
    part = await browser.get(f"/freezes/{placed.id}/holds", headers={"HX-Request": "true"})

    assert "Labels on record" in whole.text
    assert "<html" in whole.text
    assert "<html" not in part.text
    assert re.search(r"<dd>\s*[1-9][0-9]*", part.text)


async def test_who_may_only_read_sees_no_forms(browser, deployment):
    placed = frozen(deployment)
    await sign_in_as(browser, deployment, "auditor")

    for path in ("/freezes", f"/freezes/{placed.id}"):
        page = (await browser.get(path)).text
        assert re.findall(r'<form[^>]*method="post" action="([^"]*)"', page) == ["/sign-out"], path


async def test_freezes_of_other_projects_are_not_shown(browser, deployment):
    placed = frozen(deployment)
    await sign_in_as(browser, deployment, projects=())

    assert f"/freezes/{placed.id}" not in (await browser.get("/freezes?shown=all")).text
    for path in (f"/freezes/{placed.id}", f"/freezes/{placed.id}/holds"):
        assert (await browser.get(path)).status_code == 404


async def test_more_freezes_ask_the_database_no_more_often(browser, deployment):
    frozen(deployment, since=datetime(2026, 1, 31, tzinfo=UTC), clock="occurred")
    await sign_in_as(browser, deployment)
    await browser.get("/freezes?shown=all")

    few = await queries(deployment, browser, "/freezes?shown=all")
    for day in range(20, 0, -1):
        frozen(deployment, since=datetime(2026, 1, day, tzinfo=UTC), clock="occurred")
    many = await queries(deployment, browser, "/freezes?shown=all")

    assert many == few <= 12


async def test_ticked_freezes_go_to_a_second_person(browser, deployment):
    first = frozen(deployment, since=datetime(2026, 1, 31, tzinfo=UTC), clock="occurred")
    second = frozen(deployment)
    await sign_in_as(browser, deployment)
    ticks = {f"lift-{first.id}": "1", f"lift-{second.id}": "1"}

    asked = await submitted(browser, "/freezes", "/freezes/lifts", reason="audited", **ticks)
    none = await submitted(browser, "/freezes", "/freezes/lifts", reason="audited")

    assert asked.headers["location"].startswith("/approvals/")
    assert (none.status_code, "tick the freezes to lift" in none.text) == (422, True)
    standing = {freeze.id for freeze in list_standing(deployment, owner(), "fraud")}
    assert {first.id, second.id} <= standing
