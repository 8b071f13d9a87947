"""What a person does in a browser."""

import re

import httpx
from factories import owner
from web.crowds import HOSTILE_NAME

from labeltrust.services.add_person import add_person
from labeltrust.services.sign_in import create_sign_in_link
from labeltrust.web.access import COOKIE
from labeltrust.web.paths import segment

LABELER = f"/projects/fraud/labelers/{segment(HOSTILE_NAME)}"
PAGES = [
    "/projects", "/projects/fraud", "/projects/fraud/labelers", LABELER, "/flags", "/flags/1",
    "/quarantine", "/quarantine/1", "/freezes", "/freezes?shown=all", "/freezes/1",
    "/freezes/1/holds", "/sources", "/sources/import", "/sources/acme", "/sign-in",
    "/approvals", "/approvals/1", "/projects/fraud/settings", "/settings",
    "/projects/fraud/snapshots", "/projects/fraud/gate", "/projects/fraud/items",
    "/projects/fraud/sources/acme/vetting",
]  # fmt: skip


async def sign_in_as(
    browser, deployment, role: str = "qa_lead", *, name: str = "ann", **more: object
) -> None:
    add_person(deployment, owner(), name=name, role=role, **more)
    link = create_sign_in_link(deployment, owner(), name).address
    await browser.post("/sign-in", data={"token": link.rpartition("/")[2]})
    assert COOKIE in browser.cookies


async def token_on(browser, path: str) -> str:
    page = (await browser.get(path)).text
    return re.search(r'name="csrf_token" value="([0-9a-f]{64})"', page)[1]


async def submitted(browser, page: str, path: str, **fields: str) -> httpx.Response:
    """Send a form as the page would."""
    fields["csrf_token"] = await token_on(browser, page)
    return await browser.post(path, data=fields)
