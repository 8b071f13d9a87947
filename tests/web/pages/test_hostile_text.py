"""Hostile names, labels and texts stay text; pages ask nobody and are framed by nobody."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from web.crowds import FRAUD_CLASS, HOSTILE_NAME, HOSTILE_TEXT
from web.pages.browsing import LABELER, PAGES, sign_in_as

from labeltrust.web.pages._visible import visible


class Seen(HTMLParser):
    """Collects what a browser would make of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.scripts: list[str | None] = []
        self.inline_script = ""

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag == "script":
            self.scripts.append(dict(attrs).get("src"))
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data):
        self.text += data
        if self.cdata_elem == "script":
            self.inline_script += data


HARMLESS = {
    "a", "article", "b", "body", "button", "code", "dd", "details", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "head", "header", "html", "input",
    "kbd", "label", "legend", "li", "link", "main", "meta", "nav", "ol", "option", "p", "pre",
    "progress", "script", "section", "select", "small", "span", "strong", "summary", "sup",
    "table", "tbody", "td", "textarea", "th", "thead", "time", "title", "tr", "ul",
}  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
async def test_hostile_names_labels_and_texts_stay_text(browser, deployment, path):
    await sign_in_as(browser, deployment)

    answer = await browser.get(path)
    seen = Seen()
    seen.feed(answer.text)

    assert answer.status_code == 200
    assert seen.tags <= HARMLESS
    assert not seen.inline_script
    assert all(re.fullmatch(r"/static/\w+\.[0-9a-f]{10}\.js", src) for src in seen.scripts)
    for name, value in seen.attributes:
        assert not name.startswith(("on", "hx-on", "hx-vals")), (name, value)
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
    folder = Path(__file__).parents[3] / "labeltrust" / "web" / "static"
    text = (folder / "style.css").read_text("utf-8")

    assert len(text.splitlines()) < 300
    assert "url(" not in text
    assert "@import" not in text
