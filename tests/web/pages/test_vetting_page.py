"""The page that vets a source: what is compared, and a decision with a reason."""

from factories import owner
from web.pages.browsing import sign_in_as, submitted

from labeltrust.services.add_source import list_sources

PAGE = "/projects/fraud/sources/import/vetting"


def status(deployment, name="import"):
    return {one.name: one.status for one in list_sources(deployment, owner())}[name]


async def test_a_source_is_rejected_and_trusted_again_with_a_reason(browser, deployment):
    await sign_in_as(browser, deployment, "admin")

    page = (await browser.get(PAGE)).text
    without = await submitted(browser, PAGE, PAGE, decision="reject", reason="")
    done = await submitted(browser, PAGE, PAGE, decision="reject", reason="all one label")
    rejected = status(deployment)
    shown = (await browser.get("/sources/import")).text
    await submitted(browser, PAGE, PAGE, decision="trust", reason="our mistake")

    assert "No trusted source has labels here" in page
    assert "Accuracy on gold items" in page
    assert without.status_code == 422
    assert (done.status_code, rejected) == (303, "rejected")
    assert "no gate waits for them" in shown
    assert status(deployment) == "trusted"


async def test_a_source_without_labels_says_what_to_do_and_readers_only_read(browser, deployment):
    await sign_in_as(browser, deployment, "reviewer")

    page = (await browser.get("/projects/fraud/sources/acme/vetting")).text
    missing = await browser.get("/projects/fraud/sources/nobody/vetting")

    assert "No label of this source stands yet" in page
    assert "An admin decides" in page
    assert missing.status_code == 404
