"""Proof of origin at the HTTP door, for every platform: proven, refused, and for whom it speaks."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest
from factories import owner
from optional_data import missing, recorded
from origin_proofs import proof
from platform_samples import SAMPLES

from labeltrust import ingest
from labeltrust.discovery import discover
from labeltrust.domain.access import SourceDraft
from labeltrust.domain.errors import InvalidInput
from labeltrust.ingest._base import Platform
from labeltrust.services.add_source import add_source
from labeltrust.services.rotate_secret import rotate_secret
from labeltrust.store.pulls import waiting_pulls
from labeltrust.store.session import reading

PLATFORMS = discover(ingest, "PLATFORM", Platform)
SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()
every_platform = pytest.mark.parametrize("module", PLATFORMS)
every_sample = pytest.mark.parametrize(
    ("module", "number"), [(name, n) for name, some in SAMPLES.items() for n in range(len(some))]
)


def extra(module):
    """Settings without which a platform's sample says nothing."""
    return {"questions": {"comment": "label"}} if module == "huggingface_hub" else {}


def add(deployment, module, name="src", *, config=None, **more):
    platform = PLATFORMS[module]
    draft = SourceDraft(
        name=name, platform=platform.name, projects=("fraud",), secret=SECRET,
        config=extra(module) if config is None else config, **more,
    )  # fmt: skip
    return add_source(deployment, owner(), draft)


async def sent(client, module, number=0, *, at, **more):
    secret, body = more.get("secret", SECRET), more.get("body")
    headers, sample = SAMPLES[module][number]
    raw = json.dumps(sample).encode() if body is None else body
    told = {
        "content-type": "application/json",
        **headers,
        **proof(module, secret, raw, at, more.get("attempt", "msg_1")),
    }
    return await client.post("/webhooks/src", content=raw, headers=told)


def stored(database) -> int:
    with database.connect() as connection:
        return connection.exec_driver_sql("SELECT count(*) FROM delivery").scalar_one()


@every_sample
async def test_a_proven_delivery_of_each_kind_is_recorded(
    outsider, deployment, fraud, clock, module, number
):
    add(deployment, module)

    answer = await sent(outsider, module, number, at=clock())

    told = answer.json()
    assert answer.status_code == 202, told
    refused = {problem["code"] for problem in told["problems"]}
    assert refused <= {"unknown_question", "gold_not_allowed", "label_wrong_type"}
    if not refused and module != "huggingface_hub":
        assert told["accepted"] + told.get("pulls", 0) > 0


@every_sample
async def test_another_attempt_at_the_same_delivery_changes_nothing(
    outsider, deployment, fraud, clock, module, number
):
    """A new id of the attempt, a later signature: the same facts."""
    add(deployment, module)
    first = (await sent(outsider, module, number, at=clock())).json()
    clock.tick(60)

    again = (await sent(outsider, module, number, at=clock(), attempt="msg_2")).json()

    if module == "standard_webhooks":
        assert first["accepted"] == again["accepted"] == 0  # a list as label of one class
        return
    assert (again["accepted"], again["duplicates"]) == (0, first["accepted"] + first["duplicates"])
    assert again["receipts"] == first["receipts"]
    with reading(deployment.engine) as session:
        assert len(waiting_pulls(session)) == first.get("pulls", 0)


@every_platform
async def test_a_wrong_secret_a_changed_body_and_no_proof_are_refused_and_nothing_is_stored(
    outsider, deployment, fraud, clock, database, module
):
    add(deployment, module)
    headers, sample = SAMPLES[module][0]
    body = json.dumps(sample).encode()
    right = {**headers, **proof(module, SECRET, body, clock())}

    wrong_secret = await sent(outsider, module, at=clock(), secret="whsec_" + "b2" * 24)
    no_proof = await outsider.post("/webhooks/src", content=body, headers=headers)
    statuses = [wrong_secret.status_code, no_proof.status_code]
    if not PLATFORMS[module].static_header:
        changed = await outsider.post("/webhooks/src", content=body + b" ", headers=right)
        statuses.append(changed.status_code)

    assert set(statuses) == {401}
    assert stored(database) == 0
    assert SECRET not in wrong_secret.text + no_proof.text


@pytest.mark.parametrize(
    "module", ["argilla", "standard_webhooks", "cloudevents", "encord", "toloka"]
)
async def test_an_old_signature_is_refused(outsider, deployment, fraud, clock, module):
    add(deployment, module)
    before = clock()
    clock.tick(301)

    assert (await sent(outsider, module, at=before)).status_code == 401
    assert (await sent(outsider, module, at=clock())).status_code == 202


@pytest.mark.usefixtures("fraud", "other_project")
@every_platform
async def test_a_source_speaks_for_its_own_projects_only(
    outsider, deployment, clock, database, module
):
    """Whatever settings or events name another project, nothing of it is recorded there."""
    add(deployment, module, config={"project": "theirs"} | extra(module))

    for number, (headers, sample) in enumerate(SAMPLES[module]):
        text = json.dumps(sample).replace('"fraud"', '"theirs"').encode()
        answer = await sent(outsider, module, number, at=clock(), body=text)
        told = answer.json()
        assert answer.status_code == 202, headers
        assert (told["accepted"], told.get("pulls", 0)) == (0, 0)
        assert {problem["code"] for problem in told["problems"]} <= {"unknown_project"}
        assert told["problems"]

    with database.connect() as connection:
        own = connection.exec_driver_sql(
            "SELECT count(*) FROM event WHERE event_id IS NOT NULL"
        ).scalar_one()
    with reading(deployment.engine) as session:
        pulls = waiting_pulls(session)
    assert (own, pulls) == (0, [])


@every_platform
async def test_a_map_of_projects_lets_no_foreign_project_in(
    outsider, deployment, fraud, other_project, clock, module
):
    if not PLATFORMS[module].needs_project or module == "label_studio":
        pytest.skip("its events name their project, or its settings have no map")
    names = dict.fromkeys(("p1", "2", "payments"), "theirs")
    add(deployment, module, config={"projects": names} | extra(module))

    for number in range(len(SAMPLES[module])):
        told = (await sent(outsider, module, number, at=clock())).json()
        assert (told["accepted"], told.get("pulls", 0)) == (0, 0)


VECTORS_FILE = recorded("standard-webhooks") / "vectors.json"
VECTORS = json.loads(VECTORS_FILE.read_bytes())["vectors"] if VECTORS_FILE.exists() else []


@pytest.mark.skipif(not VECTORS, reason=missing("standard-webhooks/vectors.json"))
@pytest.mark.parametrize("platform", ["standard-webhooks", "argilla", "cloudevents"])
async def test_every_published_vector_is_judged_rightly_at_the_door(
    outsider, deployment, fraud, clock, platform
):
    judged = {}
    for n, vector in enumerate(VECTORS):
        first, *more = vector["secrets"]
        name, projects = f"v{n}", ("fraud",)
        draft = SourceDraft(name=name, platform=platform, projects=projects, secret=first)
        add_source(deployment, owner(), draft)
        keep(deployment, name, more)
        clock.now = datetime.fromtimestamp(vector["now"], tz=UTC)
        answer = await outsider.post(
            f"/webhooks/{name}",
            content=base64.b64decode(vector["body_base64"]),
            headers=vector["headers"],
        )
        judged[vector["name"]] = {202: "accept", 401: "reject"}[answer.status_code]

    expected = {vector["name"]: vector["expect"] for vector in VECTORS}
    assert len(judged) == 37
    wrong = {n: v for n, v in judged.items() if expected[n] not in {v, "either"}}
    assert not wrong


def keep(deployment, name, secrets):
    for secret in secrets:
        rotate_secret(deployment, owner(), source=name, secret=secret)


LISTED = {"networks": ["192.0.2.0/24"]}


@pytest.fixture
def call(deployment, fraud, app):
    """Calls the webhook of a source from an address, through what proxies say."""

    async def from_address(peer, *forwarded):
        transport = httpx.ASGITransport(app, client=(peer, 50_000))
        async with httpx.AsyncClient(transport=transport, base_url="http://labeltrust") as client:
            headers = [("authorization", f"Bearer {SECRET}"), ("content-type", "application/json")]
            headers += [("x-forwarded-for", value) for value in forwarded]
            body = json.dumps(SAMPLES["kili"][0][1])
            return (await client.post("/webhooks/src", content=body, headers=headers)).status_code

    return from_address


async def test_a_source_may_be_bound_to_networks(call, deployment, database):
    add(deployment, "kili", config=LISTED)

    inside, outside = await call("192.0.2.9"), await call("198.51.100.1")
    forwarded = await call("198.51.100.1", "192.0.2.9")
    before = stored(database)

    assert (inside, outside, forwarded) == (202, 401, 401)
    assert before == 1


@pytest.mark.parametrize("networks", [["192.0.2.1/24"], "192.0.2.0/24", [], ["x"], [7]])
def test_networks_that_are_none_are_refused(deployment, fraud, networks):
    with pytest.raises(InvalidInput, match="networks"):
        add(deployment, "kili", config={"networks": networks})


class TestBehindAProxy:
    """With `LABELTRUST_TRUSTED_PROXIES`, and only then, what a proxy says of the caller counts."""

    @pytest.fixture
    def settings(self, settings):
        return replace(settings, trusted_proxies="10.0.0.0/8")

    async def test_the_callers_address_counts_not_the_proxys(self, call, deployment):
        add(deployment, "kili", config=LISTED)

        assert await call("10.0.0.1", "192.0.2.9") == 202
        assert await call("10.0.0.1", "192.0.2.9, 10.2.2.2") == 202
        assert await call("10.0.0.1") == 401
        assert await call("10.0.0.1", "198.51.100.1") == 401
        assert await call("10.0.0.1", "192.0.2.9, 198.51.100.1") == 401
        assert await call("10.0.0.1", "192.0.2.9", "198.51.100.1") == 401
        assert await call("198.51.100.1", "192.0.2.9") == 401
        assert await call("10.0.0.1", "192.0.2.9, nonsense") == 401
