"""What is looked at on a page: every chart, a picture of all, and what axe says of it."""

from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from browser.conftest import PATIENCE_MILLISECONDS
from playwright.sync_api import expect

SCREENS = Path(__file__).parents[2] / "build" / "screens"
WCAG = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
SOON = "figure.chart[data-drawn=soon]"


def draw_all(page) -> None:
    """Look at every chart: one is fetched when it is about to be seen."""
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    for figure in page.locator("figure.chart").all():
        figure.scroll_into_view_if_needed()
    # not by a function: the page lets nobody evaluate a text
    expect(page.locator(SOON)).to_have_count(0, timeout=PATIENCE_MILLISECONDS)


def picture(page, name: str) -> None:
    """Keep a picture of the whole page for people to look at."""
    page.screenshot(path=SCREENS / f"{name}.png", full_page=True)


def accessible(page, when: str) -> None:
    """Fail on anything that axe finds."""
    found = Axe().run(page, options=WCAG)
    assert found.violations_count == 0, f"{when}: {found.generate_report()}"
