"""The page of items: features that drifted, a chart of each, and what to do where there is none."""

import numpy as np
import pytest
from factories import owner
from recorded import record
from web.crowds import HOSTILE_NAME, HOSTILE_TEXT
from web.pages.browsing import sign_in_as, submitted

from labeltrust.domain.events import Event
from labeltrust.services.measure_drift import measure_drift
from labeltrust.services.register_pattern import list_patterns
from labeltrust.services.scan_patterns import scan_patterns

PAGE = "/projects/fraud/items"


@pytest.fixture
def drifted(deployment, clock):
    rng = np.random.default_rng(4)
    for week in range(5):
        events = [
            Event(
                type="item.described", project="fraud", item=f"w{week}-{k}",
                item_features={
                    "amount": float(rng.normal(2 * (week == 4))),
                    HOSTILE_NAME: HOSTILE_TEXT if rng.random() < 0.5 else "calm",
                },
            )
            for k in range(200)
        ]  # fmt: skip
        record(deployment, events, source="acme")
        clock.tick(7 * 86_400 if week < 4 else 60)
    return deployment


async def test_drifted_features_come_first_with_a_chart(browser, drifted):
    await sign_in_as(browser, drifted)
    measure_drift(drifted, owner(), "fraud")

    page = (await browser.get(PAGE)).text
    spec = (await browser.get(f"{PAGE}/drift/0")).json()

    assert "1 drifted" in page
    assert "large drift" in page
    assert "Most gained: over" in page
    assert "amount" in spec["usermeta"]["title"]
    assert (await browser.get(f"{PAGE}/drift/99")).status_code == 404


async def test_names_and_values_of_others_stay_text(browser, drifted):
    await sign_in_as(browser, drifted)
    found = measure_drift(drifted, owner(), "fraud")
    place = [line["feature"] for line in found["features"]].index(HOSTILE_NAME)

    page = (await browser.get(f"{PAGE}?feature={place}")).text

    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page
    assert (await browser.get(f"{PAGE}/drift/{place}")).status_code == 200


async def test_nobody_looked_yet_and_then_there_are_no_features(browser, deployment):
    await sign_in_as(browser, deployment)

    before = (await browser.get(PAGE)).text
    looked = await submitted(browser, PAGE, f"{PAGE}/drift")
    after = (await browser.get(PAGE)).text

    assert "Nobody looked yet" in before
    assert looked.status_code == 303
    assert "item_features" in after


async def test_readers_cannot_look_and_other_projects_are_not_there(browser, deployment):
    await sign_in_as(browser, deployment, "reviewer", projects=("fraud",))

    page = await browser.get(PAGE)

    assert "Look now" not in page.text
    assert (await browser.get("/projects/nothing/items")).status_code == 404


async def test_a_pattern_is_registered_found_settled_and_removed(browser, deployment):
    await sign_in_as(browser, deployment)
    refused = await submitted(browser, PAGE, f"{PAGE}/patterns", expression="(", reason="w")
    await submitted(browser, PAGE, f"{PAGE}/patterns", expression="onerror=<?", reason=HOSTILE_TEXT)
    [pattern] = list_patterns(deployment, owner(), "fraud")
    here = f"/patterns/{pattern.id}"
    scan_patterns(deployment, "fraud")

    page, hits = (await browser.get(PAGE)).text, (await browser.get(here)).text
    more = (await browser.get(f"{here}?after=60")).text
    settled = await submitted(browser, here, f"{here}/settle", reason="seen")
    removed = await submitted(browser, here, f"{here}/remove", reason="done")

    assert refused.status_code == 422
    assert "missing )" in refused.text
    assert "items to look at" in page
    for text in (page, hits, more):
        assert "<img src=x" not in text
    assert "More items" in hits
    assert (settled.status_code, removed.status_code) == (303, 303)
    assert "Settle all hits" not in (await browser.get(here)).text
    [pattern] = list_patterns(deployment, owner(), "fraud")
    assert (pattern.hits, pattern.waiting) == (400, 0)


async def test_an_expression_in_the_address_stands_in_the_form_as_text(browser, deployment):
    await sign_in_as(browser, deployment)

    page = (await browser.get(PAGE, params={"pattern": HOSTILE_TEXT + r"(?i)\bcrystal\b"})).text

    assert r"(?i)\bcrystal\b" in page
    assert '<option value="text" selected>' in page
    assert HOSTILE_TEXT not in page
    assert list_patterns(deployment, owner(), "fraud") == []
