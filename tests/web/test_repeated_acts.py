"""`Idempotency-Key` and ETags."""

import asyncio
import hashlib
from datetime import timedelta

from factories import owner

from labeltrust.services.add_person import add_person
from labeltrust.services.create_key import list_keys
from labeltrust.services.keep_answers import ABANDONED_AFTER, begin_answer
from labeltrust.services.sign_in import create_sign_in_link
from labeltrust.store.answers import Asked

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


async def test_the_same_act_sent_at_once_acts_once(caller, deployment):
    admin = caller("admin", projects=None)
    headers = {"Idempotency-Key": "at once"}

    answers = await asyncio.gather(
        *[admin.post("/v1/projects", json=BODY, headers=headers) for _ in range(8)]
    )

    done = [a for a in answers if a.status_code == 201]
    assert {a.status_code for a in answers} <= {201, 409}
    assert len({a.text for a in done}) == 1
    assert sum("idempotency-replayed" not in a.headers for a in done) == 1


async def test_a_link_used_at_once_signs_in_once(deployment, outsider):
    add_person(deployment, owner(), name="ann", role="reviewer")
    token = create_sign_in_link(deployment, owner(), "ann").address.rpartition("/")[2]

    answers = await asyncio.gather(
        *[outsider.post("/sign-in", data={"token": token}) for _ in range(8)]
    )

    assert sorted(a.status_code for a in answers) == [303] + [401] * 7


async def test_an_act_left_half_done_may_be_taken_over_later(caller, deployment, clock):
    admin = caller("admin", projects=None)
    name = (await admin.post("/v1/projects", json={"name": "first"})).request
    digest = hashlib.sha256(
        len(b"POST /v1/projects?").to_bytes(4, "big") + b"POST /v1/projects?" + name.content
    ).digest()
    key = list_keys(deployment, owner())[-1].key_id
    begin_answer(deployment, Asked(principal=f"key:lt_{key}", key="half", digest=digest))
    headers = {"Idempotency-Key": "half"}

    soon = await admin.post("/v1/projects", json={"name": "first"}, headers=headers)
    clock.tick(ABANDONED_AFTER.total_seconds() + 1)
    later = await admin.post("/v1/projects", json={"name": "first"}, headers=headers)

    assert "still under way" in soon.json()["detail"]
    assert "is there already" in later.json()["detail"]  # it was tried again
