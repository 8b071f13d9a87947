"""Hostile names, labels and items in a real browser: no dialog, no request, no report."""

import pytest
from browser.visits import hostile_visits, names_of
from web.crowds import HOSTILE_NAME

from labeltrust.web.pages._visible import visible

pytestmark = pytest.mark.timeout(900)  # as in test_pages.py


@pytest.mark.parametrize("visit", hostile_visits(), ids=names_of(hostile_visits()))
def test_a_hostile_page_does_nothing(opened, visit):
    page = opened(visit.path, visit.role)

    page.mouse.move(640, 450)
    for name in ("focus", "mouseover", "load", "error"):
        page.evaluate(
            "name => document.querySelectorAll('*').forEach(e => e.dispatchEvent(new Event(name)))",
            name,
        )

    assert page.locator("main").count() == 1
    assert page.locator("iframe, base, main style, main link, main script").count() == 0
    assert page.locator("main img:not([src^='/media'])").count() == 0


def test_a_hostile_name_is_read_as_it_is_written(opened):
    page = opened("/projects/fraud/labelers")

    assert page.get_by_text(visible(HOSTILE_NAME)).count() > 0
