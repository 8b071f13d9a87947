"""Twenty secrets and more in one installation: none is found in clear where bytes end up."""

import gzip
import io
import json
import os
import sys
import zipfile
from dataclasses import replace

import httpx
import pytest
from canaries import OIDC_SECRET, files_below, found, plant, recorded_things, tables_of, wall_clock
from databases import postgres_programs
from effort import effort
from factories import owner
from origin_proofs import proof
from receivers import receiving
from servers import serving, until
from sqlalchemy.engine import make_url
from web.route_table import an_application, routes_of
from web_servers import Call, Reply
from web_servers import serving as platform_serving

from labeltrust.app import build_deployment
from labeltrust.domain.principals import RIGHTS
from labeltrust.services.back_up import back_up
from labeltrust.services.export_snapshot import export_snapshot
from labeltrust.web.access import COOKIE

VALUES = {
    "project": "fraud", "labeler": "alice", "source": "acme", "code": "flag_opened",
    "file_path": "style.css", "path": "openapi.json", "person": "ann", "receipt": "fraud:1:00",
}  # fmt: skip
# Who may change a hook is shown its address; who may read what is raw sees what is held; and a
# receiver is sent its own secret. Nobody else is.
SHOWN = {
    ("token in the address of a hook", "GET /v1/projects/fraud/hooks"),
    ("token in the address of a hook", "GET /v1/projects/fraud/hooks/1/deliveries"),
    ("token in the address of a hook", "GET /projects/fraud/gate"),
    ("what a platform leaks", "GET /quarantine/1"),
    ("what a platform leaks", "GET /v1/quarantine/1"),
    ("routing_key of pagerduty", "told to pd"),
}
# Nobody answers, or the same is asked for by programs.
NEVER = {
    "GET /live",
    "GET /incidents/{incident}/bundle.zip",
    "GET /oidc/callback",
    "GET /sign-in/{token}",
    "GET /password/{token}",
}


def echoing(call: Call) -> Reply:
    """Answer as a platform that tells everybody what it was sent."""
    return Reply({"detail": f"refused {call.headers}"}, status=401)


# PostgreSQL as well under `make secrets`.
DATABASES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)][: effort(1)]


@pytest.fixture
def guarded(settings, request):
    """Settings whose database, where it can have one, has a password."""
    folder = postgres_programs()
    if folder is not None:
        monkeypatch = request.getfixturevalue("monkeypatch")
        monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
    if settings.database_url.startswith("postgres"):
        url = make_url(settings.database_url).set(password="canary-database-2f9c1e77")
        settings = replace(settings, database_url=url.render_as_string(hide_password=False))
    return replace(
        settings, oidc_issuer="http://127.0.0.1:9", oidc_client_id="console",
        oidc_client_secret=OIDC_SECRET, unsafe_alerts=True, private_hooks=True,
        platform_networks="127.0.0.0/8",
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("settings", DATABASES, indirect=True)
def test_no_secret_is_found_in_clear_where_bytes_end_up(guarded, tmp_path, capsys):
    here = replace(build_deployment(guarded), clock=wall_clock)
    places: dict[str, bytes] = {}
    with platform_serving(echoing) as (platform, _), receiving() as receiver:
        recorded_things(here)
        planted = plant(here, platform, receiver.url.rpartition("/")[0])
        with serving(guarded, **_environment(guarded)) as server:
            seen = Seen(server.url, places)
            _wrong_uses(seen, planted)
            _deliveries(seen, planted)
            _told(seen, planted, receiver)
            _every_page(seen, planted)
            _as_a_reviewer(seen, planted)
            seen.close()
            server.stop(9)
            places["log of a server that was killed"] = server.log.read_bytes()
        with serving(guarded, **_environment(guarded), **_FAILING) as server:
            seen = Seen(server.url, places, "failing: ")
            _while_all_fails(seen, planted)
            seen.close()
            server.stop()
            places["log of a server that fails"] = server.log.read_bytes()
        for path, headers, body in receiver.got:
            place = f"told to {path.split('/')[1]}"
            places[place] = places.get(place, b"") + (
                body
                + repr([v for k, v in headers.items() if k.lower() != "authorization"]).encode()
            )
    export_snapshot(here, owner(), 1, form="csv", out=tmp_path / "export.csv")
    back_up(here, owner(), tmp_path / "backup")
    here.engine.dispose()
    places |= files_below(tmp_path, without=guarded.key_file)
    if guarded.database_url:
        places |= tables_of(guarded.url)

    leaks = [leak for leak in found(planted, places) if leak not in SHOWN]

    with capsys.disabled():
        size = sum(len(content) for content in places.values())
        told = f"{len(planted)} secrets, {len(places)} places, {size} bytes: {len(leaks)} found"
        sys.stdout.write(f"\n{told}\n")
    assert len(planted) >= 20
    assert len(receiver.got) >= 4
    assert b"failpoint" in places["log of a server that fails"]
    assert leaks == [], sorted(leaks, key=str)


_FAILING = {"LABELTRUST_TEST_FAILPOINTS": "/before-commit=raise;record/before-commit=raise"}


def _environment(settings) -> dict[str, str]:
    names = (
        "oidc_issuer", "oidc_client_id", "oidc_client_secret", "unsafe_alerts", "private_hooks",
        "platform_networks",
    )  # fmt: skip
    return {f"LABELTRUST_{name.upper()}": str(getattr(settings, name)).lower() for name in names}


class Seen:
    """A client that keeps whatever is answered."""

    def __init__(self, url, places, where=""):
        self.url, self._places, self._where = url, places, where
        self._client = httpx.Client(base_url=url, timeout=30)

    def close(self):
        self._client.close()

    def __call__(self, method, path, *, keep="", **more):
        answer = self._client.request(method, path, **more)
        name = f"{self._where}{keep or f'{method} {path}'}"
        self._places[name] = self._places.get(name, b"") + _unpacked(answer)
        return answer


def _unpacked(answer) -> bytes:
    body = answer.content
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            body = b"\n".join(packed.read(name) for name in packed.namelist())
    return repr(answer.headers.multi_items()).encode() + body


def _wrong_uses(seen, planted) -> None:
    """Secrets where they do not belong: in addresses, fields of another kind, other headers."""
    key = {"Authorization": f"Bearer {planted.keys['admin']}"}
    for n, secret in enumerate(planted.secrets.values()):
        wrong = {"Authorization": f"Bearer {secret}", "X-Api-Key": secret, "Cookie": f"a={secret}"}
        body = {"name": 7, "secret": secret, secret[:64]: secret}
        answers = [
            seen("GET", "/v1/projects", params={"key": secret}, headers=wrong, keep=f"wrong {n}"),
            seen("POST", "/v1/projects", json=body, headers=key, keep=f"wrong field {n}"),
            # Who is refused at an address is told the address they called, and nobody else is.
            httpx.post(f"{seen.url}/webhooks/{secret[:64]}", content=secret, headers=wrong),
        ]
        assert all(answer.status_code < 500 for answer in answers), [a.text for a in answers]
    for secret in ("password of a person", "unused sign-in link"):
        form = {"name": "ann", "password": planted.secrets[secret] + "x"}
        seen("POST", "/sign-in", data=form, keep="wrong password")
    _shown_once(seen, planted, key)


def _shown_once(seen, planted, key) -> None:
    """What is shown once is not kept to be answered again for the same `Idempotency-Key`."""
    wanted = {"/v1/people/ann/link": ({}, "address"),
              "/v1/keys": ({"name": "once", "role": "auditor"}, "text")}  # fmt: skip
    for path, (body, name) in wanted.items():
        answer = httpx.post(seen.url + path, json=body, headers=key | {"Idempotency-Key": path})
        assert answer.status_code == 201, answer.text
        planted.add(f"shown by {path}", answer.json()[name].rpartition("/")[2])


def _deliveries(seen, planted) -> None:
    """One taken, one forged, one unreadable, one too large; each with secrets of others in it."""
    secret = planted.secrets["secret of a webhook"]
    leaked = planted.add("what a platform leaks", "canary-leaked-by-a-platform-9b1d")
    event = {"id": "e1", "type": "label.submitted", "project": "fraud", "item": "i9",
             "labeler": "alice", "label": "benign"}  # fmt: skip
    headers = {"X-Api-Key": leaked, "Cookie": f"session={leaked}"}
    own = headers | {"Authorization": f"Bearer {secret}"}
    body = json.dumps(event).encode()
    packed = gzip.compress(f'{{"token": "{leaked}"}}'.encode())
    statuses = [
        seen("POST", "/webhooks/acme", content=content, headers=told, keep=f"delivery {n}")
        for n, (content, told) in enumerate([
            (body, own),
            (body, headers | {"Authorization": f"Bearer {leaked}"}),
            (f'{{"token": "{leaked}"'.encode(), own),
            (packed, own | {"Content-Encoding": "gzip"}),
            (leaked.encode() * 40_000, own),
        ])
    ]  # fmt: skip
    assert [a.status_code for a in statuses] == [202, 401, 202, 202, 413]
    signed = planted.secrets["signing secret"]
    text = json.dumps({"type": "label.submitted", "data": event}).encode()
    right = proof("standard_webhooks", signed, text, wall_clock())
    taken = seen("POST", "/webhooks/std", content=text, headers=right, keep="signed delivery")
    assert taken.status_code == 202, taken.text


def _told(seen, planted, receiver) -> None:
    """Every channel is tried, every platform is read: some refuse, and say what they were sent."""
    key = {"Authorization": f"Bearer {planted.keys['admin']}"}
    for channel in seen("GET", "/v1/alert-channels", headers=key).json()["channels"]:
        number = channel["id"]
        seen("POST", f"/v1/alert-channels/{number}/test", json={}, headers=key, keep="try")
    for source in ("label-studio", "argilla"):
        seen("POST", f"/v1/sources/{source}/reconcile", json={}, headers=key, keep="pull")
    assert until(lambda: len(receiver.got) >= 4, 20)


def _every_page(seen, planted) -> None:
    """Every address that can be read, as a program and as a person."""
    for route in routes_of(an_application()):
        if route.method != "GET" or route.name in NEVER or "{token}" in route.path:
            continue
        path = "/".join(
            VALUES.get(part.strip("{}"), "1") if part.startswith("{") else part
            for part in route.path.split("/")
        )
        role = "qa_lead" if route.right is None or route.right in RIGHTS["qa_lead"] else "admin"
        headers = {"Authorization": f"Bearer {planted.keys[role]}", "Accept": "text/html, */*",
                   "Cookie": f"{COOKIE}={planted.sessions[role]}"}  # fmt: skip
        answer = seen("GET", path, headers=headers)
        assert answer.status_code < 500 or route.path.startswith("/oidc"), route.name


def _as_a_reviewer(seen, planted) -> None:
    """Who may not read what is raw sees none of what is held."""
    cookie = {"Cookie": f"{COOKIE}={planted.secrets['session by password']}", "Accept": "text/html"}
    assert (
        seen("GET", "/quarantine/1", headers=cookie, keep="held, to a reviewer").status_code == 200
    )


def _while_all_fails(seen, planted) -> None:
    """Nothing can be committed, so that every act ends in a traceback."""
    key = {"Authorization": f"Bearer {planted.keys['admin']}"}
    secret = planted.secrets["secret of a webhook"]
    for path, body in {
        "/v1/keys": {"name": "k", "role": "auditor"},
        "/v1/people/ann/link": {},
        "/v1/sources/label-studio/connection": {
            "url": "http://127.0.0.1:9", "remote": "3", "token": secret,
        },
        "/v1/alert-channels": {
            "name": "x", "shape": "slack", "options": {"url": f"http://127.0.0.1:9/{secret}"},
        },
    }.items():  # fmt: skip
        answer = seen("POST", path, json=body, headers=key)
        assert answer.status_code == 500, (path, answer.text)
    own = {"Authorization": f"Bearer {secret}"}
    seen("POST", "/webhooks/acme", content=b'{"id": "e2"}', headers=own)
    seen(
        "POST",
        "/sign-in",
        data={"name": "ann", "password": planted.secrets["password of a person"]},
    )
