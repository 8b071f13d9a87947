"""What a payload leaks never reaches events, logs, answers or pages: it stays sealed."""

import json
import logging

import httpx
import pytest
import structlog
from factories import owner
from optional_data import missing, recorded
from origin_proofs import proof
from platform_samples import SAMPLES
from web.pages.browsing import sign_in_as

from labeltrust import ingest
from labeltrust.discovery import discover
from labeltrust.domain.access import SourceDraft
from labeltrust.ingest._base import Platform
from labeltrust.services.add_source import add_source

PLATFORMS = discover(ingest, "PLATFORM", Platform)
SECRET = "whsec_" + "b2" * 24
FOLDER = recorded("label-studio")
TRIALS = {path.stem: path for path in sorted(FOLDER.glob("*.json"))}
LEAKED = "leaked-by-the-platform-7f3a"
# Where platforms put secrets and people that are nobody's business here.
HEADERS = {
    "x-api-key": f"{LEAKED}-header", "cookie": f"session={LEAKED}-cookie",
    "x-forwarded-user": f"{LEAKED}-user", "x-labeltrust-key": f"{LEAKED}-key",
    "proxy-authorization": f"{LEAKED}-proxy",
}  # fmt: skip
PLACES = {
    "label_studio": ("project", {"token": LEAKED, "task_data_password": LEAKED, "created_by": {
        "email": f"{LEAKED}@example.com"}, "parsed_label_config": {"v": {}}}),
    "cvat": ("sender", {"id": 7, "username": LEAKED, "email": f"{LEAKED}@example.com"}),
    "argilla": ("webhook", {"secret": LEAKED}),
    "labelbox": ("organization", {"api_key": LEAKED}),
    "kili": ("apiKey", LEAKED),
    "superannotate": ("team", {"token": LEAKED}),
    "v7": ("team", {"api_key": LEAKED}),
    "encord": ("user", {"email": f"{LEAKED}@example.com"}),
    "toloka": ("token", LEAKED),
    "inception": ("annotatorComment", LEAKED),
    "huggingface_hub": ("webhook", {"secret": LEAKED}),
}  # fmt: skip


def written(database) -> str:
    """Everything in the database as text: what is sealed shows nothing of it."""
    found = []
    with database.connect() as connection:
        tables = connection.dialect.get_table_names(connection)
        for table in tables:
            rows = connection.exec_driver_sql(f'SELECT * FROM "{table}"').all()  # noqa: S608
            found += [repr(tuple(row)) for row in rows]
    return "\n".join(found)


async def shown(app, deployment) -> str:
    """What signed-in people see of the source, its quarantine and its project."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://labeltrust") as browser:
        await sign_in_as(browser, deployment, "admin")
        paths = ("/sources", "/sources/src", "/quarantine", "/projects/fraud")
        return "\n".join([(await browser.get(path)).text for path in paths])


@pytest.fixture
def heard(caplog):
    """All that is logged while a test runs."""
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as logs:
        yield lambda: f"{logs} {caplog.text}"


@pytest.fixture
def everywhere(app, deployment, database, heard):
    """Returns all places where something could be read, with what stands there."""

    async def places():
        told = {"log": heard(), "database": written(database)}
        return told | {"pages": await shown(app, deployment)}

    return places


def add(deployment, module, **config):
    platform = PLATFORMS[module].name
    told = {"questions": {"comment": "label"}} if module == "huggingface_hub" else {}
    draft = SourceDraft(
        name="src", platform=platform, projects=("fraud",), secret=SECRET, config=told | config
    )
    add_source(deployment, owner(), draft)


@pytest.mark.usefixtures("fraud")
@pytest.mark.parametrize("module", PLACES)
async def test_what_a_platform_leaks_stays_in_the_sealed_delivery(
    outsider, deployment, clock, everywhere, module
):
    add(deployment, module)
    headers, sample = SAMPLES[module][0]
    name, leak = PLACES[module]
    bodies = [
        json.dumps(sample | {name: leak}).encode(),  # read
        json.dumps({name: leak}).encode(),  # proven, and no event
        json.dumps({name: leak}).encode()[:-1],  # proven, and no JSON
    ]

    answers = []
    for body in bodies:
        told = {**HEADERS, **headers, **proof(module, SECRET, body, clock())}
        answer = await outsider.post("/webhooks/src", content=body, headers=told)
        assert answer.status_code == 202
        answers.append(answer.text)
    refused = await outsider.post("/webhooks/src", content=bodies[0], headers=HEADERS)

    assert refused.status_code == 401
    everything = await everywhere() | {"answers": "\n".join([*answers, refused.text])}
    for place, text in everything.items():
        assert LEAKED not in text, place
        assert SECRET not in text, place
    assert "src" in everything["database"]


@pytest.mark.usefixtures("fraud")
@pytest.mark.skipif(not TRIALS, reason=missing("label-studio/*.json"))
async def test_captured_deliveries_of_label_studio_leak_nothing(outsider, deployment, everywhere):
    token = "dummy-receiver-token"
    draft = SourceDraft(name="src", platform="label-studio", projects=("fraud",), secret=token)
    add_source(deployment, owner(), draft)
    sent, told = 0, set()

    for path in TRIALS.values():
        for one in json.loads(path.read_bytes())["deliveries"]:
            headers = {k.lower(): v for k, v in one["headers"].items()} | HEADERS
            headers["authorization"] = f"Bearer {token}"
            headers.pop("host", None)
            headers.pop("content-length", None)
            body = json.dumps(one["body"]).encode()
            told |= secrets_in(one["body"])
            answer = await outsider.post("/webhooks/src", content=body, headers=headers)
            assert answer.status_code == 202
            sent += 1

    assert sent >= 70
    assert told
    text = "\n".join((await everywhere()).values())
    for secret in {*told, token, LEAKED}:
        assert secret not in text


def secrets_in(body) -> set[str]:
    """The secrets of a project that a delivery of Label Studio holds."""
    project = body.get("project") if isinstance(body, dict) else None
    known = project if isinstance(project, dict) else {}
    names = ("token", "task_data_login", "task_data_password")
    return {known[name] for name in names if isinstance(known.get(name), str) and known[name]}
