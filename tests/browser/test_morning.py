"""The morning of a QA lead: from the top of the queue to a training set behind an open gate."""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from browser.conftest import PATIENCE_MILLISECONDS, REPORT_VIOLATIONS, Site, Watch
from browser.looks import accessible, draw_all, picture
from browser.office import CHARGED_BACK, PROJECT, office
from playwright.sync_api import expect

pytestmark = pytest.mark.timeout(900)  # as in test_pages.py


@dataclass
class Person:
    """Somebody at a browser of their own, who looks at every page before going on."""

    page: Any
    role: str
    stops: int = 0

    def stop(self, title: str) -> None:
        """Look at the page that was come to."""
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(title)
        self.stops += 1
        draw_all(self.page)
        picture(self.page, f"morning-{self.role}-{self.stops:02}")
        accessible(self.page, f"{self.role}, stop {self.stops}: {title}")

    def follow(self, name: str, within: str = "main") -> None:
        self.page.locator(within).get_by_role("link", name=name).first.click()

    def because(self, reason: str, button: str) -> None:
        """Fill the reason in that a form asks for, and send it."""
        form = self.page.locator("form", has=self.page.get_by_role("button", name=button))
        form.get_by_label("Reason").fill(reason)
        form.get_by_role("button", name=button, exact=True).click()


@pytest.fixture(scope="module")
def place(chromium, tmp_path_factory):
    with office(tmp_path_factory.mktemp("office")) as (server, settings):
        yield Site(url=server.url, settings=settings)


@pytest.fixture
def arrives(browser, place):
    """Signs people in, each in a browser of their own, all under one watch."""
    watch, contexts = Watch(place.url), []

    def arrive(role: str) -> Person:
        context = browser.new_context(base_url=place.url, locale="en-GB")
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        context.add_init_script(REPORT_VIOLATIONS)
        page = context.new_page()
        watch.over(page)
        page.goto(place.link(role))
        page.get_by_role("button", name="Sign in").click()
        return Person(page, role)

    yield arrive
    for context in contexts:
        context.close()
    assert watch.faults == []


def test_the_morning_of_a_qa_lead(arrives):
    lead = arrives("qa_lead")
    lead.stop("Projects")

    flag = _reads_the_top_case(lead)
    audit = _draws_a_blind_audit(lead, flag)
    _answers_the_desk(arrives("reviewer"), audit)
    _decides(lead, audit, flag)
    _confirms_what_the_breaker_held(lead)
    _makes_a_snapshot(lead)


def _reads_the_top_case(lead: Person) -> str:
    lead.follow("Flags", "header")
    lead.stop("Review queue")
    flag = lead.page.locator("tbody tr").first.get_by_role("link").first.inner_text()
    lead.follow(flag)
    lead.stop(f"flag {flag}")
    main = lead.page.locator("main")
    assert main.locator("figure.chart svg").count() == main.locator("article.reason").count() > 0
    assert CHARGED_BACK in main.locator(".evidence").first.inner_text()
    return flag


def _draws_a_blind_audit(lead: Person, flag: str) -> str:
    lead.follow("Have a sample re-audited blind")
    lead.stop("Draw an audit")
    page = lead.page
    page.get_by_label("Number of items").fill("30")
    page.get_by_label("Disputed items").fill("95")
    page.get_by_label("Unanimous items").fill("0")
    page.get_by_label("Labeled by two reviewers").fill("0")
    page.get_by_role("button", name="Show the price").click()
    page.get_by_role("heading", name="The price").wait_for()
    lead.stop("Draw an audit")
    lead.because(f"are the labels of flag {flag} wrong?", "Draw the sample")
    page.wait_for_url(re.compile(r"/audits/\d+$"))
    lead.stop("Audit #")
    return page.url


def _answers_the_desk(reviewer: Person, audit: str) -> None:
    """Answer every item by keys alone, by what the item says; take one verdict back on the way."""
    page = reviewer.page
    reviewer.stop("Projects")
    page.goto(audit)
    reviewer.stop("Audit #")
    assert "reviewer-" not in page.locator("main").inner_text()
    reviewer.follow("To your desk")
    reviewer.stop("Your desk")
    reviewer.follow("Begin")
    _answer(page, "1")
    expect(page.get_by_role("heading", level=1)).to_have_text("Item 2 of 30")
    page.wait_for_load_state()
    page.keyboard.press("u")
    expect(page.get_by_role("heading", level=1)).to_have_text("Item 1 of 30")
    reviewer.stop("Item 1 of 30")
    for n in range(1, 31):
        expect(page.get_by_role("heading", level=1)).to_have_text(f"Item {n} of 30")
        fraud = CHARGED_BACK in page.locator(".item").inner_text()
        _answer(page, "2" if fraud else "1")
    page.get_by_text("That was the last item").wait_for()
    reviewer.stop("Your desk")


def _answer(page, key: str) -> None:
    page.wait_for_load_state()  # keys are heard by a script
    page.keyboard.press(key)
    page.keyboard.press("Enter")


def _decides(lead: Person, audit: str, flag: str) -> None:
    """Read what the audit found, close it, and confirm the flag: the audit only proposes."""
    page = lead.page
    page.goto(audit)
    lead.stop("Audit #")
    assert "audited disputed labels are wrong" in page.locator("#means ~ p").first.inner_text()
    lead.because("all thirty were answered", "Close the audit")
    expect(page.get_by_text("done", exact=True)).to_be_visible()
    lead.stop("Audit #")
    lead.follow(re.compile(f"flag {flag}"))
    lead.because("the audit found what the signals say", "Confirm")
    expect(page.get_by_role("heading", name="Decided")).to_be_visible()
    lead.stop(f"flag {flag}")
    expect(page.get_by_text("labels frozen")).to_be_visible()
    page.locator("section", has=page.locator("#hold")).get_by_role("link", name="#1").first.click()
    expect(page.get_by_text("Labels on record")).to_be_visible()
    lead.stop("Freeze #1")
    assert "labels held out" in page.locator("main").inner_text()


def _confirms_what_the_breaker_held(lead: Person) -> None:
    """Be the second person whom every provisional hold waits for, and so open the gate."""
    page = lead.page
    lead.follow(PROJECT)
    lead.stop("Demo")
    lead.follow("The gate's history")
    lead.stop("Training gate")
    while page.get_by_role("heading", name="Training must wait").is_visible():
        lead.follow(re.compile("^flag #"))
        lead.because("looked at like the first one", "Confirm")
        expect(page.get_by_role("heading", name="Decided")).to_be_visible()
        page.goto(f"/projects/{PROJECT}/gate")
    lead.stop("Training gate")


def _makes_a_snapshot(lead: Person) -> None:
    """Order a training set from the background worker, and see the gate open after it."""
    page = lead.page
    page.goto(f"/projects/{PROJECT}/snapshots")
    lead.stop("Snapshots")
    page.get_by_role("button", name="Make a snapshot").click()
    page.locator("#snapshots tbody").get_by_role("link", name="#1", exact=True).click()
    lead.stop("Snapshot #1")
    left_out = page.locator("section", has=page.get_by_role("heading", name="Left out"))
    assert left_out.locator("tbody tr", has_text="frozen").count() == 6
    page.get_by_role("button", name="Verify now").click()
    page.get_by_role("heading", name="It holds").wait_for()
    page.goto(f"/projects/{PROJECT}/gate")
    lead.stop("Training gate")
    assert page.get_by_role("heading", name="Training may proceed").is_visible()
