"""Models over HTTP: roles given, versions compared, pages of lists, rights."""

import pytest
from factories import gold, label, owner
from recorded import record

from labeltrust.domain.access import SourceDraft
from labeltrust.services.add_source import add_source
from labeltrust.services.assess_project import assess_project

NET = "/v1/projects/fraud/labelers/{}/model"


@pytest.fixture
def compared(deployment, fraud):
    add_source(
        deployment, owner(), SourceDraft(name="feed", platform="generic", projects=("fraud",))
    )
    items = [f"i{n}" for n in range(8)]
    record(deployment, [gold(item) for item in items])
    for name, wrong in (("net-1", set()), ("net/2", set(items[:3]))):
        record(
            deployment,
            [
                label(i, name, label="fraud" if i in wrong else "benign", labeler_kind="model")
                for i in items
            ],
        )
    return deployment


async def test_a_role_is_given_once_under_a_key_and_shown_with_numbers(compared, caller):
    engineer, auditor = caller("ml_engineer"), caller("auditor")
    body = {"role": "canary", "predecessor": "net-1", "reason": "retrained"}
    key = {"Idempotency-Key": "one"}
    first = await engineer.post(NET.format("net%2F2"), json=body, headers=key)
    again = await engineer.post(NET.format("net%2F2"), json=body, headers=key)
    assess_project(compared, owner(), "fraud")
    shown = await auditor.get(NET.format("net%2F2"), params={"limit": 2})
    rest = await auditor.get(
        NET.format("net%2F2"), params={"limit": 2, "cursor": shown.json()["next_cursor"]}
    )
    listed = await auditor.get("/v1/projects/fraud/models")

    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert first.json()["predecessor"] == "net-1"
    assert shown.json()["model"]["lost"] + rest.json()["model"]["lost"] == ["i0", "i1", "i2"]
    assert rest.json()["next_cursor"] is None
    (numbers,) = shown.json()["model"]["numbers"]
    assert (numbers["change"]["value"], numbers["change"]["n"]) == (-0.375, 8)
    assert [one["labeler"] for one in listed.json()["models"]] == ["net/2"]


async def test_what_is_wrong_is_said_by_field_and_changes_nothing(compared, caller):
    engineer, reviewer = caller("ml_engineer"), caller("reviewer")
    good = {"role": "canary", "reason": "why"}
    answers = [
        (await engineer.post(NET.format("net-1"), json=good | change)).status_code
        for change in ({"role": "king"}, {"reason": " "}, {"predecessor": "nobody"}, {"more": 1})
    ]
    refused = await reviewer.post(NET.format("net-1"), json=good)
    gone = await engineer.post(NET.format("nobody"), json=good)
    listed = await engineer.get("/v1/projects/fraud/models")

    assert answers == [422, 422, 404, 422]
    assert (refused.status_code, gone.status_code) == (403, 404)
    assert listed.json() == {"models": [], "next_cursor": None}


async def test_suppliers_are_compared_for_readers_of_the_project(compared, caller):
    assess_project(compared, owner(), "fraud")

    found = await caller("auditor").get("/v1/projects/fraud/suppliers")

    (line,) = found.json()["suppliers"]
    assert (line["kind"], line["name"], line["drift"]["late"]) == ("source", "feed", 8)
    assert "fewer than 20 items" in line["drift"]["mix"]["reason"]
    assert "for one look" in found.json()["caution"]
