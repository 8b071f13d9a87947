"""The gate's page: who is told when it reopens, and a request that waits for a second person."""

import re
from datetime import timedelta

import pytest
from factories import owner
from web.pages.browsing import sign_in_as, submitted

from labeltrust.domain.access import SourceChange
from labeltrust.domain.principals import Principal
from labeltrust.services.add_person import add_person
from labeltrust.services.add_source import change_source
from labeltrust.services.override_gate import ask_override
from labeltrust.services.subscribe_hook import list_hooks

PAGE = "/projects/fraud/gate"
LEAK = SourceChange(status="probation")
ZOE = Principal(name="person:zoe", role="qa_lead", projects=None, person="zoe")


@pytest.fixture(autouse=True)
def reachable(monkeypatch):
    """Names need not be looked up: the machine of the tests may know none."""
    monkeypatch.setattr("labeltrust.services.subscribe_hook.require_reachable", lambda *_, **__: 0)


async def test_an_address_is_added_with_its_secret_once_and_removed(browser, deployment):
    await sign_in_as(browser, deployment)
    url = "https://ci.example.org/hooks/<b>7</b>"

    added = await submitted(browser, PAGE, f"{PAGE}/hooks", url=url)
    page = (await browser.get(PAGE)).text
    number = list_hooks(deployment, owner(), "fraud")[0].id
    removed = await submitted(browser, PAGE, f"{PAGE}/hooks/{number}/remove")

    assert re.search(r"whsec_[\w+/=]{20,}", added.text)
    assert "whsec_" not in page
    assert "&lt;b&gt;7&lt;/b&gt;" in page
    assert "never told" in page
    assert removed.status_code == 303
    assert list_hooks(deployment, owner(), "fraud") == []


async def test_a_refused_address_stays_typed_and_says_why(browser, deployment):
    await sign_in_as(browser, deployment)

    answer = await submitted(browser, PAGE, f"{PAGE}/hooks", url="http://ci.example.org/x")

    assert answer.status_code == 422
    assert "only https is told" in answer.text
    assert 'value="http://ci.example.org/x"' in answer.text


async def test_who_may_not_configure_sees_no_addresses(browser, deployment):
    await sign_in_as(browser, deployment, "auditor")

    page = (await browser.get(PAGE)).text

    assert "Who is told when it reopens" not in page
    assert "What stays out either way" in page


async def test_a_request_that_waits_is_linked_and_names_who_may_give_it(browser, deployment, clock):
    for name, role in (("ben", "on_call"), ("zoe", "qa_lead"), ("rae", "reviewer")):
        add_person(deployment, owner(), name=name, role=role)
    add_person(deployment, owner(), name="far", role="qa_lead", projects=())
    change_source(deployment, owner(), "import", LEAK, reason="a leak")
    until = deployment.clock() + timedelta(hours=8)
    asked = ask_override(deployment, ZOE, "fraud", until=until, reason="release 7 <i>now</i>")
    await sign_in_as(browser, deployment)

    page = (await browser.get(PAGE)).text
    card = page.partition("An override waits for a second person")[2].partition("</section>")[0]

    assert f'href="/approvals/{asked.id}"' in card
    assert "release 7 &lt;i&gt;now&lt;/i&gt;" in card
    assert "ben" in card
    assert "ann" in card
    assert not re.search(r">(zoe|rae|far)<", card)
    assert "qa lead or on call, and never who asked" in card
    assert "Read and answer it" in card


async def test_who_asked_is_told_to_wait(browser, deployment):
    await sign_in_as(browser, deployment, name="zoe")
    change_source(deployment, owner(), "import", LEAK, reason="a leak")
    until = deployment.clock() + timedelta(hours=8)
    ask_override(deployment, ZOE, "fraud", until=until, reason="release 7")

    page = (await browser.get(PAGE)).text

    assert "You asked; you can withdraw it there." in page
    assert "Read and answer it" not in page
    assert "nobody who can sign in" in page
