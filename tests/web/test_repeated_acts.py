"""`Idempotency-Key` and ETags."""

from datetime import timedelta

BODY = {"name": "once"}


async def test_the_same_act_sent_twice_acts_once(caller):
    admin = caller("admin", projects=None)
    headers = {"Idempotency-Key": "abc"}

    first = await admin.post("/v1/projects", json=BODY, headers=headers)
    second = await admin.post("/v1/projects", json=BODY, headers=headers)

    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    assert second.headers["idempotency-replayed"] == "true"


async def test_a_key_used_for_another_act_is_refused(caller):
    admin = caller("admin", projects=None)
    headers = {"Idempotency-Key": "abc"}

    await admin.post("/v1/projects", json=BODY, headers=headers)
    other = await admin.post("/v1/projects", json={"name": "twice"}, headers=headers)

    assert other.status_code == 409


async def test_keys_of_different_callers_do_not_meet(caller):
    headers = {"Idempotency-Key": "abc"}

    first = await caller("admin", projects=None).post("/v1/projects", json=BODY, headers=headers)
    second = await caller("admin", projects=None).post("/v1/projects", json=BODY, headers=headers)

    assert (first.status_code, second.status_code) == (201, 409)
    assert "idempotency-replayed" not in second.headers


async def test_a_refused_act_may_be_sent_again(caller):
    admin = caller("admin", projects=None)
    headers = {"Idempotency-Key": "abc"}

    first = await admin.post("/v1/projects", json={"name": ""}, headers=headers)
    second = await admin.post("/v1/projects", json=BODY, headers=headers)

    assert (first.status_code, second.status_code) == (422, 201)


async def test_an_answer_is_forgotten_after_a_week(caller, clock):
    admin = caller("admin", projects=None)
    headers = {"Idempotency-Key": "abc"}

    await admin.post("/v1/projects", json=BODY, headers=headers)
    clock.tick(timedelta(days=8).total_seconds())
    again = await admin.post("/v1/projects", json=BODY, headers=headers)

    assert again.status_code == 409  # acted again, and the name is taken


async def test_a_key_that_cannot_be_one_is_refused(caller):
    admin = caller("admin", projects=None)

    answer = await admin.post("/v1/projects", json=BODY, headers={"Idempotency-Key": "x" * 256})

    assert answer.status_code == 422


async def test_a_read_that_has_not_changed_is_not_sent_again(caller):
    lead = caller("qa_lead")
    first = await lead.get("/v1/projects/fraud")
    tag = {"If-None-Match": first.headers["etag"]}

    same = await lead.get("/v1/projects/fraud", headers=tag)
    await lead.patch("/v1/projects/fraud", json={"title": "New"})
    changed = await lead.get("/v1/projects/fraud", headers=tag)

    assert (same.status_code, same.content) == (304, b"")
    assert changed.status_code == 200
    assert changed.headers["etag"] != first.headers["etag"]
