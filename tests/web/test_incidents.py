"""Case files over HTTP: opened, worked on, closed, and the evidence taken away."""

import io
import subprocess
import sys
import zipfile

import pytest
from crowds import FLIP, small_crowd
from factories import owner
from recorded import record

from labeltrust.domain.access import SourceDraft
from labeltrust.services.add_source import add_source
from labeltrust.services.assess_project import assess_project
from labeltrust.services.list_flags import list_flags

FILES = ("bundle.zip", "damage", "postmortem.md", "postmortem.html")


@pytest.fixture
def flag(deployment, fraud):
    """A flag of project `fraud`."""
    draft = SourceDraft(name="feed", platform="generic", projects=("fraud",))
    add_source(deployment, owner(), draft)
    record(deployment, small_crowd(FLIP, seed=0).events)
    assess_project(deployment, owner(), "fraud")
    return list_flags(deployment, owner(), "fraud")[0]


@pytest.fixture
def lead(caller):
    return caller("qa_lead")


async def opened(client, **more):
    body = {"project": "fraud", "title": "a ring"} | more
    answer = await client.post("/v1/incidents", json=body)
    assert answer.status_code == 201, answer.text
    return f"/v1/incidents/{answer.json()['incident']['id']}"


def verified(folder):
    """Run the verifier of a bundle as whoever received it would."""
    return subprocess.run(
        [sys.executable, "-I", "-S", "verify.py", "case.zip", "--key", "key.pem"],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip


async def test_an_incident_is_worked_from_end_to_end(lead, flag):
    path = await opened(lead, severity="high", flags=[flag.id], owner="ann")

    for where, body in (
        ("members", {"labeler": flag.labeler}),
        ("members", {"source": "feed"}),
        ("members", {"remove": 2, "reason": "the flag names him"}),
        ("steps", {"step": "triage"}),
        ("steps", {"step": "contain"}),
        ("steps", {"step": "contain", "done": False}),
        ("actions", {"words": "rotate", "owner": "ann", "due_on": "2026-12-24"}),
        ("actions/1/done", None),
    ):
        answer = await lead.post(f"{path}/{where}", json=body)
        assert answer.status_code in {200, 201}, (where, answer.text)
    changed = await lead.patch(path, json={"summary": "bribed", "act": "resolve", "reason": "x"})
    closed = await lead.post(f"{path}/close", json={"reason": "x", "lessons": "vet newcomers"})

    case = closed.json()
    assert changed.json()["incident"]["status"] == "resolved"
    assert case["incident"]["status"] == "closed"
    assert [(m["kind"], m["flag"]) for m in case["members"]] == [
        ("flag", flag.id), ("source", None),
    ]  # fmt: skip
    assert [s["step"] for s in case["checklist"] if s["at"]] == ["triage"]
    assert case["tasks"][0]["done_by"] is not None
    assert case == (await lead.get(path)).json()


@pytest.mark.parametrize(
    ("where", "body", "status"),
    [
        ("steps", {"step": "panic"}, 422),
        ("steps", {"step": "triage", "more": 1}, 422),
        ("actions", {"words": " "}, 422),
        ("actions", {"words": "x", "due_on": "soon"}, 422),
        ("actions/7/done", None, 404),
        ("members", {}, 422),
        ("members", {"flag": 99}, 404),
        ("members", {"labeler": "a", "source": "b"}, 422),
        ("members", {"remove": 99, "reason": "x"}, 404),
        ("close", {"reason": "x"}, 409),
    ],
)
async def test_what_cannot_be_done_is_refused_with_a_reason(lead, fraud, where, body, status):
    path = await opened(lead)

    answer = await lead.post(f"{path}/{where}", json=body)

    assert answer.status_code == status
    assert answer.json()["detail"]


async def test_an_action_is_done_once(lead, fraud):
    path = await opened(lead)
    await lead.post(f"{path}/actions", json={"words": "x"})

    first, second = [await lead.post(f"{path}/actions/1/done") for _ in range(2)]

    assert (first.status_code, second.status_code) == (200, 409)


async def test_a_list_is_narrowed_and_read_page_by_page(lead, caller, fraud, other_project):
    for severity in ("low", "high", "low"):
        await opened(lead, severity=severity)

    low = (await lead.get("/v1/incidents?severity=low&project=fraud&limit=1")).json()
    rest = (await lead.get(f"/v1/incidents?severity=low&cursor={low['next_cursor']}")).json()
    wrong = [
        (await lead.get(f"/v1/incidents?{asked}")).status_code
        for asked in ("severity=dire", "status=lost", "project=theirs")
    ]

    assert [one["id"] for one in (*low["incidents"], *rest["incidents"])] == [3, 1]
    assert rest["next_cursor"] is None
    assert wrong == [422, 422, 404]


async def test_the_evidence_is_sent_to_a_key_and_verifies_alone(lead, outsider, flag, tmp_path):
    path = await opened(lead, flags=[flag.id])

    answer = await lead.get(f"{path}/bundle.zip")
    key = await lead.get("/v1/snapshot-key")
    nobody = await outsider.get(f"{path}/bundle.zip")

    assert answer.headers["content-type"] == "application/zip"
    assert int(answer.headers["content-length"]) == len(answer.content)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as file:
        (tmp_path / "verify.py").write_bytes(file.read("verify.py"))
    (tmp_path / "case.zip").write_bytes(answer.content)
    (tmp_path / "key.pem").write_text(key.json()["pem"], "utf-8")
    done = verified(tmp_path)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert "signed by this key" in done.stdout
    assert nobody.status_code == 401


async def test_damage_and_postmortem_are_told_to_a_key(lead, caller, flag):
    path = await opened(lead, flags=[flag.id])
    reader = caller("auditor")

    damage = (await reader.get(f"{path}/damage")).json()
    text, page = [await reader.get(f"{path}/postmortem.{kind}") for kind in ("md", "html")]

    (report,) = damage["reports"]
    assert [one["labeler"] for one in report["suspects"]] == [flag.labeler]
    assert report["damage"]["wrong_labels"] == {
        "value": None, "reason": "no audit of the suspects' labels has a verdict yet",
    }  # fmt: skip
    assert damage["steps"][0]["flag"] == flag.id
    assert "## Damage" in text.text
    assert "data:image/png;base64," in page.text
    for answer, media in ((text, "text/markdown"), (page, "text/html")):
        assert answer.headers["content-type"].startswith(media)
        assert answer.headers["content-disposition"].startswith("attachment")


async def test_an_incident_out_of_scope_is_not_there(lead, caller, fraud, other_project):
    path = await opened(lead)
    elsewhere = caller("qa_lead", projects=("theirs",))

    answers = [
        await elsewhere.get(path),
        *[await elsewhere.get(f"{path}/{name}") for name in FILES],
        await elsewhere.post(f"{path}/steps", json={"step": "triage"}),
        await elsewhere.post(f"{path}/actions/1/done"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 7
    assert (await elsewhere.get("/v1/incidents")).json()["incidents"] == []
