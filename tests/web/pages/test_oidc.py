"""Sign-in at a real provider on the loopback: discovery, PKCE, tokens signed with RS256."""

import base64
import hashlib
import json
import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from factories import StepClock, owner
from joserfc import jwt
from joserfc.jwk import RSAKey

from labeltrust.app import application, wall_clock
from labeltrust.domain.errors import Misconfigured
from labeltrust.services.add_person import add_person, disable_person, list_people
from labeltrust.services.sign_in_oidc import leave_for_provider
from labeltrust.web.access import COOKIE

CLIENT, SECRET = "console", "a secret of the tests"


class Provider:
    """A small OpenID provider; `claims` are merged into the token of who signs in next."""

    def __init__(self):
        self.key = RSAKey.generate_key(2048, parameters={"kid": "k1"})
        self.published = self.key
        self.claims = {}
        self.issued = {}
        self.refused = []
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                answers = {
                    "/.well-known/openid-configuration": provider.configuration(),
                    "/jwks": {"keys": [provider.published.as_dict(private=False)]},
                }
                self.answer(200, answers[self.path])

            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"])).decode()
                form = {k: v[0] for k, v in parse_qs(body).items()}
                self.answer(*provider.token(form, self.headers.get("authorization", "")))

            def answer(self, status, document):
                body = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def configuration(self):
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
        }

    def sign_in(self, address):
        """Do what the provider's page does: remember the challenge, give a code and the state."""
        asked = {k: v[0] for k, v in parse_qs(urlsplit(address).query).items()}
        assert asked["code_challenge_method"] == "S256"
        assert asked["response_type"] == "code"
        self.issued["code-1"] = asked
        return {"code": "code-1", "state": asked["state"]}

    def token(self, form, authorization):
        asked = self.issued.pop(form.get("code"), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        proven = asked and challenge == asked["code_challenge"]
        if not proven or authorization != f"Basic {basic}":
            self.refused.append(form)
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "sub": "s1", "iat": now, "exp": now + 300,
                  "nonce": asked["nonce"]} | self.claims  # fmt: skip
        text = jwt.encode({"alg": "RS256", "kid": "k1"}, claims, self.key)
        return 200, {"access_token": "a", "token_type": "Bearer", "id_token": text}


@pytest.fixture
def provider():
    made = Provider()
    yield made
    made.close()


@pytest.fixture
def clock():
    return StepClock(wall_clock())


@pytest.fixture
def configured(deployment, provider):
    settings = replace(
        deployment.settings, oidc_issuer=provider.issuer, oidc_client_id=CLIENT,
        oidc_client_secret=SECRET,
    )  # fmt: skip
    return replace(deployment, settings=settings)


@pytest.fixture
async def browser(configured):
    transport = httpx.ASGITransport(application(configured))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://labeltrust", headers={"Accept": "text/html"}
    ) as client:
        yield client


async def came_back(browser, provider, **claims):
    provider.claims = claims
    left = await browser.get("/oidc/start")
    brought = provider.sign_in(left.headers["location"])
    return await browser.get("/oidc/callback", params=brought)


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "ann@example.org", "email_verified": True},
        {"preferred_username": "ann@example.org"},
    ],
)
async def test_a_person_who_is_here_signs_in(browser, provider, deployment, claims):
    add_person(deployment, owner(), name="ann@example.org", role="reviewer")

    answer = await came_back(browser, provider, **claims)

    assert (answer.status_code, answer.headers["location"]) == (303, "/projects")
    assert COOKIE in browser.cookies
    assert "ann@example.org" in (await browser.get("/projects")).text


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "eve@example.org", "email_verified": True},
        {"email": "ann@example.org", "email_verified": False},
        {"email": "ann@example.org"},
        {"email": "ann@example.org", "email_verified": "true"},
        {"preferred_username": ["ann@example.org"]},
        {},
    ],
)
async def test_nobody_else_does_and_nobody_is_created(browser, provider, deployment, claims):
    add_person(deployment, owner(), name="ann@example.org", role="reviewer")

    answer = await came_back(browser, provider, **claims)

    assert answer.status_code in {303, 401}
    assert COOKIE not in browser.cookies
    assert [p.name for p in list_people(deployment, owner())] == ["ann@example.org"]


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"aud": "another"},
        {"nonce": "of another sign-in"},
        {"exp": 1},
        {"azp": "another"},
        {"sub": None},
    ],
)
async def test_a_token_that_was_not_made_for_this_sign_in_proves_nobody(
    browser, provider, deployment, claims
):
    add_person(deployment, owner(), name="ann", role="reviewer")

    answer = await came_back(browser, provider, preferred_username="ann", **claims)

    assert answer.status_code in {303, 401}
    assert COOKIE not in browser.cookies


async def test_a_token_signed_by_another_key_proves_nobody(browser, provider, deployment):
    add_person(deployment, owner(), name="ann", role="reviewer")
    provider.published = RSAKey.generate_key(2048, parameters={"kid": "k1"})

    await came_back(browser, provider, preferred_username="ann")

    assert COOKIE not in browser.cookies


async def test_a_return_that_did_not_begin_in_this_browser_is_refused(
    browser, provider, deployment
):
    add_person(deployment, owner(), name="ann", role="reviewer")
    provider.claims = {"preferred_username": "ann"}
    left = await browser.get("/oidc/start")
    brought = provider.sign_in(left.headers["location"])

    wrong = await browser.get("/oidc/callback", params=brought | {"state": "another"})
    browser.cookies.clear()
    bare = await browser.get("/oidc/callback", params=brought)

    assert COOKIE not in browser.cookies
    assert {wrong.headers["location"], bare.headers["location"]} == {"/sign-in"}
    assert provider.refused == []


async def test_a_stolen_code_is_worth_nothing_without_its_verifier(browser, provider, deployment):
    add_person(deployment, owner(), name="ann", role="reviewer")
    provider.claims = {"preferred_username": "ann"}
    theirs = provider.sign_in((await browser.get("/oidc/start")).headers["location"])
    mine = parse_qs(urlsplit((await browser.get("/oidc/start")).headers["location"]).query)

    await browser.get("/oidc/callback", params={"code": theirs["code"], "state": mine["state"][0]})

    assert COOKIE not in browser.cookies
    assert len(provider.refused) == 1


async def test_a_disabled_person_stays_out(browser, provider, deployment):
    add_person(deployment, owner(), name="ann", role="reviewer")
    disable_person(deployment, owner(), name="ann", reason="left")

    await came_back(browser, provider, preferred_username="ann")

    assert COOKIE not in browser.cookies


async def test_the_sign_in_page_offers_it_only_where_it_is_configured(browser, deployment):
    offered = (await browser.get("/sign-in")).text
    transport = httpx.ASGITransport(application(deployment))
    async with httpx.AsyncClient(transport=transport, base_url="http://labeltrust") as plain:
        without = await plain.get("/sign-in")
        start = await plain.get("/oidc/start")

    assert "/oidc/start" in offered
    assert "/oidc/start" not in without.text
    assert start.status_code == 404


def test_a_provider_in_plain_text_elsewhere_is_refused(configured):
    settings = replace(configured.settings, oidc_issuer="http://idp.example")

    with pytest.raises(Misconfigured, match="not https"):
        leave_for_provider(replace(configured, settings=settings))
