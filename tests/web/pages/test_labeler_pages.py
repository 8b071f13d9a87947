"""The overview, the table of labelers and a labeler's page: what they say, and what they cost."""

import re

import httpx
import numpy as np
import pytest
from factories import owner
from queries import counted_queries
from web.crowds import FRAUD_CLASS, HOSTILE_NAME
from web.pages.browsing import LABELER, sign_in_as

from labeltrust.app import application, build_deployment
from labeltrust.domain.projects import ProjectDraft
from labeltrust.services.assess_project import assess_project
from labeltrust.services.create_project import create_project
from labeltrust.services.import_file import ImportRequest, import_file
from labeltrust.settings import Settings
from labeltrust.store.migrate import migrate
from labeltrust.web.pages._visible import visible

HOME = "/projects/fraud"
HIDDEN = {"\u202e", "\u200b", "\u2066"}
CHARTS = [
    f"{HOME}/charts/agreement.json",
    f"{HOME}/charts/labels.json",
    *(f"{LABELER}/charts/{name}.json" for name in ("timeline", "mix", "consensus", "confusion")),
    f"{LABELER}/charts/signals/spam.json",
]


async def test_the_overview_says_what_stands_in_words(browser, deployment):
    await sign_in_as(browser, deployment)

    page = (await browser.get(HOME)).text

    for said in (
        "Krippendorff&#39;s alpha is", "Gold accuracy is", "In the last seven days",
        "Where labels come from", "Labels with known provenance", "Newest open flags",
    ):  # fmt: skip
        assert said in page
    assert f'data-spec="{HOME}/charts/agreement.json"' in page


async def test_a_project_without_labels_says_how_to_send_some(browser, deployment):
    await sign_in_as(browser, deployment)
    create_project(deployment, owner(), ProjectDraft(name="empty"))

    page = (await browser.get("/projects/empty")).text

    assert "labeltrust import labels.csv --project empty" in page
    assert "labeltrust source add" in page
    assert (await browser.get("/projects/empty/charts/labels.json")).status_code == 200


async def test_a_labeler_page_tells_each_signal_and_shows_its_chart(browser, deployment):
    await sign_in_as(browser, deployment)

    page = (await browser.get(LABELER)).text

    assert "with 95 % confidence" in page
    assert "Says nothing:" in page
    marks = re.findall(r">(stands out|like the others|silent)<", page)
    assert "stands out" in marks
    assert "stands out" not in marks[marks.count("stands out") :]
    for name in ("timeline", "mix", "consensus", "confusion", "signals/spam"):
        assert f'data-spec="{LABELER}/charts/{name}.json"' in page
    assert visible(FRAUD_CLASS).replace("'", "&#39;").split("<")[0].split('"')[0] in page


@pytest.mark.parametrize("path", CHARTS)
async def test_charts_are_specifications_without_hidden_characters(browser, deployment, path):
    await sign_in_as(browser, deployment)

    answer = await browser.get(path)

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/json")
    assert "vega-lite" in answer.json()["$schema"]
    assert not HIDDEN & set(str(answer.json()))


@pytest.mark.parametrize(
    "path",
    [f"{HOME}/charts/nothing.json", f"{LABELER}/charts/nothing.json",
     f"{LABELER}/charts/signals/nothing.json", f"{HOME}/labelers/nobody/charts/mix.json"],
)  # fmt: skip
async def test_charts_that_there_are_not_are_not_found(browser, deployment, path):
    await sign_in_as(browser, deployment)

    assert (await browser.get(path)).status_code == 404


async def test_doubted_items_are_shown_page_by_page(browser, deployment):
    await sign_in_as(browser, deployment)

    pages = [(await browser.get(f"{LABELER}?items={n}")).text for n in (1, 2)]
    odd = [(await browser.get(f"{LABELER}?items={n}")).text for n in ("-1", "x", "9" * 40)]

    first, second = (re.findall(r'<h3 class="name">(txn-\d+)</h3>', page) for page in pages)
    assert len(first) == 8
    assert not set(first) & set(second)
    assert all('<h3 class="name">txn-' in page for page in odd)


async def test_the_table_finds_a_hostile_name_by_what_is_in_it(browser, deployment):
    await sign_in_as(browser, deployment)

    found = await browser.get(f"{HOME}/labelers", params={"q": HOSTILE_NAME[3:12]})
    none = await browser.get(f"{HOME}/labelers", params={"q": "%"})

    listing = found.text.partition('<h2 id="suppliers">')[0]
    assert listing.count("<tbody><tr>") == 1
    assert "1 to 1 of 1 found among" in found.text
    assert "Nothing matches" in none.text


def many(home, n_labelers: int) -> Settings:
    """Make a data folder whose project has so many labelers, each with some labels."""
    settings = Settings(home=home, key_cache_seconds=0.0)
    deployment = build_deployment(settings)
    migrate(deployment.engine)
    rng = np.random.default_rng(3)
    lines = [
        f"i{k},w{(k * 7 + seat) % n_labelers},{'fraud' if rng.random() < 0.3 else 'benign'}"
        for k in range(n_labelers * 4)
        for seat in range(3)
    ]
    path = home / "labels.csv"
    path.write_text("item,labeler,label\n" + "\n".join(lines) + "\n", encoding="utf-8")
    import_file(deployment, owner(), ImportRequest(path=path, project="fraud"), lambda _: None)
    assess_project(deployment, owner(), "fraud")
    deployment.engine.dispose()
    return settings


async def costs(settings: Settings, paths) -> list[int]:
    """Return how many queries each page sends."""
    deployment = build_deployment(settings)
    transport = httpx.ASGITransport(application(deployment))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://labeltrust", headers={"Accept": "text/html"}
    ) as browser:
        await sign_in_as(browser, deployment)
        found = []
        for path in paths:
            await browser.get(path)  # what is remembered between pages is no part of the cost
            with counted_queries(deployment.engine) as sent:
                assert (await browser.get(path)).status_code == 200
            found.append(len(sent))
    deployment.engine.dispose()
    return found


async def test_pages_cost_as_many_queries_for_20_labelers_as_for_400(tmp_path):
    paths = [
        "/projects", HOME, f"{HOME}/labelers", f"{HOME}/labelers?q=1&sort=-labels",
        f"{HOME}/labelers/w3", f"{HOME}/labelers/w3/charts/mix.json", f"{HOME}/charts/labels.json",
    ]  # fmt: skip
    few, lots = tmp_path / "few", tmp_path / "many"
    few.mkdir()
    lots.mkdir()

    of_few = await costs(many(few, 20), paths)
    of_many = await costs(many(lots, 400), paths)

    assert of_few == of_many
    assert max(of_few) <= 40, dict(zip(paths, of_few, strict=True))
