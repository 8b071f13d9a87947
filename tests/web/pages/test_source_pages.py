"""Sources and what is held of them: watched, vetted, rotated, read again."""

import re

import pytest
from factories import owner
from web.pages.browsing import sign_in_as, submitted
from web.pages.counting import queries

from labeltrust.domain.access import SourceDraft
from labeltrust.services.add_source import add_source, list_sources
from labeltrust.services.platforms import platforms


def status_of(deployment, name: str) -> str:
    return next(s.status for s in list_sources(deployment, owner()) if s.name == name)


async def test_sources_are_listed_with_what_they_sent_and_what_is_held(browser, deployment):
    await sign_in_as(browser, deployment, "auditor")

    page = (await browser.get("/sources")).text

    row = page[page.index('href="/sources/import"') :]
    assert re.search(r'<td class="n">2,0\d\d</td>', row[: row.index("</tr>")])
    assert 'href="/quarantine?source=import"' in page


async def test_an_admin_vets_a_source_with_a_reason_and_back(browser, deployment):
    await sign_in_as(browser, deployment, "admin")

    doubted = await submitted(
        browser, "/sources/acme", "/sources/acme/status", status="probation", reason="a leak"
    )
    then = status_of(deployment, "acme")
    page = (await browser.get("/sources/acme")).text
    trusted = await submitted(
        browser, "/sources/acme", "/sources/acme/status", status="trusted", reason="vetted"
    )

    assert (doubted.status_code, trusted.status_code) == (303, 303)
    assert then == "probation"
    assert "closed until it is vetted" in page
    assert status_of(deployment, "acme") == "trusted"


async def test_without_a_reason_nothing_changes(browser, deployment):
    await sign_in_as(browser, deployment, "admin")

    answer = await submitted(
        browser, "/sources/acme", "/sources/acme/status", status="probation", reason=" "
    )

    assert answer.status_code == 422
    assert "reason is empty" in answer.text
    assert status_of(deployment, "acme") == "trusted"


async def test_a_new_secret_is_shown_once_and_an_old_one_revoked(browser, deployment):
    await sign_in_as(browser, deployment, "admin")

    rotated = await submitted(browser, "/sources/acme", "/sources/acme/rotate", overlap_hours="2")
    secret = re.search(r"whsec_[A-Za-z0-9+/=]+", rotated.text)[0]
    page = (await browser.get("/sources/acme")).text
    keys = re.findall(r'name="key_id" value="(whk_[0-9a-f]+)"', page)
    revoked = await submitted(
        browser, "/sources/acme", "/sources/acme/revoke", key_id=keys[0], reason="leaked"
    )

    assert secret not in page
    assert len(keys) == 2
    assert revoked.status_code == 303
    after = (await browser.get("/sources/acme")).text
    assert len(re.findall(r'name="key_id" value="(whk_[0-9a-f]+)"', after)) == 1
    assert "revoked" in after


@pytest.mark.parametrize("hours", ["-1", "nan", "inf", "soon", "1e9"])
async def test_an_overlap_that_is_none_is_refused(browser, deployment, hours):
    await sign_in_as(browser, deployment, "admin")

    answer = await submitted(browser, "/sources/acme", "/sources/acme/rotate", overlap_hours=hours)

    assert answer.status_code == 422
    assert "whsec_" not in answer.text


async def test_the_page_says_where_to_send_and_by_which_header(browser, deployment):
    await sign_in_as(browser, deployment)

    page = (await browser.get("/sources/acme")).text

    assert "/webhooks/acme" in page
    assert "Authorization" in page


async def test_everything_held_of_a_source_is_read_again(browser, deployment):
    await sign_in_as(browser, deployment)

    answer = await submitted(
        browser, "/sources/import", "/sources/import/retry", reason="mended, I hope"
    )

    assert answer.headers["location"] == "/sources/import?read=0&held=1"
    page = (await browser.get(answer.headers["location"])).text
    assert "0 could be read now, 1 still cannot" in page


async def test_sources_of_other_projects_are_not_there(browser, deployment):
    await sign_in_as(browser, deployment, projects=())

    assert "No sources yet" in (await browser.get("/sources")).text
    assert (await browser.get("/sources/acme")).status_code == 404


async def test_more_sources_ask_the_database_no_more_often(browser, deployment):
    await sign_in_as(browser, deployment)
    few = await queries(deployment, browser, "/sources")
    for number in range(20):
        draft = SourceDraft(name=f"s{number}", platform="generic", projects=("fraud",))
        add_source(deployment, owner(), draft)

    assert await queries(deployment, browser, "/sources") == few <= 12


async def test_quarantine_is_narrowed_to_a_source_and_a_reason(browser, deployment):
    await sign_in_as(browser, deployment)

    mine = (await browser.get("/quarantine?source=import")).text
    others = (await browser.get("/quarantine?source=acme")).text
    hostile = (await browser.get("/quarantine?source=%00%22%3E%3Cscript%3E&code=%F0%9F%98%80")).text

    assert "/quarantine/1" in mine
    assert "/quarantine/1" not in others
    assert "<script>" not in hostile


async def test_an_untried_adapter_is_marked_on_both_pages_and_a_tried_one_is_not(
    browser, deployment
):
    known = next(s for s in list_sources(deployment, owner()) if s.name == "acme")
    draft = SourceDraft(name="kili-1", platform="kili", projects=known.projects[:1])
    add_source(deployment, owner(), draft)
    await sign_in_as(browser, deployment, "auditor")

    listed = (await browser.get("/sources")).text
    marked = (await browser.get("/sources/kili-1")).text
    tried = (await browser.get("/sources/acme")).text

    assert "not tried on a live system" in listed
    assert "made from documentation; not tried on a live system" in marked
    assert "not tried on a live system" not in tried


async def test_a_secret_that_the_platform_made_is_kept_and_not_shown(browser, deployment):
    await sign_in_as(browser, deployment, "admin")

    page = await submitted(
        browser, "/sources/acme", "/sources/acme/rotate",
        overlap_hours="2", secret="a-secret-of-the-platform",
    )  # fmt: skip

    assert page.status_code == 200
    assert "a-secret-of-the-platform" not in page.text
    assert "kept sealed" in page.text


async def test_how_a_platform_is_read_is_kept_and_compared_by_buttons(browser, deployment):
    config = {"questions": {"verdict": "label"}}
    draft = SourceDraft(name="ls", platform="label-studio", projects=("fraud",), config=config)
    add_source(deployment, owner(), draft)
    await sign_in_as(browser, deployment, "admin")
    before = (await browser.get("/sources/ls")).text
    form = {"url": "https://192.0.2.1", "remote": "3", "token": "t0ken", "every_minutes": "30"}

    refused = await submitted(browser, "/sources/ls", "/sources/ls/connection", **form)
    early = await submitted(browser, "/sources/ls", "/sources/ls/reconcile")

    assert "not connected" in before
    assert refused.status_code == 422
    assert "LABELTRUST_PLATFORM_NETWORKS" in refused.text
    assert 'value="https://192.0.2.1"' in refused.text
    assert "t0ken" not in refused.text
    assert early.status_code == 422
    assert "source connect" in early.text


async def test_a_source_of_every_platform_has_its_page_for_who_manages_it(browser, deployment):
    known = next(s for s in list_sources(deployment, owner()) if s.name == "acme")
    for name in platforms():
        draft = SourceDraft(name=f"of-{name}", platform=name, projects=known.projects[:1])
        add_source(deployment, owner(), draft)
    await sign_in_as(browser, deployment, "admin")

    for name, platform in platforms().items():
        answer = await browser.get(f"/sources/of-{name}")

        assert answer.status_code == 200, name
        assert platform.title in answer.text
        assert ("a signature over each delivery" in answer.text) is not bool(platform.static_header)
