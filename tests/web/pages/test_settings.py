"""What a project goes by: shown, previewed, and changed by two persons."""

import re

import pytest
from factories import owner
from web.pages.browsing import sign_in_as, submitted
from web.pages.test_hostile_text import Seen

from labeltrust.domain.errors import NotAllowed
from labeltrust.domain.principals import Principal
from labeltrust.domain.projects import ProjectChange
from labeltrust.services.assess_project import assess_project
from labeltrust.services.change_project import change_project
from labeltrust.services.give_approval import approve
from labeltrust.services.list_flags import list_flags
from labeltrust.services.preview_thresholds import (
    ask_thresholds,
    preview_thresholds,
    show_thresholds,
)

PAGE = "/projects/fraud/settings"
BEN = Principal(name="person:ben", role="qa_lead", projects=None, person="ben")


def fields(page: str) -> dict[str, str]:
    """Return the thresholds as the form of a page holds them."""
    form = page.partition('action="/projects/fraud/settings/preview"')[2]
    return dict(re.findall(r'<input name="(\w+)"[^>]* value="([^"]*)"', form))


async def test_the_page_shows_questions_guideline_and_thresholds(browser, deployment):
    await sign_in_as(browser, deployment)

    page = (await browser.get(PAGE)).text

    assert "nominal, version" in page
    assert fields(page)["flag_rate"] == "0.05"
    assert fields(page)["gold_floor"] == ""
    assert "No guideline is on record" in page


async def test_a_preview_names_who_would_be_flagged_and_stores_nothing(browser, deployment):
    await sign_in_as(browser, deployment)
    before = list_flags(deployment, owner(), "fraud")
    typed = fields((await browser.get(PAGE)).text) | {"gold_floor": "0.99"}

    answer = await submitted(browser, PAGE, f"{PAGE}/preview", **typed)
    seen = Seen()
    seen.feed(answer.text)

    found = preview_thresholds(deployment, owner(), "fraud", {"gold_floor": 0.99})
    assert answer.status_code == 200
    assert f"{found.flagged[0]} now, {found.flagged[1]} then" in seen.text
    assert found.flagged[0] < found.flagged[1]
    assert found.newly_flagged
    assert all(one.labeler in seen.text for one in found.newly_flagged)
    assert list_flags(deployment, owner(), "fraud") == before


async def test_a_preview_is_taken_away_as_a_file(browser, deployment):
    await sign_in_as(browser, deployment)
    typed = fields((await browser.get(PAGE)).text) | {"gold_floor": "0.99"}

    table = await submitted(browser, PAGE, f"{PAGE}/preview", **typed, format="csv")
    plain = await submitted(browser, PAGE, f"{PAGE}/preview", **typed, format="json")

    found = preview_thresholds(deployment, owner(), "fraud", {"gold_floor": 0.99})
    flagged = [row for row in plain.json() if row["change"] == "would be flagged"]
    assert len(flagged) == len(found.newly_flagged)
    assert table.headers["content-disposition"] == 'attachment; filename="preview.csv"'
    assert table.text.startswith("change,labeler,question,signals,severity,flag")


def test_what_one_change_brings_the_change_back_takes_away(deployment):
    there = preview_thresholds(deployment, owner(), "fraud", {"gold_floor": 0.99})
    ann = Principal(name="person:ann", role="qa_lead", projects=None, person="ann")
    asked = ask_thresholds(deployment, ann, "fraud", {"gold_floor": 0.99}, reason="x")
    approve(deployment, BEN, asked.id, reason="x")

    back = preview_thresholds(deployment, owner(), "fraud", {"gold_floor": None})

    assert [t.labeler for t in back.no_longer_flagged] == [t.labeler for t in there.newly_flagged]
    assert back.changed == {"gold_floor": (0.99, None)}


async def test_a_preview_is_what_an_assessment_then_finds(browser, deployment):
    wanted = {"flag_rate": 0.4, "min_population": 2}
    found = preview_thresholds(deployment, owner(), "fraud", wanted)
    await sign_in_as(browser, deployment)
    typed = fields((await browser.get(PAGE)).text) | {"flag_rate": "0.4", "min_population": "2"}
    asked = await submitted(
        browser, PAGE, f"{PAGE}/thresholds", **typed, reason="we look at more this week"
    )
    before = {flag.labeler for flag in list_flags(deployment, owner(), "fraud")}
    number = int(asked.headers["location"].rpartition("/")[2])

    approve(deployment, BEN, number, reason="agreed")
    assess_project(deployment, owner(), "fraud")

    assert show_thresholds(deployment, owner(), "fraud")["flag_rate"] == 0.4
    after = {flag.labeler for flag in list_flags(deployment, owner(), "fraud")}
    assert after - before == {one.labeler for one in found.newly_flagged}


async def test_thresholds_that_cannot_be_are_refused_beside_the_form(browser, deployment):
    await sign_in_as(browser, deployment)
    typed = fields((await browser.get(PAGE)).text)

    words = await submitted(browser, PAGE, f"{PAGE}/preview", **typed | {"flag_rate": "a few"})
    high = await submitted(browser, PAGE, f"{PAGE}/preview", **typed | {"flag_rate": "2"})
    same = await submitted(browser, PAGE, f"{PAGE}/preview", **typed)

    assert (words.status_code, high.status_code, same.status_code) == (422, 422, 409)
    assert fields(words.text)["flag_rate"] == "a few"
    assert "0.0001 to 0.5" in high.text


async def test_who_may_not_configure_reads_the_thresholds(browser, deployment):
    await sign_in_as(browser, deployment, "auditor")

    page = (await browser.get(PAGE)).text

    assert "False discovery rate" in page
    assert "Preview</button>" not in page
    assert (await browser.get("/settings")).status_code == 403


async def test_the_settings_of_the_installation_hide_secrets(browser, deployment):
    await sign_in_as(browser, deployment, "on_call")

    page = (await browser.get("/settings")).text

    assert "LABELTRUST_FLAG_RATE" in page
    assert str(deployment.settings.home) in page


def test_floors_change_by_one_person_only_until_something_was_decided(deployment):
    floors = ProjectChange(floors={"gold_accuracy": 0.9})

    with pytest.raises(NotAllowed, match="second person"):
        change_project(deployment, owner(), "fraud", floors)

    assert change_project(deployment, owner(), "fraud", ProjectChange(title="x")).title == "x"
