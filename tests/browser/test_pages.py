"""Every page in a real browser: it reads in both themes, fits a phone, and asks nobody."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser.conftest import PATIENCE_MILLISECONDS, SCREENS
from browser.visits import names_of, unvisited, visits
from playwright.sync_api import expect

# The first test of a process makes the installation; on a busy machine that takes its time.
pytestmark = pytest.mark.timeout(900)
WCAG = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
THEMES = ("light", "dark")
PHONE = {"width": 360, "height": 780}
DESK = {"width": 1280, "height": 900}
SOON = "figure.chart[data-drawn=soon]"


def _draw_all(page):
    """Look at every chart: one is fetched when it is about to be seen."""
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    for figure in page.locator("figure.chart").all():
        figure.scroll_into_view_if_needed()
    # not by a function: the page lets nobody evaluate a text
    expect(page.locator(SOON)).to_have_count(0, timeout=PATIENCE_MILLISECONDS)


def test_every_page_is_visited():
    assert unvisited() == [], "add values for its parameters in tests/browser/visits.py"


@pytest.mark.parametrize("visit", visits(), ids=names_of(visits()))
def test_a_page_is_read_by_everybody(opened, visit):
    page = opened(visit.path, visit.role)
    if "html" not in page.evaluate("document.contentType"):
        assert page.evaluate("document.contentType") == "application/json"
        return

    assert page.title().endswith("labeltrust")
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        _draw_all(page)
        found = Axe().run(page, options=WCAG)
        page.screenshot(path=SCREENS / f"{visit.name}-{theme}.png", full_page=True)
        assert found.violations_count == 0, f"{theme}: {found.generate_report()}"
    assert page.locator("figure.chart[data-drawn=no]").count() == 0
    assert page.locator("figure.chart").count() == page.locator("figure.chart svg").count()
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(PHONE)
    page.screenshot(path=SCREENS / f"{visit.name}-360.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
