"""The pages before sign-in and the pages of refusals, looked at like all others."""

import pytest
from browser.conftest import PATIENCE_MILLISECONDS, REPORT_VIOLATIONS
from browser.looks import accessible, picture
from browser.test_pages import PHONE, THEMES
from factories import owner

from labeltrust.app import build_deployment
from labeltrust.services.add_person import add_person
from labeltrust.services.sign_in import create_sign_in_link

pytestmark = pytest.mark.timeout(900)  # as in test_pages.py


@pytest.fixture
def visitor(browser, site, watch):
    """A browser of somebody who is not signed in."""
    context = browser.new_context(base_url=site.url, locale="en-GB")
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    context.add_init_script(REPORT_VIOLATIONS)
    page = context.new_page()
    watch.over(page)
    yield page
    context.close()


@pytest.fixture(scope="module")
def password_path(site):
    """Where somebody new sets a password."""
    deployment = build_deployment(site.settings)
    add_person(deployment, owner(), name="new here", role="reviewer")
    link = create_sign_in_link(deployment, owner(), "new here", password=True).address
    deployment.engine.dispose()
    return f"/password/{link.rpartition('/')[2]}"


def looked_at(page, name: str) -> None:
    assert page.title().endswith("labeltrust")
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        picture(page, f"{name}-{theme}")
        accessible(page, f"{name}, {theme}")
    before = page.viewport_size
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(PHONE)
    picture(page, f"{name}-360")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.set_viewport_size(before)


def test_the_sign_in_asks_for_a_name_and_says_how_else(visitor):
    visitor.goto("/sign-in")

    looked_at(visitor, "door-sign-in")


def test_a_wrong_password_is_refused_on_the_page_and_the_name_stays(visitor):
    visitor.goto("/sign-in")
    visitor.get_by_label("Name").fill("ann")
    visitor.get_by_label("Password").fill("not the one")
    visitor.get_by_role("button", name="Sign in").click()

    assert visitor.get_by_role("alert").is_visible()
    assert visitor.get_by_label("Name").input_value() == "ann"
    looked_at(visitor, "door-refused")


def test_a_link_asks_for_a_click(visitor, site):
    visitor.goto(site.link("auditor"))

    looked_at(visitor, "door-link")


def test_a_password_that_is_too_short_is_refused_and_one_that_is_good_signs_in(
    visitor, password_path
):
    visitor.goto(password_path)
    looked_at(visitor, "door-password")
    visitor.get_by_label("New password").fill("new here new here")
    visitor.get_by_role("button", name="Set password").click()
    assert visitor.get_by_role("alert").is_visible()
    looked_at(visitor, "door-password-refused")

    visitor.get_by_label("New password").fill("four horses by a lake")
    visitor.get_by_role("button", name="Set password").click()
    visitor.get_by_label("Name").fill("new here")
    visitor.get_by_label("Password").fill("four horses by a lake")
    visitor.get_by_role("button", name="Sign in").click()

    visitor.get_by_role("heading", name="Projects").wait_for()


@pytest.mark.parametrize(
    ("path", "role", "words"),
    [
        ("/flags/999999", "qa_lead", "Not Found"),
        ("/no-such-page", "qa_lead", "Not Found"),
        ("/keys", "qa_lead", "Forbidden"),
    ],
)
def test_a_refusal_is_a_page_that_leads_back(opened, path, role, words):
    page = opened(path, role)

    assert page.get_by_role("heading", level=1).inner_text() == words
    looked_at(page, f"refused-{path.strip('/').replace('/', '-')}")
    page.get_by_role("link", name="Back to the projects").click()
    page.get_by_role("heading", name="Projects").wait_for()


def test_a_link_that_was_used_says_so_and_how_to_have_another(visitor):
    visitor.goto("/password/no-such-token")

    assert "used already" in visitor.get_by_role("alert").inner_text()
    assert visitor.get_by_text("labeltrust user link NAME").is_visible()
