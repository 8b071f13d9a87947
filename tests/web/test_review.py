"""Assessments, labelers, flags, freezes, gate, snapshots over HTTP, on a crowd with a suspect."""

import hashlib
import io
import shutil
from pathlib import Path

import httpx
import pyarrow.parquet as pq
import pytest
from factories import owner
from web.crowds import HOSTILE_NAME, assessed_home
from web.tables import applied

from labeltrust.app import build_deployment
from labeltrust.domain.access import KeyDraft
from labeltrust.domain.projects import ProjectDraft
from labeltrust.services.create_key import create_key
from labeltrust.services.create_project import create_project
from labeltrust.services.freeze_labels import FreezeDraft, freeze_labels
from labeltrust.services.open_appeal import open_appeal
from labeltrust.services.search_labelers import LabelerSearch, search_labelers
from labeltrust.settings import Settings
from labeltrust.web.paths import segment

SUSPECT = f"/v1/projects/fraud/labelers/{segment(HOSTILE_NAME)}"


@pytest.fixture(scope="module")
def crowd_home(tmp_path_factory) -> Path:
    return assessed_home(tmp_path_factory.mktemp("crowd"))


@pytest.fixture
def deployment(crowd_home, tmp_path):
    home = tmp_path / "var"
    shutil.copytree(crowd_home, home)
    deployment = build_deployment(Settings(home=home, key_cache_seconds=0.0))
    create_project(deployment, owner(), ProjectDraft(name="theirs"))
    yield deployment
    deployment.engine.dispose()


@pytest.fixture
def app(deployment):
    with applied(deployment) as app:
        yield app


@pytest.fixture
async def caller(app, deployment):
    """Makes clients by role, scoped to `fraud` unless said otherwise."""
    clients = []

    def make(role: str, projects: tuple[str, ...] = ("fraud",)) -> httpx.AsyncClient:
        draft = KeyDraft(name=role, role=role, projects=projects)
        key = create_key(deployment, owner(), draft).text
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app),
            base_url="http://labeltrust",
            headers={"Authorization": f"Bearer {key}"},
        )
        clients.append(client)
        return client

    yield make
    for client in clients:
        await client.aclose()


async def test_the_newest_assessment_is_the_document_of_the_contract(caller):
    document = (await caller("auditor").get("/v1/projects/fraud/assessments/latest")).json()

    assert document["project"] == "fraud"
    assert {"as_of", "items", "labels", "labelers_n", "events_through", "alpha"} <= set(document)
    assert {"value", "low", "high", "n", "level"} <= set(document["alpha"])
    labeler = document["labelers"][0]
    assert {
        "labeler", "kind", "labels", "items", "frozen", "trust", "gold_accuracy", "cohen_kappa",
        "kappa_to_consensus", "alpha_without", "alpha_effect", "label_shift", "signals", "flag",
    } <= set(labeler)  # fmt: skip


async def test_assessing_again_without_news_opens_no_flag(caller):
    answer = await caller("investigator").post("/v1/projects/fraud/assessments")

    assert answer.status_code == 201
    assert answer.json()["flags_opened"] == []


async def test_an_assessment_as_of_a_moment_before_everything_is_empty(caller):
    body = {"as_of": "2001-01-01T00:00:00Z"}

    answer = await caller("investigator").post("/v1/projects/fraud/assessments", json=body)

    assert answer.status_code == 201
    assert answer.json()["labels"] == 0


async def test_the_pages_of_labelers_hold_everyone_once_least_trusted_first(caller):
    client, seen, cursor = caller("auditor"), [], None
    while True:
        query = f"?limit=7&cursor={cursor}" if cursor else "?limit=7"
        page = (await client.get(f"/v1/projects/fraud/labelers{query}")).json()
        seen += page["labelers"]
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert len({entry["labeler"] for entry in seen}) == len(seen) == 20
    trust = [entry["trust"]["value"] for entry in seen if entry["trust"]["value"] is not None]
    assert trust == sorted(trust)


async def test_the_pages_of_appeals_hold_every_one_once_oldest_first(caller, deployment):
    names = [e["labeler"] for e in search_labelers(
        deployment, owner(), "fraud", LabelerSearch()
    ).entries if e["labeler"] != HOSTILE_NAME][:3]  # fmt: skip
    for name in names:
        draft = FreezeDraft(project="fraud", labeler=name, reason="x")
        freeze = freeze_labels(deployment, owner(), draft)
        open_appeal(deployment, owner(), freeze.id, reason="all right")
    client = caller("auditor")

    first = (await client.get("/v1/appeals?limit=2")).json()
    rest = (await client.get(f"/v1/appeals?limit=2&cursor={first['next_cursor']}")).json()

    assert [len(first["appeals"]), len(rest["appeals"]), rest["next_cursor"]] == [2, 1, None]
    numbers = [one["id"] for one in first["appeals"] + rest["appeals"]]
    assert numbers == sorted(set(numbers))
    assert (await client.get("/v1/appeals?cursor=nonsense")).status_code == 422


async def test_a_labeler_of_any_name_is_found_by_an_encoded_id(caller):
    found = (await caller("auditor").get(SUSPECT)).json()

    assert found["assessed"]["labeler"] == HOSTILE_NAME
    assert found["assessed"]["frozen"] is True
    assert found["flags"][0]["status"] == "open"


@pytest.mark.parametrize("name", ["nobody", "a/b", "x" * 10_000, "\u202e", "reviewer-01 "])
async def test_a_labeler_that_is_not_there_is_not_found(caller, name):
    answer = await caller("auditor").get(f"/v1/projects/fraud/labelers/{segment(name)}")

    assert answer.status_code == 404


async def test_evidence_names_items_and_accusers_in_words(caller):
    found = (await caller("auditor").get(f"{SUSPECT}/evidence")).json()

    item = found["flags"][0]["items"][0]
    assert item["item"].startswith("txn-")
    assert item["said"] != item["others_believe"]
    assert all(isinstance(name, str) for name in item["disagreed"])
    assert found["signals"]


async def test_a_decision_is_final_until_reopened(caller):
    reviewer = caller("reviewer")
    path, dismiss = "/v1/flags/1/decision", {"verdict": "dismiss", "note": "25 of 25 right"}

    first = await reviewer.post(path, json=dismiss)
    again = await reviewer.post(path, json=dismiss)
    reopened = await reviewer.post(path, json={"verdict": "reopen", "note": "new evidence"})

    assert (first.status_code, first.json()["status"]) == (200, "dismissed")
    assert again.status_code == 409
    assert reopened.json()["status"] == "open"


@pytest.mark.parametrize("body", [{"verdict": "hang", "note": "x"}, {"verdict": "confirm"}])
async def test_a_decision_that_cannot_be_is_refused(caller, body):
    answer = await caller("reviewer").post("/v1/flags/1/decision", json=body)

    assert answer.status_code == 422


async def test_a_lifted_freeze_is_gone_and_can_be_placed_again(caller):
    lead = caller("qa_lead")
    standing = (await lead.get("/v1/projects/fraud/freezes")).json()["freezes"]
    body = {"labeler": HOSTILE_NAME, "reason": "again", "since": "2026-01-01T00:00:00Z"}

    lifted = await lead.post(f"/v1/freezes/{standing[0]['id']}/lift", json={"reason": "audited"})
    twice = await lead.post(f"/v1/freezes/{standing[0]['id']}/lift", json={"reason": "audited"})
    placed = await lead.post("/v1/projects/fraud/freezes", json=body)
    covered = await lead.post("/v1/projects/fraud/freezes", json=body)

    assert (lifted.status_code, twice.status_code) == (200, 409)
    assert (placed.status_code, covered.status_code) == (201, 409)
    assert placed.json()["labeler"] == HOSTILE_NAME


@pytest.mark.parametrize(
    "body",
    [
        {"reason": "nobody named"},
        {"reason": "two", "labeler": "reviewer-01", "source": "import", "import_id": 1},
        {"reason": " ", "labeler": "reviewer-01"},
        {"reason": "x", "labeler": "reviewer-01", "clock": "sundial"},
    ],
)
async def test_a_freeze_that_cannot_be_is_refused(caller, body):
    answer = await caller("qa_lead").post("/v1/projects/fraud/freezes", json=body)

    assert answer.status_code == 422


async def test_cases_of_another_project_are_not_found(caller):
    stranger = caller("qa_lead", projects=("theirs",))
    asked = [
        ("GET", "/v1/flags/1", None),
        ("POST", "/v1/flags/1/decision", {"verdict": "dismiss", "note": "x"}),
        ("POST", "/v1/freezes/1/lift", {"reason": "x"}),
    ]

    for method, path, body in asked:
        answer = await stranger.request(method, path, json=body)
        missing = await stranger.request(method, path.replace("/1", "/999"), json=body)
        assert answer.status_code == missing.status_code == 404, path
        assert answer.json()["detail"].replace("1", "N") == missing.json()["detail"].replace(
            "999", "N"
        )


async def test_the_gate_says_who_reopens_it_and_what_stays_out(caller):
    gate = (await caller("ml_engineer").get("/v1/projects/fraud/gate")).json()

    assert {"open", "reasons", "exclusions", "policy_version", "position"} <= set(gate)
    assert any(x["labeler"] == HOSTILE_NAME for x in gate["exclusions"])
    for reason in gate["reasons"]:
        assert {"code", "detail", "since", "reopens"} <= set(reason)


async def test_a_project_never_assessed_is_closed(caller):
    gate = (await caller("ml_engineer", ("theirs",)).get("/v1/projects/theirs/gate")).json()

    assert gate["open"] is False
    assert [reason["code"] for reason in gate["reasons"]] == ["nothing_assessed"]


async def test_a_snapshot_is_sent_as_its_manifest_says(caller):
    engineer = caller("ml_engineer")

    made = await engineer.post("/v1/projects/fraud/snapshots")
    number = made.json()["snapshot"]
    labels = await engineer.get(f"/v1/snapshots/{number}/labels.parquet")
    manifest = await engineer.get(f"/v1/snapshots/{number}/manifest.json")
    verified = await engineer.get(f"/v1/snapshots/{number}/verification")

    assert made.status_code == 201
    assert manifest.json() == made.json()
    facts = manifest.json()["files"]["labels.parquet"]
    assert hashlib.sha256(labels.content).hexdigest() == facts["sha256"]
    assert pq.read_table(io.BytesIO(labels.content)).num_rows == facts["rows"]
    assert labels.headers["etag"] == f'"{facts["sha256"]}"'
    assert verified.json()["ok"] is True


async def test_a_file_that_is_held_already_is_not_sent_again(caller):
    engineer = caller("ml_engineer")
    number = (await engineer.post("/v1/projects/fraud/snapshots")).json()["snapshot"]
    path = f"/v1/snapshots/{number}/labels.parquet"
    tag = (await engineer.get(path)).headers["etag"]

    again = await engineer.get(path, headers={"If-None-Match": tag})

    assert (again.status_code, again.content) == (304, b"")


async def test_frozen_labels_are_in_no_snapshot(caller):
    engineer = caller("ml_engineer")
    number = (await engineer.post("/v1/projects/fraud/snapshots")).json()["snapshot"]

    answer = await engineer.get(f"/v1/snapshots/{number}/judgments.parquet")

    labelers = set(pq.read_table(io.BytesIO(answer.content))["labeler"].to_pylist())
    assert len(labelers) == 19
    assert HOSTILE_NAME not in labelers


async def test_a_snapshot_of_another_project_is_not_found(caller):
    number = (await caller("ml_engineer").post("/v1/projects/fraud/snapshots")).json()["snapshot"]
    stranger = caller("auditor", projects=("theirs",))

    for name in ("", "/labels.parquet", "/manifest.json", "/verification"):
        assert (await stranger.get(f"/v1/snapshots/{number}{name}")).status_code == 404
