"""Sign-in to the console: links that work once, sessions that end."""

import httpx
import pytest
from argon2 import PasswordHasher
from factories import owner
from web.pages.browsing import sign_in_as, submitted

from labeltrust.app import application
from labeltrust.domain.errors import NotProven
from labeltrust.services.add_person import add_person, disable_person
from labeltrust.services.sign_in import create_sign_in_link, sign_in
from labeltrust.web.access import COOKIE


async def test_a_link_signs_in_once(browser, deployment):
    add_person(deployment, owner(), name="ann", role="reviewer")
    link = create_sign_in_link(deployment, owner(), "ann").address
    path = link.removeprefix(deployment.settings.address)
    token = link.rpartition("/")[2]

    asked = await browser.get(path)
    first = await browser.post("/sign-in", data={"token": token})
    second = await browser.post("/sign-in", data={"token": token})

    assert "Sign in</button>" in asked.text
    assert (first.status_code, first.headers["location"]) == (303, "/projects")
    assert second.status_code == 401


async def test_looking_at_a_link_does_not_use_it_up(browser, deployment):
    add_person(deployment, owner(), name="ann", role="reviewer")
    link = create_sign_in_link(deployment, owner(), "ann").address
    for _ in range(3):
        await browser.get(link.removeprefix(deployment.settings.address))

    answer = await browser.post("/sign-in", data={"token": link.rpartition("/")[2]})

    assert answer.status_code == 303


async def test_an_old_link_signs_nobody_in(browser, deployment, clock):
    add_person(deployment, owner(), name="ann", role="reviewer")
    link = create_sign_in_link(deployment, owner(), "ann").address
    clock.tick(deployment.settings.sign_in_link_minutes * 60 + 1)

    answer = await browser.post("/sign-in", data={"token": link.rpartition("/")[2]})

    assert answer.status_code == 401


async def test_the_cookie_is_kept_from_scripts_and_other_sites(browser, deployment):
    add_person(deployment, owner(), name="ann", role="reviewer")
    link = create_sign_in_link(deployment, owner(), "ann").address

    answer = await browser.post("/sign-in", data={"token": link.rpartition("/")[2]})

    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


async def test_over_https_the_cookie_never_goes_over_plain_text(settings, deployment):
    from dataclasses import replace  # noqa: PLC0415

    secure = replace(settings, public_url="https://labels.example")
    app = application(replace(deployment, settings=secure))
    add_person(deployment, owner(), name="ann", role="reviewer")
    link = create_sign_in_link(deployment, owner(), "ann").address
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="https://labels.example"
    ) as browser:
        answer = await browser.post("/sign-in", data={"token": link.rpartition("/")[2]})

    assert "Secure" in answer.headers["set-cookie"]


async def test_after_sign_out_the_old_cookie_is_worth_nothing(browser, deployment):
    await sign_in_as(browser, deployment)
    old = browser.cookies[COOKIE]

    answer = await submitted(browser, "/projects", "/sign-out")

    assert answer.status_code == 303
    browser.cookies.set(COOKIE, old)
    assert (await browser.get("/projects")).headers["location"] == "/sign-in"


async def test_a_session_ends_by_itself(browser, deployment, clock):
    await sign_in_as(browser, deployment)
    idle = deployment.settings.session_idle_minutes * 60
    for _ in range(int(deployment.settings.session_hours * 3600 / (0.9 * idle))):
        clock.tick(0.9 * idle)
        assert (await browser.get("/settings")).status_code == 200

    clock.tick(0.9 * idle)
    assert (await browser.get("/projects")).headers["location"] == "/sign-in"


async def test_a_session_that_is_not_used_ends_and_one_that_is_goes_on(browser, deployment, clock):
    await sign_in_as(browser, deployment)
    idle = deployment.settings.session_idle_minutes * 60
    for _ in range(4):
        clock.tick(idle * 0.9)
        assert (await browser.get("/projects")).status_code == 200

    clock.tick(idle + 61)

    assert (await browser.get("/projects")).headers["location"] == "/sign-in"


async def test_every_sign_in_has_a_token_of_its_own_and_ends_the_one_before(browser, deployment):
    await sign_in_as(browser, deployment)
    old = browser.cookies[COOKIE]

    link = create_sign_in_link(deployment, owner(), "ann").address
    await browser.post("/sign-in", data={"token": link.rpartition("/")[2]})

    assert browser.cookies[COOKIE] != old
    browser.cookies.set(COOKIE, old)
    assert (await browser.get("/projects")).headers["location"] == "/sign-in"


async def test_signed_out_everywhere_no_device_is_signed_in(browser, deployment):
    await sign_in_as(browser, deployment)
    link = create_sign_in_link(deployment, owner(), "ann").address
    elsewhere = sign_in(deployment, link.rpartition("/")[2]).token

    await submitted(browser, "/projects", "/sign-out/everywhere")

    browser.cookies.set(COOKIE, elsewhere)
    assert (await browser.get("/projects")).headers["location"] == "/sign-in"


async def test_over_https_the_cookie_is_bound_to_the_host(settings, deployment):
    from dataclasses import replace  # noqa: PLC0415

    secure = replace(settings, public_url="https://labels.example")
    app = application(replace(deployment, settings=secure))
    add_person(deployment, owner(), name="ann", role="reviewer")
    link = create_sign_in_link(deployment, owner(), "ann").address
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="https://labels.example"
    ) as browser:
        answer = await browser.post("/sign-in", data={"token": link.rpartition("/")[2]})
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-labeltrust_session=")
        assert "Path=/" in cookie
        assert "Domain" not in cookie
        assert (await browser.get("/projects")).status_code == 200
        token = cookie.partition("=")[2].partition(";")[0]
        browser.cookies.clear()
        browser.cookies.set(COOKIE, token)
        assert (await browser.get("/projects")).status_code in {303, 401}


PASSWORD = "a staple of horses"


async def with_password(browser, deployment, password=PASSWORD):
    add_person(deployment, owner(), name="ann lee", role="reviewer")
    link = create_sign_in_link(deployment, owner(), "ann lee", password=True).address
    page = await browser.get(link.removeprefix(deployment.settings.address))
    assert "Set a password" in page.text
    token = link.rpartition("/")[2]
    return await browser.post("/password", data={"token": token, "password": password}), token


async def test_a_password_is_set_by_a_link_and_signs_in(browser, deployment):
    kept, token = await with_password(browser, deployment)
    again = await browser.post("/password", data={"token": token, "password": "another one here"})

    answer = await browser.post(
        "/sign-in", data={"name": "ann lee", "password": "a staple of horses"}
    )

    assert (kept.status_code, kept.headers["location"]) == (303, "/sign-in")
    assert again.status_code == 401
    assert (answer.status_code, answer.headers["location"]) == (303, "/projects")
    with deployment.engine.connect() as connection:
        (stored,) = connection.exec_driver_sql("SELECT hash FROM password").one()
    assert stored.startswith("$argon2id$")


@pytest.mark.parametrize("weak", ["short", "i am Ann Lee today", "aaaaaaaaaaaaaaaa", ""])
async def test_a_weak_password_is_refused_and_the_link_stays_good(browser, deployment, weak):
    refused, token = await with_password(browser, deployment, weak)
    kept = await browser.post("/password", data={"token": token, "password": "good enough now"})

    assert refused.status_code == 422
    assert "the password" in refused.text
    assert kept.status_code == 303


async def test_wrong_names_and_passwords_are_answered_alike(browser, deployment):
    await with_password(browser, deployment)
    add_person(deployment, owner(), name="ben", role="reviewer")
    pairs = [("ann lee", "wrong"), ("nobody", "wrong"), ("ben", ""), ("\x00", "x"),
             ("ann lee", "x" * 5_000)]  # fmt: skip

    answers = [
        await browser.post("/sign-in", data={"name": name, "password": password})
        for name, password in pairs
    ]

    assert {answer.status_code for answer in answers} == {401}
    assert all("do not belong together" in answer.text for answer in answers)
    assert all("set-cookie" not in answer.headers for answer in answers)


async def test_unknown_names_cost_as_much_as_known_ones(deployment, monkeypatch):
    from labeltrust.services import sign_in_password as page  # noqa: PLC0415

    checked = []

    class Counting:
        def verify(self, hashed, typed):
            checked.append(hashed[:10])
            return PasswordHasher().verify(hashed, typed)

        def hash(self, typed):
            return PasswordHasher().hash(typed)

    monkeypatch.setattr(page, "_HASHER", Counting())
    for name in ("nobody", "\x00"):
        with pytest.raises(NotProven):
            page.sign_in_password(deployment, name, "wrong")

    assert checked == ["$argon2id$", "$argon2id$"]


async def test_a_disabled_person_does_not_sign_in_by_password(browser, deployment):
    await with_password(browser, deployment)
    disable_person(deployment, owner(), name="ann lee", reason="left")

    answer = await browser.post(
        "/sign-in", data={"name": "ann lee", "password": "a staple of horses"}
    )

    assert answer.status_code == 401


async def test_a_person_is_tried_ten_times_and_then_waited_for(browser, deployment, clock):
    await with_password(browser, deployment)
    wrong = {"name": "Ann Lee", "password": "wrong"}
    for _ in range(10):
        assert (await browser.post("/sign-in", data=wrong)).status_code == 401

    late = await browser.post("/sign-in", data=wrong)
    right = {"name": "ann lee", "password": "a staple of horses"}
    refused = await browser.post("/sign-in", data=right)
    clock.tick(int(late.headers["retry-after"]))
    let_in = await browser.post("/sign-in", data=right)

    assert (late.status_code, refused.status_code, let_in.status_code) == (429, 429, 303)
    assert 1 <= int(late.headers["retry-after"]) <= 90


async def test_links_are_not_guessed_from_one_address_for_long(browser, deployment):
    answers = [await browser.post("/sign-in", data={"token": f"t{n}"}) for n in range(31)]

    assert {answer.status_code for answer in answers[:30]} == {401}
    assert answers[30].status_code == 429
    assert int(answers[30].headers["retry-after"]) >= 1
