"""Every route, called by every role: the reviewed table is what really happens."""

import json

import httpx
import pytest
from factories import owner
from web.route_table import TABLE, routes_of

from labeltrust.domain.principals import ROLES
from labeltrust.services.add_person import add_person
from labeltrust.services.sign_in import create_sign_in_link, sign_in
from labeltrust.web.access import COOKIE

REVIEWED = json.loads(TABLE.read_text("utf-8"))
VALUES = {"project": "fraud", "labeler": "alice", "source": "acme"}
# Roles that together hold every right.
ABLE = ("qa_lead", "admin")


@pytest.fixture
def settings(sqlite_template, tmp_path):
    """One database is enough: rights are decided before any of them is asked."""
    from shutil import copy  # noqa: PLC0415

    from labeltrust.settings import Settings  # noqa: PLC0415

    copy(sqlite_template, tmp_path / "labeltrust.db")
    # a stream of news would otherwise be waited for by every role
    return Settings(home=tmp_path, key_cache_seconds=0.0, live_seconds=0.0)


def filled(path: str, **values: str) -> str:
    """Return a path with values in place of its parameters."""
    values = VALUES | values
    for part in path.split("/"):
        if part.startswith("{"):
            path = path.replace(part, values.get(part.strip("{}"), "1"))
    return path


def of_access(kind: str) -> list[str]:
    return [name for name, row in REVIEWED.items() if isinstance(row, dict) and row["by"] == kind]


async def called(client: httpx.AsyncClient, name: str, **values: str) -> httpx.Response:
    method, _, path = name.partition(" ")
    content = b"{}" if method in {"POST", "PATCH"} else None
    return await client.request(method, filled(path, **values), content=content)


@pytest.mark.parametrize("role", ROLES)
async def test_a_role_may_call_exactly_the_routes_of_its_rights(caller, role, deployment, fraud):
    from labeltrust.domain.access import SourceDraft  # noqa: PLC0415
    from labeltrust.services.add_source import add_source  # noqa: PLC0415

    add_source(deployment, owner(), SourceDraft(name="s", platform="generic", projects=("fraud",)))
    client = caller(role, source="s" if role == "source" else None)

    wrong = []
    for name in of_access("key"):
        answer = await called(client, name)
        allowed = role in REVIEWED[name]["roles"]
        if allowed != (answer.status_code not in {401, 403}) or answer.status_code >= 500:
            wrong.append((name, answer.status_code, answer.text))
    assert wrong == []


async def test_nobody_without_a_key_gets_in(outsider, fraud):
    wrong = []
    for name in of_access("key"):
        answer = await called(outsider, name)
        if answer.status_code != 401:
            wrong.append((name, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("role", ABLE)
async def test_the_data_of_another_project_is_not_found(caller, other_project, role):
    client = caller(role)

    wrong = []
    for name in of_access("key"):
        if "{project}" in name and role in REVIEWED[name]["roles"]:
            answer = await called(client, name, project="theirs")
            hidden = answer.status_code == 404 and "theirs" in answer.json()["detail"]
            if not hidden and answer.status_code != 422:
                wrong.append((name, answer.status_code, answer.text))
    assert wrong == []


async def test_pages_lead_everybody_who_is_not_signed_in_to_the_sign_in(outsider):
    wrong = []
    for name in of_access("session"):
        method, _, path = name.partition(" ")
        headers = {"Accept": "text/html"}
        answer = await outsider.request(method, filled(path), headers=headers)
        wanted = 303 if method == "GET" else 401
        if answer.status_code != wanted:
            wrong.append((name, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("role", [role for role in ROLES if role != "source"])
async def test_a_signed_in_role_sees_exactly_the_pages_of_its_rights(
    outsider, deployment, fraud, role
):
    signed_in(deployment, outsider, role)

    wrong = []
    for name in of_access("session"):
        answer = await called(outsider, name)
        allowed = role in REVIEWED[name]["roles"]
        # An act without the form's own token goes no further than 403 for anybody.
        if name.startswith("GET") and allowed != (answer.status_code not in {401, 403}):
            wrong.append((name, answer.status_code))
        if name.startswith("POST") and answer.status_code not in {403, 422}:
            wrong.append((name, answer.status_code))
    assert wrong == []


async def test_no_act_of_a_page_is_done_without_the_token_of_its_form(outsider, deployment, fraud):
    signed_in(deployment, outsider, "qa_lead")

    for name in of_access("session"):
        method, _, path = name.partition(" ")
        if method == "POST":
            answer = await outsider.post(filled(path), data={"csrf_token": "0" * 64})
            assert answer.status_code == 403, name


def signed_in(deployment, client: httpx.AsyncClient, role: str) -> str:
    """Sign a new person of a role in, and give the client the cookie; return it."""
    add_person(deployment, owner(), name=f"the {role}", role=role)
    link = create_sign_in_link(deployment, owner(), f"the {role}")
    token = sign_in(deployment, link.address.rpartition("/")[2]).token
    client.cookies.set(COOKIE, token)
    return token


HOSTILE = {
    "nothing": b"",
    "no json": b"hello",
    "nan": b'{"reason": NaN}',
    "infinity": b'{"floors": {"gold_accuracy": 1e999}}',
    "duplicate keys": b'{"reason": "a", "reason": "b"}',
    "deep": b'{"reason": ' * 5_000 + b"1" + b"}" * 5_000,
    "only brackets": b"[" * 200_000,
    "lone surrogate": b'{"reason": "\\ud800", "note": "\\ud800", "name": "\\ud800"}',
    "nul": b'{"reason": "\\u0000", "note": "\\u0000", "name": "\\u0000", "verdict": "confirm"}',
    "huge integer": b'{"import_id": ' + b"9" * 5_000 + b', "reason": "x"}',
    "integer beyond the database": b'{"import_id": 9223372036854775808, "reason": "x"}',
    "bad utf-8": b'{"reason": "\xff"}',
    "utf-16": '{"reason": "x"}'.encode("utf-16"),
    "a list": b"[1, 2]",
    "a string": b'"x"',
    "null": b"null",
    "wrong types": b'{"reason": [], "note": 7, "verdict": {}, "name": null, "questions": 1}',
    "unknown field": b'{"surprise": true}',
    "bad times": b'{"since": "yesterday", "reason": "x", "labeler": "a", "as_of": "2026-13-45"}',
    "year 0": b'{"since": "0000-01-01T00:00:00Z", "as_of": "0000-01-01T00:00:00Z"}',
    "far times": b'{"since": 1e300, "as_of": 1e300, "reason": "x", "labeler": "a"}',
    "naive times": b'{"since": "2026-01-01T00:00:00", "reason": "x", "labeler": "a"}',
    "million characters": b'{"reason": "' + b"a" * 1_000_000 + b'"}',
}


@pytest.mark.parametrize("hostile", HOSTILE)
async def test_no_body_makes_an_acting_route_fail(caller, app, hostile):
    clients = {role: caller(role, projects=None) for role in ABLE}

    wrong = []
    for route in routes_of(app):
        row = REVIEWED[route.name]
        if route.method not in {"POST", "PATCH"} or not isinstance(row, dict):
            continue
        if row["by"] != "key":
            continue
        client = clients[next(role for role in ABLE if role in row["roles"])]
        method, path = route.method, filled(route.path)
        answer = await client.request(method, path, content=HOSTILE[hostile])
        if not 200 <= answer.status_code < 500:
            wrong.append((route.name, answer.status_code, answer.text))
    assert wrong == []
