"""Who is who over HTTP: joined, told ahead, parted, undone; vendors counted."""

from factories import label, owner
from recorded import record

from labeltrust.domain.access import SourceDraft
from labeltrust.services.add_source import add_source
from labeltrust.services.assess_project import assess_project


async def test_the_routes_join_tell_and_undo(caller, deployment, fraud):
    draft = SourceDraft(name="feed", platform="generic", projects=("fraud",))
    add_source(deployment, owner(), draft)
    record(deployment, [label(f"i{n}", who) for n in range(6) for who in ("alice", "al", "bob")])
    assess_project(deployment, owner(), "fraud")
    client = caller("qa_lead")
    one, into = "al", "alice"
    home = f"/v1/projects/fraud/labelers/{one}"

    act = (await client.post(f"{home}/merge", json={"into": into, "reason": "HR"})).json()
    told = (await client.get(f"{home}/identity")).json()
    named = await client.post(
        f"/v1/projects/fraud/labelers/{into}/aliases",
        json={"name": "b-17", "source": "feed", "reason": "list of May"},
    )
    body = {"vendor": "acme", "reason": "contract"}
    profile = await client.post(f"/v1/projects/fraud/labelers/{into}/profile", json=body)
    vendors = (await client.get("/v1/projects/fraud/vendors")).json()
    split = await client.post(f"{home}/split", json={"reason": "x"})
    refused = await client.post(f"/v1/identity/{act['number']}/undo", json={"reason": "x"})

    assert (act["labeler"], act["other"], act["undone"]) == (into, one, False)
    assert {n["name"] for n in told["names"]} == {one, into}
    assert named.status_code == 201
    assert profile.json()["vendor"] == "acme"
    assert vendors["vendors"][0]["share"]["n"] == vendors["vendors"][0]["labelers"]
    assert split.status_code == 201
    assert refused.status_code == 409
    undone = await client.post(
        f"/v1/identity/{split.json()['number']}/undo", json={"reason": "one after all"}
    )
    assert undone.json()["undone"] is True
    assess_project(deployment, owner(), "fraud")
