"""Every page in a real browser: it reads in both themes, fits a phone, and asks nobody."""

import pytest
from browser.looks import accessible, draw_all, picture
from browser.visits import names_of, unvisited, visits

# The first test of a process makes the installation; on a busy machine that takes its time.
pytestmark = pytest.mark.timeout(900)
THEMES = ("light", "dark")
PHONE = {"width": 360, "height": 780}
DESK = {"width": 1280, "height": 900}


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
        draw_all(page)
        picture(page, f"{visit.name}-{theme}")
        accessible(page, theme)
    assert page.locator("figure.chart[data-drawn=no]").count() == 0
    assert page.locator("figure.chart").count() == page.locator("figure.chart svg").count()
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(PHONE)
    page.reload()
    draw_all(page)
    picture(page, f"{visit.name}-360")
    accessible(page, "on a phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
