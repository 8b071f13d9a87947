"""Addresses that are told when a gate reopens, over HTTP: one secret, once, and how it went."""

import pytest

HOOKS = "/v1/projects/fraud/hooks"
URL = "https://example.com/hooks/7?token=t0p"


@pytest.fixture
def reachable(deployment, monkeypatch):
    """Names need not be looked up: the machine of the tests may know none."""
    monkeypatch.setattr("labeltrust.services.subscribe_hook.require_reachable", lambda *_, **__: 0)


@pytest.fixture
async def lead(caller):
    return caller("qa_lead")


async def test_an_address_is_added_once_with_its_secret_listed_without_and_removed(lead, reachable):
    made = await lead.post(HOOKS, json={"url": URL})
    again = await lead.post(HOOKS, json={"url": URL})
    listed = (await lead.get(HOOKS)).json()
    number = made.json()["hook"]["id"]
    gone = await lead.post(f"{HOOKS}/{number}/remove")

    assert made.status_code == 201
    assert made.json()["secret"].startswith("whsec_")
    assert again.status_code == 409
    assert [one["hook"]["url"] for one in listed["hooks"]] == [URL]
    assert listed["hooks"][0]["state"] == "never told"
    assert made.json()["secret"] not in str(listed)
    assert gone.status_code == 200
    assert (await lead.get(HOOKS)).json() == {"hooks": []}


async def test_a_secret_is_not_said_again_for_the_same_idempotency_key(lead, reachable):
    headers = {"Idempotency-Key": "one"}

    first = await lead.post(HOOKS, json={"url": URL}, headers=headers)
    second = await lead.post(HOOKS, json={"url": URL}, headers=headers)

    assert (first.status_code, second.status_code) == (201, 409)


@pytest.mark.parametrize(
    "url", ["http://example.com/", "https://127.0.0.1/x", "ftp://example.com", "", "x" * 3_000]
)
async def test_an_address_that_may_not_be_told_is_refused(lead, url):
    answer = await lead.post(HOOKS, json={"url": url})

    assert answer.status_code == 422
    assert answer.json()["code"] == "hook_refused"


async def test_hooks_of_another_project_are_not_there(lead, caller, reachable, other_project):
    stranger = caller("qa_lead", projects=("theirs",))
    number = (await lead.post(HOOKS, json={"url": URL})).json()["hook"]["id"]

    answers = [
        await stranger.get(HOOKS),
        await stranger.post(f"{HOOKS}/{number}/remove"),
        await stranger.post(f"/v1/projects/theirs/hooks/{number}/remove"),
        await stranger.get(f"/v1/projects/theirs/hooks/{number}/deliveries"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert len((await lead.get(HOOKS)).json()["hooks"]) == 1


async def test_only_who_may_configure_sees_addresses(caller, reachable):
    for role in ("reviewer", "investigator", "ml_engineer", "on_call", "auditor"):
        client = caller(role)
        assert (await client.get(HOOKS)).status_code == 403, role
        assert (await client.post(HOOKS, json={"url": URL})).status_code == 403, role
