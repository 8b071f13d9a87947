"""How reviewers agree, over HTTP: who may see whom, and numbers with their reasons."""

import pytest
from audited import crowd, drawn, person, reviewed

from labeltrust.services.finish_audit import finish_audit

REVIEWERS = "/v1/projects/fraud/reviewers"


@pytest.fixture
def fraud(deployment, clock):
    """A project with an audit that ann and ben have done, instead of an empty one."""
    crowd(deployment)
    lead = person("quinn", "qa_lead")
    audit = drawn(deployment, lead, plan={"size": 60, "twice": 1.0}).audit.id
    reviewed(deployment, audit, "ann", "ben")
    finish_audit(deployment, lead, audit, note="complete")
    clock.tick(60)


async def test_agreement_has_its_interval_or_a_reason(caller):
    answer = await caller("qa_lead").get(REVIEWERS)

    assert answer.status_code == 200
    told = answer.json()
    assert (told["days"], [one["reviewer"] for one in told["reviewers"]]) == (28, ["ann", "ben"])
    ann = told["reviewers"][0]
    lately = ann["with_reviewers"]["lately"]
    assert (lately["value"], lately["high"], lately["n"]) == (1.0, 1.0, 60)
    assert 0.9 < lately["low"] < 1
    before = {"value": None, "reason": "no item was re-labeled by another reviewer, too, before"}
    assert ann["with_reviewers"]["before"] == ann["with_reviewers"]["change"] == before
    assert ann["with_gold"]["lately"]["value"] is None  # all gold is of their own audit
    assert ann["with_reviewers"]["changed"] is False
    assert len(ann["with_reviewers"]["windows"]) == 6
    assert ann["with_reviewers"]["windows"][-1]["agreement"] == lately


@pytest.mark.parametrize("days", [0, -1, 367, "many"])
async def test_windows_of_no_length_are_refused(caller, days):
    answer = await caller("qa_lead").get(REVIEWERS, params={"days": days})

    assert answer.status_code in {400, 422}
    assert "days" in answer.text


async def test_a_reviewer_sees_only_himself_and_other_projects_are_not_there(caller, other_project):
    stranger = caller("qa_lead", projects=("theirs",))

    assert (await caller("reviewer").get(REVIEWERS)).json()["reviewers"] == []
    assert len((await caller("auditor").get(REVIEWERS)).json()["reviewers"]) == 2
    assert (await stranger.get(REVIEWERS)).status_code == 404
    assert (await stranger.get("/v1/projects/theirs/reviewers")).json()["reviewers"] == []
