"""Ids in addresses may hold anything; what cannot be an id names nothing."""

import pytest

HOSTILE = ["a/b", "a@b.example", "..", "%2F", "a b", "ä", "🐟", "a?b#c", "\u202eevil", "x" * 10_000]


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_segment_arrives_as_it_was_meant(caller, name):
    from labeltrust.web.paths import segment  # noqa: PLC0415 - under test

    answer = await caller("auditor").get(f"/v1/projects/{segment(name)}")

    assert answer.status_code == 404
    assert answer.json()["detail"] == f"no project {name[:200]!r}"


@pytest.mark.parametrize(
    "path",
    [
        "/v1/projects/",
        "/v1//projects",
        "/v1/projects//labelers",
        "/v1/projects/%FF",
        "/v1/projects/%C0%AF",
        "/v1/projects/%00",
        "/v1/projects/a%00b/flags",
        "/v1/projects/%ED%A0%80",
        "/v1/flags/-1",
        "/v1/flags/%D9%A3",
        "/v1/flags/" + "9" * 5_000,
        "/v1/projects/fraud/",
        "/%",
    ],
)
async def test_what_cannot_be_named_is_not_found(caller, path):
    answer = await caller("auditor").get(path)

    assert answer.status_code in {404, 422}
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("number", [2**63, 10**30, 0])
async def test_a_number_beyond_the_database_is_refused(caller, number):
    answer = await caller("auditor").get(f"/v1/flags/{number}")

    assert answer.status_code == 422


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=1001", "limit=x", "limit=9" + "9" * 400, "cursor=%FF",
              "cursor=%F0%9F%90%9F", "cursor=MA", "cursor=" + "9" * 500, "status=nobody",
              "status=%00", "status=%ED%A0%80"]
)  # fmt: skip
async def test_a_query_that_cannot_be_is_refused(caller, query):
    answer = await caller("auditor").get(f"/v1/projects/fraud/flags?{query}")

    assert answer.status_code in {200, 422}
    assert answer.status_code == 422 or query == "cursor=MA"
