"""What a real Label Studio sent and answered, played again: events lost while nobody listened.

Recorded by `make labelstudio LABELSTUDIO_ARGS=--record`: three people label by the platform's own
API, we listen, then we are away while they go on, change, delete, and one takes a gold flag.
"""

import json
from pathlib import Path

import pytest
from reconciling import arrived, connected, pulled, standing, with_source
from studio_server import Studio

RECORDING = Path(__file__).parents[1] / "recordings" / "label_studio.json"
KINDS = ("missing", "changed", "vanished", "unexplained", "gold_missing", "gold_lost")


@pytest.fixture(scope="module")
def recording():
    return json.loads(RECORDING.read_text())


@pytest.fixture
def here(deployment):
    return with_source(deployment)


def studio_of(state):
    project = {**state["project"], "id": 3}
    return Studio(project=project, tasks=state["tasks"])


def sent_before(recording):
    """Return the webhooks that came before we were away; the forged one came after."""
    known = {a["id"] for task in recording["before"]["tasks"] for a in task["annotations"]}
    return [
        body for body in recording["webhooks"]
        if body["action"] == "ANNOTATION_CREATED" and body["annotation"]["id"] in known
    ]  # fmt: skip


def truth(state):
    return sorted(
        (str(task["id"]), str(a["updated_by"]), a["result"][0]["value"]["choices"][0])
        for task in state["tasks"]
        for a in task["annotations"]
        if not a.get("parent")
    )


def test_a_pull_finds_what_the_run_against_the_real_one_found(here, clock, recording):
    for body in sent_before(recording):
        arrived(here, json.dumps(body).encode())
    with connected(here, studio_of(recording["after"])):
        report = pulled(here, clock)
        again = pulled(here, clock)

    found = {kind: getattr(report.found, kind) for kind in KINDS}
    assert found == {kind: recording["found"][kind] for kind in KINDS}
    assert found["missing"] > 20
    assert (again.found.missing, again.found.changed, again.found.vanished) == (0, 0, 0)


def test_every_webhook_of_the_real_one_agrees_with_its_api(here, clock, recording):
    for body in sent_before(recording):
        arrived(here, json.dumps(body).encode())
    with connected(here, studio_of(recording["before"])):
        report = pulled(here, clock)

    assert report.found.differences == 0
    assert report.found.theirs == len(sent_before(recording))
    assert standing(here) == truth(recording["before"])


def test_the_recording_holds_neither_tokens_nor_people(recording):
    text = RECORDING.read_text()

    assert "@example.com" not in text
    assert "whsec_" not in text
    assert all("token" not in body.get("project", {}) for body in recording["webhooks"])
