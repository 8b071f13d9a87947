"""One real server on the seeds, one real Chromium, and a watch over all that they do."""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from browser.homes import home_of_all
from factories import owner
from servers import serving

from labeltrust.app import build_deployment
from labeltrust.domain.errors import Conflict
from labeltrust.services.add_person import add_person
from labeltrust.services.sign_in import create_sign_in_link
from labeltrust.settings import Settings
from labeltrust.web.vega_bundle import make_bundle

# Generous: two cores may be shared with the rest of the suite.
PATIENCE_MILLISECONDS = 60_000
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--no-first-run", "--disable-dev-shm-usage",
]  # fmt: skip
REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""


@dataclass
class Watch:
    """Everything that must not happen while a page is looked at."""

    address: str
    faults: list[str] = field(default_factory=list)

    def over(self, page) -> None:
        page.on("request", lambda request: self._asked(request.url))
        page.on("response", self._answered)
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on("dialog", self._dialog)

    def _asked(self, url: str) -> None:
        if not url.startswith((f"{self.address}/", "data:", "blob:")):
            self.faults.append(f"outside request: {url}")

    def _answered(self, response) -> None:
        is_page = response.request.resource_type == "document"
        if response.status >= (500 if is_page else 400):
            self.faults.append(f"{response.status}: {response.url}")

    def _said(self, message) -> None:
        # Statuses are judged above, where it is known what was asked for.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            self.faults.append(f"{message.type}: {message.text}")

    def _dialog(self, dialog) -> None:
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()


@dataclass(frozen=True)
class Site:
    """A running installation."""

    url: str
    settings: Settings

    def link(self, role: str) -> str:
        """Return an address that signs a person of a role in."""
        deployment = build_deployment(self.settings)
        try:
            name = f"the {role.replace('_', ' ')}"
            with contextlib.suppress(Conflict):  # signed in before
                add_person(deployment, owner(), name=name, role=role)
            address = create_sign_in_link(deployment, owner(), name).address
        finally:
            deployment.engine.dispose()
        return f"{self.url}/sign-in/{address.rpartition('/')[2]}"


@pytest.fixture(scope="session")
def chromium() -> str:
    """The place of the browser, or a skip that says how to have one."""
    place = os.environ.get("LABELTRUST_TEST_CHROMIUM") or shutil.which("chromium")
    if place is None:
        pytest.skip("no Chromium here: install it, or name one in LABELTRUST_TEST_CHROMIUM")
    return place


@pytest.fixture(scope="session")
def site(chromium, tmp_path_factory) -> Iterator[Site]:
    own = tmp_path_factory.mktemp("site")
    shared = own.parent.parent if "PYTEST_XDIST_WORKER" in os.environ else own.parent
    settings = Settings(home=home_of_all(shared, own))
    make_bundle(settings.home)
    with serving(settings) as server:
        yield Site(url=server.url, settings=settings)


# By module, not by session: Playwright's loop must be gone before asynchronous tests begin.
@pytest.fixture(scope="module")
def browser(chromium):
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - absent without dev extras

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield found
        found.close()


@pytest.fixture(scope="module")
def signed_in(browser, site) -> Callable[[str], dict]:
    """Return the state of a browser in which a person of a role is signed in."""
    states: dict[str, dict] = {}

    def state(role: str) -> dict:
        if role not in states:
            context = browser.new_context()
            page = context.new_page()
            page.goto(site.link(role))
            page.get_by_role("button", name="Sign in").click(timeout=PATIENCE_MILLISECONDS)
            page.wait_for_url(f"{site.url}/projects", timeout=PATIENCE_MILLISECONDS)
            states[role] = context.storage_state()
            context.close()
        return states[role]

    return state


@pytest.fixture
def watch(site) -> Iterator[Watch]:
    """Fails the test on any outside request, dialog, error or report of the policy."""
    watching = Watch(site.url)
    yield watching
    assert watching.faults == []


@pytest.fixture
def opened(browser, site, signed_in, watch):
    """Opens pages as a person of a role; says how the browser is set up by keywords."""
    contexts = []

    def open_page(path: str = "/projects", role: str = "qa_lead", **options):
        options = {"viewport": {"width": 1280, "height": 900}, "locale": "en-GB"} | options
        context = browser.new_context(base_url=site.url, storage_state=signed_in(role), **options)
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        context.add_init_script(REPORT_VIOLATIONS)
        page = context.new_page()
        watch.over(page)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
