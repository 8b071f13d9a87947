"""What could not be read: listed, shown, retried after the cause is mended, discarded."""

import pytest
from factories import owner

from labeltrust.domain.access import SourceDraft
from labeltrust.domain.projects import ProjectChange, ProjectDraft, Question
from labeltrust.services.add_source import add_source
from labeltrust.services.change_project import change_project
from labeltrust.services.create_project import create_project


@pytest.fixture
def fraud(deployment):
    """A project that knows one class."""
    question = Question(classes=("benign",))
    return create_project(deployment, owner(), ProjectDraft(name="fraud", questions=(question,)))


@pytest.fixture
async def held(deployment, caller, fraud) -> int:
    """The number of an event whose label is outside the scale."""
    draft = SourceDraft(name="acme", platform="generic", projects=("fraud",))
    add_source(deployment, owner(), draft)
    event = {
        "id": "1", "type": "label.submitted", "project": "fraud", "item": "i", "labeler": "a",
        "label": "<b>fraud</b>",
    }  # fmt: skip
    answer = await caller("source", source="acme").post("/v1/events", json=event)
    assert answer.json()["quarantined"] == 1
    found = await caller("auditor").get("/v1/quarantine")
    return found.json()["held"][0]["id"]


async def test_a_held_event_is_listed_with_its_reason(caller, held):
    found = (await caller("auditor").get("/v1/quarantine")).json()

    assert [row["id"] for row in found["held"]] == [held]
    assert found["held"][0]["code"] == "label_outside_scale"
    assert found["next_cursor"] is None


async def test_a_held_event_is_shown_with_the_raw_delivery(caller, held):
    found = (await caller("auditor").get(f"/v1/quarantine/{held}")).json()

    assert '"label":"<b>fraud</b>"' in found["body"].replace(" ", "")


async def test_a_reviewer_sees_why_it_is_held_but_not_what_may_hold_secrets(caller, held):
    found = (await caller("reviewer").get(f"/v1/quarantine/{held}")).json()

    assert found["held"]["code"] == "label_outside_scale"
    assert found["body"] is None
    assert "secrets" in found["body_missing"]


async def test_after_the_cause_is_mended_it_is_recorded(caller, deployment, held):
    change = ProjectChange(questions=(Question(classes=("benign", "<b>fraud</b>")),))
    change_project(deployment, owner(), "fraud", change)

    answer = await caller("qa_lead").post(
        f"/v1/quarantine/{held}/retry", json={"reason": "class added"}
    )

    assert answer.status_code == 200
    assert answer.json()["held"]["status"] == "accepted"
    assert answer.json()["outcome"]["accepted"] == 1


async def test_retried_before_that_it_stays_open(caller, held):
    answer = await caller("qa_lead").post(f"/v1/quarantine/{held}/retry", json={"reason": "try"})

    assert answer.status_code == 200
    assert answer.json()["held"]["status"] == "open"


async def test_a_discarded_one_is_closed_for_good(caller, held):
    on_call = caller("on_call")
    body = {"reason": "a test message"}

    first = await on_call.post(f"/v1/quarantine/{held}/discard", json=body)
    second = await on_call.post(f"/v1/quarantine/{held}/discard", json=body)

    assert (first.status_code, second.status_code) == (200, 409)
    listed = (await on_call.get("/v1/quarantine?status=discarded")).json()["held"]
    assert [row["reason"] for row in listed] == ["a test message"]


async def test_without_a_reason_nothing_is_closed(caller, held):
    answer = await caller("on_call").post(f"/v1/quarantine/{held}/discard", json={"reason": " "})

    assert answer.status_code == 422


async def test_what_another_projects_source_sent_is_not_found(caller, other_project, held):
    stranger = caller("qa_lead", projects=("theirs",))

    assert (await stranger.get("/v1/quarantine")).json()["held"] == []
    assert (await stranger.get(f"/v1/quarantine/{held}")).status_code == 404
    answer = await stranger.post(f"/v1/quarantine/{held}/discard", json={"reason": "x"})
    assert answer.status_code == 404


async def test_pages_of_a_list_hold_every_row_once(caller, deployment, fraud):
    add_source(
        deployment, owner(), SourceDraft(name="acme", platform="generic", projects=("fraud",))
    )
    await caller("source", source="acme").post("/v1/events", json=[{"id": n} for n in range(7)])
    auditor = caller("auditor")

    seen, cursor = [], ""
    while cursor is not None:
        page = (await auditor.get(f"/v1/quarantine?limit=3&cursor={cursor}" if cursor else
                                  "/v1/quarantine?limit=3")).json()  # fmt: skip
        seen += [row["position"] for row in page["held"]]
        cursor = page["next_cursor"]

    assert seen == list(range(7))


async def test_a_hostile_checksum_is_held_and_shown_as_text(caller, deployment, fraud):
    add_source(
        deployment, owner(), SourceDraft(name="acme", platform="generic", projects=("fraud",))
    )
    event = {
        "id": "1", "type": "label.submitted", "project": "fraud", "item": "i", "labeler": "a",
        "label": "benign", "content_checksum": "<script>alert(1)</script>\n\u202e" * 9,
    }  # fmt: skip

    answer = await caller("source", source="acme").post("/v1/events", json=event)

    assert [one["code"] for one in answer.json()["problems"]] == ["bad_checksum"]
    row = (await caller("auditor").get("/v1/quarantine")).json()["held"][0]
    assert row["detail"].isprintable()
    assert len(row["detail"]) < 200
