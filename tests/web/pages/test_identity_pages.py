"""Who a labeler is, on the page and over HTTP: joined, undone, with vendors counted."""

import re

from factories import owner
from web.pages.browsing import LABELER, sign_in_as, submitted

from labeltrust.services._identity import Named
from labeltrust.services.describe_labeler import Profile, describe_labelers
from labeltrust.services.merge_labelers import merge_labelers
from labeltrust.services.search_labelers import LabelerSearch, search_labelers
from labeltrust.services.show_identity import show_identity

HOME = "/projects/fraud/labelers"


def two(deployment):
    """Two labelers of the crowd whose names are plain."""
    page = search_labelers(deployment, owner(), "fraud", LabelerSearch())
    return [n for n in sorted(e["labeler"] for e in page.entries) if re.fullmatch(r"[\w-]+", n)][:2]


async def test_a_page_tells_every_name_and_joins_two_with_a_reason(browser, deployment):
    await sign_in_as(browser, deployment)
    one, into = two(deployment)

    answer = await submitted(
        browser, f"{HOME}/{one}", f"{HOME}/{one}/merge", into=into, reason="one person, says HR"
    )

    assert answer.status_code == 303
    assert answer.headers["location"] == f"{HOME}/{into}#identity"
    page = (await browser.get(f"{HOME}/{into}")).text
    assert "joined to" in page
    assert "by person:ann: one person, says HR" in page
    assert [n.name for n in show_identity(deployment, owner(), "fraud", into).names] == [into, one]


async def test_a_merge_is_undone_on_the_page(browser, deployment):
    await sign_in_as(browser, deployment)
    one, into = two(deployment)
    act = merge_labelers(deployment, owner(), "fraud", Named(one), Named(into), reason="x")

    path = f"{HOME}/{into}/identity/{act.number}/undo"
    answer = await submitted(browser, f"{HOME}/{into}", path, reason="two after all")
    again = await submitted(browser, f"{HOME}/{into}", path, reason="two after all")

    assert (answer.status_code, again.status_code) == (303, 409)
    assert "was undone already" in again.text
    assert len(show_identity(deployment, owner(), "fraud", into).names) == 1


async def test_a_name_is_parted_from_a_person_on_the_page(browser, deployment):
    await sign_in_as(browser, deployment)
    one, into = two(deployment)
    assert "/split" not in (await browser.get(f"{HOME}/{into}")).text  # one name: nothing to part
    merge_labelers(deployment, owner(), "fraud", Named(one), Named(into), reason="x")
    path = f"{HOME}/{into}/split"

    wrong = await submitted(browser, f"{HOME}/{into}", path, parted="<b>nobody", reason="no <i>")
    answer = await submitted(browser, f"{HOME}/{into}", path, parted=one, reason="two people")

    assert (wrong.status_code, answer.status_code) == (422, 303)
    assert "<b>nobody" not in wrong.text
    assert "no &lt;i&gt;" in wrong.text
    assert answer.headers["location"] == f"{HOME}/{into}#identity"
    assert [n.name for n in show_identity(deployment, owner(), "fraud", into).names] == [into]
    assert [n.name for n in show_identity(deployment, owner(), "fraud", one).names] == [one]


async def test_a_name_is_told_ahead_on_the_page(browser, deployment):
    await sign_in_as(browser, deployment)
    one, other = two(deployment)
    source = show_identity(deployment, owner(), "fraud", one).names[0].sources[0]
    path = f"{HOME}/{one}/aliases"

    taken = await submitted(
        browser, f"{HOME}/{one}", path, alias=other, alias_source=source, reason="x"
    )
    answer = await submitted(
        browser, f"{HOME}/{one}", path, alias="<b>new", alias_source=source, reason="new account"
    )

    assert (taken.status_code, answer.status_code) == (409, 303)
    names = [n.name for n in show_identity(deployment, owner(), "fraud", one).names]
    assert names == [one, "<b>new"]
    page = (await browser.get(f"{HOME}/{one}")).text
    assert "told ahead for" in page
    assert "&lt;b&gt;new" in page


async def test_a_refused_merge_keeps_what_was_written(browser, deployment):
    await sign_in_as(browser, deployment)
    one, _ = two(deployment)

    answer = await submitted(
        browser, f"{HOME}/{one}", f"{HOME}/{one}/merge", into="<b>nobody", reason="because <i>"
    )

    assert answer.status_code == 422
    assert "no labeler" in answer.text
    assert "<b>nobody" not in answer.text
    assert "because &lt;i&gt;" in answer.text


async def test_vendors_are_set_and_counted_with_a_word_of_caution(browser, deployment):
    await sign_in_as(browser, deployment)
    one, other = two(deployment)
    assert "By vendor" not in (await browser.get(HOME)).text

    answer = await submitted(
        browser, f"{HOME}/{one}", f"{HOME}/{one}/profile",
        vendor="<b>acme", team="night", reason="contract 12",
    )  # fmt: skip
    describe_labelers(
        deployment, owner(), "fraud", [Profile(labeler=other, vendor="<b>acme")], reason="x"
    )

    assert answer.status_code == 303
    page = (await browser.get(HOME)).text
    assert "By vendor" in page
    swapped = await browser.get(HOME, headers={"hx-request": "true"})
    back = await browser.get(
        HOME, headers={"hx-request": "true", "hx-history-restore-request": "true"}
    )
    assert "By vendor" not in swapped.text
    assert "By vendor" in back.text
    assert "&lt;b&gt;acme" in page
    assert "no reason to suspect a person" in page
    table = page[page.index('id="vendors"') :]
    assert "n&nbsp;2" in table
    assert "not computed" not in table
    assert 'team: <span class="name">night' in (await browser.get(f"{HOME}/{one}")).text


async def test_who_may_not_sees_no_forms_of_identity(browser, deployment):
    await sign_in_as(browser, deployment, "reviewer")

    page = (await browser.get(LABELER)).text

    assert "Who this is" in page
    assert "/merge" not in page
    assert "/aliases" not in page
    assert "/profile" not in page
