"""The interface describes itself: complete, with examples that work, and without other hosts."""

import pytest
from web.route_table import routes_of

HIDDEN = ("/sign-in", "/static", "/schema", "/password", "/oidc")


@pytest.fixture
async def schema(caller):
    answer = await caller("auditor").get("/schema/openapi.json")
    assert answer.status_code == 200
    return answer.json()


async def test_every_route_for_programs_is_described(schema, app):
    described = {
        f"{method.upper()} {path}"
        for path, methods in schema["paths"].items()
        for method in methods
        if method in {"get", "post", "patch"}
    }

    wanted = {
        route.name
        for route in routes_of(app)
        if route.access != "session" and not route.path.startswith(HIDDEN)
    }
    assert wanted == described


async def test_every_described_route_has_words(schema):
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"], (method, path)
            assert operation["description"], (method, path)
            assert operation["tags"], (method, path)


async def test_only_open_routes_need_no_key(schema):
    free = {
        path
        for path, methods in schema["paths"].items()
        for operation in methods.values()
        if operation.get("security") == [{}]
    }

    assert free == {"/health", "/health/live", "/health/ready", "/webhooks/{source}"}


async def test_the_example_of_a_project_creates_one(schema, caller):
    body = schema["paths"]["/v1/projects"]["post"]["requestBody"]["content"]["application/json"]
    value = body["schema"]["examples"][0] | {"name": "example"}

    answer = await caller("admin", projects=None).post("/v1/projects", json=value)

    assert answer.status_code == 201


async def test_the_examples_of_events_are_accepted(schema, caller, deployment):
    content = schema["paths"]["/v1/events"]["post"]["requestBody"]["content"]
    examples = content["application/json"]["examples"]

    answer = await caller("qa_lead").post("/v1/events", json=examples["batch"]["value"])

    assert answer.status_code == 202
    assert answer.json()["accepted"] == 2, answer.text


async def test_refusals_are_described_as_they_are_sent(schema, caller):
    sent = (await caller("auditor").get("/v1/flags/999")).json()

    known = schema["components"]["schemas"]["Refusal"]["properties"]
    assert set(sent) <= set(known)
    for methods in schema["paths"].values():
        for operation in methods.values():
            assert "application/problem+json" in operation["responses"]["default"]["content"]


async def test_the_description_names_no_other_host(schema):
    told = str(schema).replace("https://ci.example.org/", "")  # of nobody, in an example
    assert "http://" not in told
    assert "https://" not in told


async def test_the_description_is_right_by_the_rules_of_openapi(schema):
    # Pairs as tools of older drafts read them, no media type left empty, one meaning for each name.
    for place, one in parts_of(schema):
        assert "prefixItems" not in one, place
        assert "" not in one, place
    sent = schema["paths"]["/v1/events"]["post"]["responses"]["202"]["content"]
    recorded = named(schema, sent["application/json"]["schema"])
    problem = named(schema, recorded["properties"]["problems"]["items"])
    assert {"index", "code", "detail"} <= set(problem["properties"])


def named(schema, reference):
    return schema["components"]["schemas"][reference["$ref"].rpartition("/")[2]]


def parts_of(value, place=""):
    if isinstance(value, dict):
        yield place, value
    for name, one in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(one, dict | list):
            yield from parts_of(one, f"{place}/{name}")


async def test_no_file_names_its_characters_twice(caller, fraud):
    client = caller("qa_lead")
    made = await client.post("/v1/incidents", json={"project": "fraud", "title": "t"})
    number = made.json()["incident"]["id"]

    for kind in ("md", "html"):
        answer = await client.get(f"/v1/incidents/{number}/postmortem.{kind}")
        assert answer.headers["content-type"].count("charset") == 1
