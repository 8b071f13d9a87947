"""Every parameter of every list meets hostile words: nothing fails, and no list ever grows."""

import json
import re
import sys
import time
from dataclasses import replace

import httpx
import pytest
from canaries import recorded_things
from effort import effort
from factories import owner
from hostile_queries import QUERIES
from web.pages.browsing import sign_in_as
from web.route_table import routes_of

from labeltrust.domain.access import KeyDraft
from labeltrust.services.create_key import create_key

VALUES = {"project": "fraud", "labeler": "alice", "source": "feed"}
PAGES = (
    "/flags", "/freezes", "/incidents", "/appeals", "/approvals", "/audits", "/quarantine",
    "/notifications", "/workload", "/projects", "/sources", "/desk", "/freezes/1/holds",
    "/projects/fraud", "/projects/fraud/labelers", "/projects/fraud/labelers/alice",
    "/projects/fraud/snapshots", "/projects/fraud/gate", "/projects/fraud/lineage",
)  # fmt: skip
# Of every place so many words in each run; all of them are met somewhere, and all everywhere under
# `make fuzz`.
EACH = 4
SLOW_SECONDS = 3.0


@pytest.fixture
def settings(settings):
    return replace(settings, key_requests_a_minute=0)


@pytest.fixture
def filled(deployment, clock):
    recorded_things(deployment)
    return deployment


def some(place: int) -> list[str]:
    """Return the words that one parameter meets in this run."""
    n = min(effort(EACH), len(QUERIES))
    return [QUERIES[(place * EACH + k) % len(QUERIES)] for k in range(n)]


def entries(answer: httpx.Response) -> int:
    """Return how long the lists of an answer are, or how many rows a page has."""
    if "json" not in answer.headers["content-type"]:
        return answer.text.count("<tr")
    told = json.loads(answer.content)
    if not isinstance(told, dict):
        return len(told)
    return sum(len(value) for value in told.values() if isinstance(value, list))


async def tried(client, places: list[tuple[str, str]]) -> int:
    """Ask every place with some words, and return how many requests that were."""
    plain = {path: entries(await client.get(path)) for path in {path for path, _ in places}}
    n, wrong = 0, []
    for number, (path, name) in enumerate(places):
        for word in some(number):
            began = time.monotonic()
            answer = await client.get(path, params={name: word})
            n += 1
            grown = answer.status_code == 200 and entries(answer) > plain[path]
            if answer.status_code >= 500 or grown or time.monotonic() - began > SLOW_SECONDS:
                wrong.append((path, name, word, answer.status_code, entries(answer)))
    assert wrong == []
    return n


async def test_no_word_breaks_or_widens_a_list_that_programs_ask_for(app, outsider, filled):
    client = outsider
    key = create_key(filled, owner(), KeyDraft(name="k", role="qa_lead")).text
    client.headers["Authorization"] = f"Bearer {key}"
    described = (await client.get("/schema/openapi.json")).json()["paths"]
    places = [
        (re.sub(r"{(\w+)}", lambda part: VALUES.get(part[1], "1"), path), told["name"])
        for path, acts in described.items()
        for told in acts.get("get", {}).get("parameters", ())
        if told["in"] == "query"
    ]

    n = await tried(client, places)

    known = {r.path for r in routes_of(app) if r.method == "GET" and r.path.startswith("/v1/")}
    assert known <= set(described)
    assert len(places) > 30
    sys.stdout.write(f"{n} requests at {len(places)} parameters of programs\n")


async def test_no_word_breaks_or_widens_a_table_that_people_look_at(outsider, filled):
    await sign_in_as(outsider, filled)
    places = []
    for path in PAGES:
        page = (await outsider.get(path)).text
        linked = re.findall(rf'href="{path}?\?([^"]*)"', page.replace("&amp;", "&"))
        fields = re.findall(r'<(?:input|select)[^>]* name="(\w+)"', page)
        names = {part.partition("=")[0] for query in linked for part in query.split("&")}
        names |= {name for name in fields if name != "csrf_token"}
        places += [(path, name) for name in sorted(names | {"sort", "page", "after", "format"})]

    n = await tried(outsider, places)

    assert len(places) > 80
    sys.stdout.write(f"{n} requests at {len(places)} parameters of pages\n")
