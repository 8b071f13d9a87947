"""Sign-in to the console: links that work once, sessions that end."""

import httpx
from factories import owner
from web.pages.browsing import sign_in_as, submitted

from labeltrust.app import application
from labeltrust.services.add_person import add_person
from labeltrust.services.sign_in import create_sign_in_link
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
    clock.tick(deployment.settings.session_hours * 3600 + 1)

    assert (await browser.get("/projects")).headers["location"] == "/sign-in"
