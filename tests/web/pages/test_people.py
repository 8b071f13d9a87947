"""People and keys: added, changed, ended, given back; secrets shown once."""

import re

import httpx
from factories import owner
from web.pages.browsing import sign_in_as, submitted, token_on
from web.pages.test_hostile_text import HARMLESS, Seen

from labeltrust.app import application
from labeltrust.domain.access import KeyDraft
from labeltrust.services.add_person import add_person, list_people
from labeltrust.services.authenticate import authenticate_key
from labeltrust.services.create_key import create_key, list_keys
from labeltrust.services.sign_in import create_sign_in_link, sign_in
from labeltrust.web.access import COOKIE
from labeltrust.web.paths import segment

HOSTILE = "\"'><script>alert(1)<img src=x onerror=alert(1)>{{7*7}}"


def person(deployment, name):
    return next(p for p in list_people(deployment, owner()) if p.name == name)


async def test_an_admin_adds_a_person_and_gives_a_link_that_signs_in(browser, deployment):
    await sign_in_as(browser, deployment, "admin")

    added = await submitted(
        browser, "/people", "/people", name="ben", role="reviewer", projects="fraud\r\n"
    )
    shown = await submitted(browser, "/people/ben", "/people/ben/link")
    again = await browser.get("/people/ben")

    assert added.headers["location"] == "/people/ben"
    assert person(deployment, "ben").projects == ("fraud",)
    token = re.search(r"/sign-in/([\w-]+)", shown.text)[1]
    assert token not in again.text
    assert sign_in(deployment, token).person == "ben"


async def test_names_that_try_to_be_pages_stay_names(browser, deployment):
    await sign_in_as(browser, deployment, "admin")
    add_person(deployment, owner(), name=HOSTILE, role="auditor")
    create_key(deployment, owner(), KeyDraft(name=HOSTILE, role="auditor", person=HOSTILE))

    for path in ("/people", f"/people/{segment(HOSTILE)}", "/keys"):
        seen = Seen()
        answer = await browser.get(path)
        seen.feed(answer.text)

        assert answer.status_code == 200
        assert HOSTILE in seen.text
        assert seen.tags <= HARMLESS | {"option", "textarea", "script", "footer", "details"}
        assert "alert(1)" not in str([v for n, v in seen.attributes if n in {"href", "src"}])
        assert not any(name.startswith("on") for name, _ in seen.attributes)


async def test_a_changed_role_ends_sessions_and_holds_for_the_next_one(browser, deployment):
    await sign_in_as(browser, deployment, "admin")
    add_person(deployment, owner(), name="ben", role="admin")
    token = sign_in(
        deployment, create_sign_in_link(deployment, owner(), "ben").address.rpartition("/")[2]
    ).token

    answer = await submitted(browser, "/people/ben", "/people/ben/role", role="auditor")

    assert answer.status_code == 303
    assert (person(deployment, "ben").role, person(deployment, "ben").projects) == ("auditor", None)
    browser.cookies.set(COOKIE, token)
    assert (await browser.get("/projects")).headers["location"] == "/sign-in"


async def test_ended_access_is_given_back_with_a_reason(browser, deployment):
    await sign_in_as(browser, deployment, "admin")
    add_person(deployment, owner(), name="ben", role="auditor")
    key = create_key(deployment, owner(), KeyDraft(name="k", role="auditor", person="ben")).text

    empty = await submitted(browser, "/people/ben", "/people/ben/disable", reason=" ")
    await submitted(browser, "/people/ben", "/people/ben/disable", reason="lost laptop")
    assert person(deployment, "ben").disabled_at is not None
    await submitted(browser, "/people/ben", "/people/ben/enable", reason="found")

    assert empty.status_code == 422
    assert person(deployment, "ben").disabled_at is None
    assert authenticate_key(deployment, key).person == "ben"
    assert (await submitted(browser, "/people/ben", "/people/ben/enable", reason="x")
            ).status_code == 409  # fmt: skip


async def test_a_key_is_shown_once_and_revoked_with_a_reason(browser, deployment):
    await sign_in_as(browser, deployment, "admin")

    made = await submitted(
        browser, "/keys", "/keys", name="ci", role="ml_engineer", projects="fraud",
        expires="2031-01-01",
    )  # fmt: skip
    text = re.search(r"lt_[0-9a-f]{12}_[\w-]{43}", made.text)[0]
    assert text not in (await browser.get("/keys")).text
    assert authenticate_key(deployment, text).role == "ml_engineer"
    key_id = text.split("_")[1]
    await submitted(browser, "/keys", f"/keys/{key_id}/revoke", reason="left on a train")

    (key,) = [k for k in list_keys(deployment, owner()) if k.key_id == key_id]
    assert key.revoked_at is not None
    assert key.expires_at.isoformat() == "2031-01-01T23:59:59+00:00"


async def test_a_slip_of_a_form_is_said_beside_it_and_keeps_what_was_typed(browser, deployment):
    await sign_in_as(browser, deployment, "admin")

    wrong = await submitted(browser, "/people", "/people", name="a/b", role="reviewer")
    nowhere = await submitted(
        browser, "/people", "/people", name="cy", role="reviewer", projects="nowhere"
    )
    past = await submitted(browser, "/keys", "/keys", name="k", role="auditor", expires="1999-1-1")

    assert (wrong.status_code, nowhere.status_code, past.status_code) == (422, 404, 422)
    assert 'value="a/b"' in wrong.text
    assert "no project" in nowhere.text


async def test_tables_of_people_and_keys_are_downloaded(browser, deployment):
    await sign_in_as(browser, deployment, "admin")

    people = await browser.get("/people?format=csv")
    keys = await browser.get("/keys?format=json")

    assert "ann,admin,all" in people.text
    assert keys.headers["content-type"].startswith("application/json")


async def test_only_admins_see_people_and_keys(browser, deployment):
    await sign_in_as(browser, deployment, "qa_lead")
    token = await token_on(browser, "/projects")

    seen = [(await browser.get(path)).status_code for path in ("/people", "/keys", "/people/ann")]
    acted = await browser.post("/people/ann/link", data={"csrf_token": token})

    assert seen == [403, 403, 403]
    assert acted.status_code == 403


async def test_programs_manage_people_and_keys(deployment):
    key = create_key(deployment, owner(), KeyDraft(name="k", role="admin")).text
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": "once"}
    transport = httpx.ASGITransport(application(deployment))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://x", headers=headers
    ) as client:
        added = await client.post(
            "/v1/people", json={"name": "ben", "role": "reviewer", "projects": ["fraud"]}
        )
        link = (await client.post("/v1/people/ben/link")).json()
        made = (
            await client.post("/v1/keys", json={"name": "c", "role": "auditor", "person": "ben"})
        ).json()
        people = (await client.get("/v1/people")).json()["people"]

    assert added.status_code == 201
    assert [p["name"] for p in people] == ["ben"]
    with deployment.engine.connect() as connection:
        kept = str(connection.exec_driver_sql("SELECT * FROM idempotency").all())
    assert made["text"] not in kept
    assert link["address"].rpartition("/")[2] not in kept
