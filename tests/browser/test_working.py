"""What a reviewer does in the console, and that it goes on without a script."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlmodel import col, delete

from labeltrust.app import build_deployment
from labeltrust.store.session import unit_of_work
from labeltrust.store.tables import Job

pytestmark = pytest.mark.timeout(900)  # as in test_pages.py
LABELERS = "/projects/fraud-review/labelers"


def test_three_clicks_after_sign_in_lead_to_why_a_labeler_was_flagged(browser, site, watch):
    context = browser.new_context()
    page = context.new_page()
    watch.over(page)
    page.goto(site.link("reviewer"))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{site.url}/projects")

    page.locator("main").get_by_role("link", name="fraud-review", exact=True).click()
    page.locator("main").get_by_role("link", name="#2", exact=True).first.click()
    page.wait_for_url("**/flags/2")

    for title in ("What the signals say", "Who accuses", "Items, side by side"):
        assert page.get_by_role("heading", name=title).count() == 1
    assert "others believe" in page.locator("main").inner_text().casefold()
    assert "reviewer-22" in page.get_by_role("heading", level=1).inner_text()
    context.close()


def test_a_table_is_sorted_in_place_and_the_address_says_so(opened):
    page = opened(LABELERS)
    page.evaluate("window.stayed = true")

    page.locator("thead").get_by_role("link", name="Labels", exact=True).click()
    page.wait_for_url("**sort=-labels")

    heading = page.locator("th[aria-sort]")
    assert heading.get_attribute("aria-sort") == "descending"
    shown = page.locator(".listing tbody tr td:nth-child(3)").all_inner_texts()
    numbers = [int(text.replace(",", "")) for text in shown]
    assert numbers == sorted(numbers, reverse=True)
    assert page.evaluate("window.stayed")
    page.go_back()
    page.locator("th[aria-sort]", has_text="Standing").wait_for()
    assert page.url.endswith(LABELERS)


def test_a_search_narrows_the_table_while_it_is_typed(opened):
    page = opened(LABELERS)

    page.get_by_role("searchbox").press_sequentially("reviewer-22")
    page.wait_for_url("**q=reviewer-22**")
    expect(page.locator(".listing tbody tr")).to_have_count(1)

    assert page.get_by_role("searchbox").input_value() == "reviewer-22"
    assert page.locator("tbody").get_by_role("link", name="reviewer-22").count() == 1
    page.get_by_label("Standing").select_option("clear")
    page.get_by_text("Nothing matches").wait_for()


def test_a_table_is_downloaded_as_it_is_narrowed(opened):
    page = opened(f"{LABELERS}?q=reviewer-22")

    with page.expect_download() as found:
        page.get_by_role("link", name="CSV").click()
    lines = found.value.path().read_text("utf-8").splitlines()

    assert found.value.suggested_filename == "labelers.csv"
    assert lines[0].startswith("labeler,trouble,labels,trust,trust_low")
    assert [line.split(",")[0] for line in lines[1:]] == ["reviewer-22"]


@pytest.mark.parametrize("path", ["/projects", "/projects/fraud-review", LABELERS, "/flags/2"])
def test_pages_are_read_without_a_script(opened, path):
    page = opened(path, java_script_enabled=False)

    assert page.locator("main h1").count() == 1
    assert "UTC" in page.locator("footer").inner_text()


def test_without_a_script_tables_are_searched_and_sorted_by_plain_addresses(opened):
    page = opened(LABELERS, java_script_enabled=False)

    page.get_by_role("searchbox").fill("reviewer-2")
    page.get_by_role("button", name="Show").click()
    page.locator("thead").get_by_role("link", name="Labels", exact=True).click()

    assert "q=reviewer-2" in page.url
    assert "sort=-labels" in page.url
    assert all("reviewer-2" in name for name in page.locator("tbody a.name").all_inner_texts())


def test_times_are_those_of_the_reader_and_utc_when_pointed_at(opened):
    page = opened("/flags/2", timezone_id="Asia/Tokyo")

    time = page.locator("main time").first
    exact = time.get_attribute("datetime")
    title, text = time.get_attribute("title"), time.inner_text()

    assert title == f"{exact[:10]} {exact[11:16]} UTC"
    assert (int(text[11:13]) - int(exact[11:13])) % 24 == 9
    assert "Asia/Tokyo" in page.locator("footer").inner_text()


def test_a_running_assessment_shows_a_bar_without_a_reload(opened, site):
    page = opened("/projects/fraud")
    deployment = build_deployment(site.settings)
    later = deployment.clock() + timedelta(hours=1)
    job = Job(kind="assess", key="fraud", due_at=later, first_due_at=later, leased_until=later)
    with unit_of_work(deployment.engine) as session:
        session.add(job)

    page.locator("progress").wait_for()
    with unit_of_work(deployment.engine) as session:
        session.exec(delete(Job).where(col(Job.key) == "fraud"))
    page.locator("progress").wait_for(state="detached")
    deployment.engine.dispose()


def test_the_keyboard_reaches_the_content_first(opened):
    page = opened("/projects")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")

    assert page.url.endswith("#main")
