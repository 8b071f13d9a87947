"""The console: sign-in, what a reviewer reads, what a reviewer does, and hostile text."""

import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest
from factories import StepClock, owner
from web.crowds import FRAUD_CLASS, HOSTILE_NAME, HOSTILE_TEXT, assessed_home

from labeltrust.app import application, build_deployment, wall_clock
from labeltrust.services.add_person import add_person
from labeltrust.services.check_gate import check_gate
from labeltrust.services.list_flags import show_flag
from labeltrust.services.sign_in import create_sign_in_link
from labeltrust.settings import Settings
from labeltrust.web.access import COOKIE
from labeltrust.web.pages._visible import visible
from labeltrust.web.paths import segment

LABELER = f"/projects/fraud/labelers/{segment(HOSTILE_NAME)}"
PAGES = ["/projects", "/projects/fraud", LABELER, "/flags/1", "/quarantine", "/quarantine/1",
         "/sign-in"]  # fmt: skip


@pytest.fixture(scope="module")
def crowd_home(tmp_path_factory) -> Path:
    return assessed_home(tmp_path_factory.mktemp("crowd"))


@pytest.fixture
def settings(crowd_home, tmp_path) -> Settings:
    home = tmp_path / "var"
    shutil.copytree(crowd_home, home)
    return Settings(home=home, key_cache_seconds=0.0)


@pytest.fixture
def clock() -> StepClock:
    return StepClock(wall_clock())


@pytest.fixture
def deployment(settings, clock):
    deployment = build_deployment(settings, clock)
    yield deployment
    deployment.engine.dispose()


@pytest.fixture
async def browser(deployment):
    """A browser that is not signed in."""
    app = application(deployment)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://labeltrust", headers={"Accept": "text/html"}
    ) as client:
        yield client


async def sign_in_as(browser, deployment, role: str = "qa_lead", **more: object) -> None:
    add_person(deployment, owner(), name="ann", role=role, **more)
    link = create_sign_in_link(deployment, owner(), "ann").address
    await browser.post("/sign-in", data={"token": link.rpartition("/")[2]})
    assert COOKIE in browser.cookies


async def token_on(browser, path: str) -> str:
    page = (await browser.get(path)).text
    return re.search(r'name="csrf_token" value="([0-9a-f]{64})"', page)[1]


async def submitted(browser, page: str, path: str, **fields: str) -> httpx.Response:
    """Send a form as the page would."""
    fields["csrf_token"] = await token_on(browser, page)
    return await browser.post(path, data=fields)


async def test_a_link_signs_in_once(browser, deployment):
    add_person(deployment, owner(), name="ann", role="reviewer")
    link = create_sign_in_link(deployment, owner(), "ann").address
    path = link.removeprefix(deployment.settings.address)
    token = link.rpartition("/")[2]

    asked = await browser.get(path)
    first = await browser.post("/sign-in", data={"token": token})
    second = await browser.post("/sign-in", data={"token": token})

    assert "Sign in</button>" in asked.text
    assert (first.status_code, first.headers["location"]) == (303, "/projects")
    assert second.status_code == 401


async def test_looking_at_a_link_does_not_use_it_up(browser, deployment):
    add_person(deployment, owner(), name="ann", role="reviewer")
    link = create_sign_in_link(deployment, owner(), "ann").address
    for _ in range(3):
        await browser.get(link.removeprefix(deployment.settings.address))

    answer = await browser.post("/sign-in", data={"token": link.rpartition("/")[2]})

    assert answer.status_code == 303


async def test_an_old_link_signs_nobody_in(browser, deployment, clock):
    add_person(deployment, owner(), name="ann", role="reviewer")
    link = create_sign_in_link(deployment, owner(), "ann").address
    clock.tick(deployment.settings.sign_in_link_minutes * 60 + 1)

    answer = await browser.post("/sign-in", data={"token": link.rpartition("/")[2]})

    assert answer.status_code == 401


async def test_the_cookie_is_kept_from_scripts_and_other_sites(browser, deployment):
    add_person(deployment, owner(), name="ann", role="reviewer")
    link = create_sign_in_link(deployment, owner(), "ann").address

    answer = await browser.post("/sign-in", data={"token": link.rpartition("/")[2]})

    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


async def test_over_https_the_cookie_never_goes_over_plain_text(settings, deployment):
    from dataclasses import replace  # noqa: PLC0415

    secure = replace(settings, public_url="https://labels.example")
    app = application(replace(deployment, settings=secure))
    add_person(deployment, owner(), name="ann", role="reviewer")
    link = create_sign_in_link(deployment, owner(), "ann").address
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="https://labels.example"
    ) as browser:
        answer = await browser.post("/sign-in", data={"token": link.rpartition("/")[2]})

    assert "Secure" in answer.headers["set-cookie"]


async def test_after_sign_out_the_old_cookie_is_worth_nothing(browser, deployment):
    await sign_in_as(browser, deployment)
    old = browser.cookies[COOKIE]

    answer = await submitted(browser, "/projects", "/sign-out")

    assert answer.status_code == 303
    browser.cookies.set(COOKIE, old)
    assert (await browser.get("/projects")).headers["location"] == "/sign-in"


async def test_a_session_ends_by_itself(browser, deployment, clock):
    await sign_in_as(browser, deployment)
    clock.tick(deployment.settings.session_hours * 3600 + 1)

    assert (await browser.get("/projects")).headers["location"] == "/sign-in"


async def test_without_projects_the_list_says_what_to_do_next(browser, deployment):
    await sign_in_as(browser, deployment, projects=())

    page = (await browser.get("/projects")).text

    assert "No projects yet" in page
    assert "labeltrust import labels.csv --project fraud" in page


async def test_the_overview_shows_gate_agreement_suspects_and_freezes(browser, deployment):
    await sign_in_as(browser, deployment)

    page = (await browser.get("/projects/fraud")).text

    gate = check_gate(deployment, owner(), "fraud")
    assert ("gate open" if gate.open else "gate closed") in page
    assert "Krippendorff" in page
    assert "flag #1" in page
    assert "Freezes that stand" in page
    assert len(re.findall(r"/labelers/", page)) >= 20


async def test_a_flag_shows_the_items_with_their_texts(browser, deployment):
    await sign_in_as(browser, deployment)

    page = (await browser.get("/flags/1")).text

    assert "Items where others believe another label" in page
    assert "txn-006" in page
    assert "{{7*7}}" in page


async def test_a_verdict_needs_a_reason_and_keeps_what_was_typed(browser, deployment):
    await sign_in_as(browser, deployment)

    answer = await submitted(
        browser, "/flags/1", "/flags/1/decision", verdict="confirm", note="   "
    )

    assert answer.status_code == 422
    assert "note is empty" in answer.text
    assert show_flag(deployment, owner(), 1).status == "open"


async def test_a_confirmed_flag_is_on_record_with_person_and_reason(browser, deployment):
    await sign_in_as(browser, deployment, "reviewer")

    answer = await submitted(
        browser, "/flags/1", "/flags/1/decision", verdict="confirm", note="looked at 25 items"
    )

    assert (answer.status_code, answer.headers["location"]) == (303, "/flags/1")
    flag = show_flag(deployment, owner(), 1)
    assert (flag.status, flag.decided_by, flag.note) == (
        "confirmed",
        "person:ann",
        "looked at 25 items",
    )


async def test_who_may_only_read_sees_no_forms(browser, deployment):
    await sign_in_as(browser, deployment, "auditor")

    for path in ("/projects/fraud", LABELER, "/flags/1", "/quarantine/1"):
        page = (await browser.get(path)).text
        forms = re.findall(r'<form[^>]*action="([^"]*)"', page)
        assert forms == ["/sign-out"], path


async def test_labels_are_frozen_and_lifted_by_forms(browser, deployment):
    await sign_in_as(browser, deployment)
    page = (await browser.get("/projects/fraud")).text
    standing = re.findall(r'action="/freezes/(\d+)/lift"', page)

    lifted = await submitted(
        browser, "/projects/fraud", f"/freezes/{standing[0]}/lift", reason="audited"
    )
    frozen = await submitted(
        browser, LABELER, f"{LABELER}/freeze", reason="again", since="2026-01-01", clock="occurred"
    )

    assert lifted.status_code == frozen.status_code == 303
    page = (await browser.get(LABELER)).text
    assert "audited" in page
    assert "again" in page


async def test_a_date_that_is_none_is_told_beside_the_form(browser, deployment):
    await sign_in_as(browser, deployment)

    answer = await submitted(
        browser, LABELER, f"{LABELER}/freeze", reason="again", since="the day before yesterday"
    )

    assert answer.status_code == 422
    assert "is no date" in answer.text
    assert "again</textarea>" in answer.text


async def test_a_held_row_is_discarded_by_its_form(browser, deployment):
    await sign_in_as(browser, deployment)

    answer = await submitted(
        browser, "/quarantine/1", "/quarantine/1/discard", reason="no labeler named"
    )

    assert answer.status_code == 303
    assert "no labeler named" in (await browser.get("/quarantine/1")).text


async def test_a_form_from_another_site_is_refused(browser, deployment):
    await sign_in_as(browser, deployment)
    token = await token_on(browser, "/flags/1")

    answer = await browser.post(
        "/flags/1/decision",
        data={"csrf_token": token, "verdict": "confirm", "note": "x"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )

    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b"{}"),
        ("multipart/form-data; boundary=x", b"--x--"),
        ("application/x-www-form-urlencoded", b"note=%ff%fe&csrf_token=%00&verdict=%ED%A0%80"),
        ("application/x-www-form-urlencoded", b"&&&==%%%" * 1000),
        ("application/x-www-form-urlencoded", b"a=" + b"b" * 1_000_000),
    ],
)
async def test_forms_that_are_none_are_refused(browser, deployment, content_type, body):
    await sign_in_as(browser, deployment)

    answer = await browser.post(
        "/flags/1/decision", content=body, headers={"Content-Type": content_type}
    )

    assert answer.status_code in {403, 413, 422}


class Seen(HTMLParser):
    """Collects what a browser would make of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.text = ""

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data):
        self.text += data


HARMLESS = {
    "a", "b", "body", "button", "code", "dd", "details", "div", "dl", "dt", "form", "h1", "h2",
    "h3", "head", "header", "html", "input", "label", "li", "link", "main", "meta", "nav", "option",
    "p", "pre", "section", "select", "small", "span", "strong", "summary", "sup", "table", "tbody",
    "td", "textarea", "th", "thead", "title", "tr", "ul",
}  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
async def test_hostile_names_labels_and_texts_stay_text(browser, deployment, path):
    await sign_in_as(browser, deployment)

    answer = await browser.get(path)
    seen = Seen()
    seen.feed(answer.text)

    assert answer.status_code == 200
    assert seen.tags <= HARMLESS
    for name, value in seen.attributes:
        assert not name.startswith("on"), (name, value)
        assert name != "style", value
        if name in {"href", "action", "formaction", "src"}:
            assert value.startswith(("/", "?", "#")), (name, value)
            assert not value.startswith("//"), (name, value)


@pytest.mark.parametrize("path", ["/projects/fraud", LABELER, "/flags/1"])
async def test_hidden_characters_are_spelled_out(browser, deployment, path):
    await sign_in_as(browser, deployment)

    text = (await browser.get(path)).text

    assert "⟨U+202E⟩" in text
    assert not {"\u202e", "\u200b", "\u2066"} & set(text)


async def test_hostile_texts_are_shown_whole(browser, deployment):
    await sign_in_as(browser, deployment)

    seen = Seen()
    seen.feed((await browser.get("/flags/1")).text)

    for text in (HOSTILE_NAME, HOSTILE_TEXT, FRAUD_CLASS):
        assert visible(text) in seen.text


@pytest.mark.parametrize("path", [*PAGES, "/nothing"])
async def test_every_page_forbids_scripts_frames_and_other_hosts(browser, deployment, path):
    await sign_in_as(browser, deployment)

    headers = (await browser.get(path)).headers

    assert headers["content-security-policy"].startswith("default-src 'self';")
    assert "unsafe" not in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"


async def test_pages_are_not_kept_by_anybody(browser, deployment):
    await sign_in_as(browser, deployment)

    assert (await browser.get("/flags/1")).headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path", ["/static/../pages/__init__.py", "/static/%2e%2e%2f__init__.py", "/static/"]
)
async def test_static_files_are_those_of_the_folder_only(browser, path):
    assert (await browser.get(path)).status_code == 404


def test_the_style_sheet_is_small_and_asks_nobody():
    folder = Path(__file__).parents[2] / "labeltrust" / "web" / "static"
    text = (folder / "style.css").read_text("utf-8")

    assert len(text.splitlines()) < 200
    assert "url(" not in text
    assert "@import" not in text
