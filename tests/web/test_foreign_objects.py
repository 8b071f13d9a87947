"""Objects of another project, asked for by their own number: not there, whoever asks and however.

Made from the table of routes: a new kind of object fails here until `foreign.py` makes one.
"""

import json
import re
import sys
from dataclasses import replace

import pytest
from factories import owner
from web.foreign import THEIRS, WHO, WORDS, planted
from web.route_table import TABLE, routes_of

from labeltrust.domain.access import KeyDraft
from labeltrust.domain.principals import RIGHTS, ROLES
from labeltrust.services.add_person import add_person
from labeltrust.services.create_key import create_key
from labeltrust.services.sign_in import create_sign_in_link, sign_in
from labeltrust.web.access import COOKIE

# Parts of addresses that belong to nobody's project.
OF_NOBODY = {"token", "code", "path", "file_path", "game_day"}
FORM = {
    "reason": "why", "note": "why", "text": "why", "verdict": "confirm", "person": "scoped qa_lead",
    "decision": "uphold", "role": "reviewer", "status": "trusted", "name": "x", "title": "x",
    "label": "benign", "outcome": "upheld", "key_id": "whk_1", "url": "http://127.0.0.1:9/",
    "remote": "3", "token": "t", "into": "yan", "overlap_hours": "1", "kind": "x", "version": "1",
}  # fmt: skip
# Bodies that the description shows no example of.
BODIES = {
    "POST /v1/keys/{key}/revoke": {"reason": "why"},
    "POST /v1/people/{person}/enable": {"reason": "why"},
    "POST /v1/people/{person}/sign-out": {"reason": "why"},
    "POST /v1/patterns/{pattern}/remove": {"reason": "why"},
    "POST /v1/patterns/{pattern}/settle": {"reason": "why"},
    "POST /v1/people/{person}/role": {"role": "reviewer", "projects": ["fraud"]},
    "POST /v1/sources/{source}/connection": {"url": "http://127.0.0.1:9", "remote": "3"},
}
# Who may not do what these pages are for is led away before anything is looked up.
LED_AWAY = {"GET /desk/{task}", "GET /projects/{project}/audits/new"}


@pytest.fixture
def settings(settings):
    return replace(settings, private_hooks=True, unsafe_alerts=True, key_requests_a_minute=0)


@pytest.fixture
def objects(deployment, fraud):
    return planted(deployment)


@pytest.fixture
def scoped(deployment, fraud):
    """Keys and sessions of every role, each for one project."""
    made = {}
    for role in (r for r in ROLES if r != "source"):
        name = f"scoped {role}"
        add_person(deployment, owner(), name=name, role=role, projects=("fraud",))
        key = create_key(deployment, owner(), KeyDraft(name=name, role=role, person=name,
                                                       projects=("fraud",)))  # fmt: skip
        link = create_sign_in_link(deployment, owner(), name).address.rpartition("/")[2]
        made[role] = (key.text, sign_in(deployment, link).token)
    return made


def parameters(path):
    return re.findall(r"{(\w+)}", path)


def asked_for(app):
    """Routes that name an object of a project."""
    for route in routes_of(app):
        names = set(parameters(route.path)) - OF_NOBODY
        if names and route.access in {"key", "session"}:
            yield route


def filled(path, objects):
    return re.sub(r"{(\w+)}", lambda part: objects[part[1]], path)


@pytest.fixture
async def bodies(outsider, scoped):
    """The example of each body, as the description of the interface shows it."""
    headers = {"Authorization": f"Bearer {scoped['auditor'][0]}"}
    described = (await outsider.get("/schema/openapi.json", headers=headers)).json()["paths"]
    found = {}
    for path, acts in described.items():
        for method, act in acts.items():
            content = act.get("requestBody", {}).get("content", {}).get("application/json", {})
            examples = content.get("schema", {}).get("examples", [{}])
            found[f"{method.upper()} {path}"] = examples[0]
    return found | BODIES


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
async def test_every_object_of_another_project_is_not_there(app, outsider, objects, scoped, bodies):
    missing = {n for r in asked_for(app) for n in parameters(r.path)} - set(objects) - OF_NOBODY
    assert missing == set(), "foreign.py makes none of these"

    assert all(re.fullmatch(r"[\w:.-]+", text) for text in objects.values()), objects

    cells, wrong = 0, []
    for route in asked_for(app):
        for role in (r for r in scoped if route.right in RIGHTS[r]):
            answer = await asked(outsider, route, filled(route.path, objects), scoped[role], bodies)
            cells += 1
            # A form is looked at before its object; who errs there learns nothing of the object.
            hidden = {404} if route.access == "key" or route.method == "GET" else {404, 422}
            hidden |= {303} if route.name in LED_AWAY else set()
            told = answer.text.replace(objects["project"], "") if "{project}" in route.path else ""
            leaked = [word for word in (WHO, THEIRS) if word in (told or _beyond(answer, route))]
            if answer.status_code not in hidden or leaked:
                wrong.append((route.name, role, answer.status_code, leaked, answer.text[:160]))
    sys.stdout.write(f"{cells} cells: objects of another project by number\n")
    assert wrong == [], "\n".join(map(str, wrong))
    assert cells > 400


@pytest.mark.parametrize("number", [2**40, 10**25])
async def test_a_number_larger_than_any_is_not_there(
    app, outsider, objects, scoped, bodies, number
):
    """On both databases: each has a size of numbers of its own that its columns cannot hold."""
    numbered = {name for name, text in objects.items() if text.isdigit()}
    large = objects | dict.fromkeys(numbered, str(number))
    wrong = []
    for route in asked_for(app):
        if route.access == "key" and numbered & set(parameters(route.path)):
            role = next(r for r in scoped if route.right in RIGHTS[r])
            path = filled(route.path, large | {"project": "fraud"})
            answer = await asked(outsider, route, path, scoped[role], bodies)
            if answer.status_code not in {400, 404, 422}:
                wrong.append((route.name, answer.status_code, answer.text[:160]))
    assert wrong == [], "\n".join(map(str, wrong))


def _beyond(answer, route):
    """What an answer says beyond the names that were in the address."""
    named = "{labeler}" in route.path or "{source}" in route.path or "{receipt}" in route.path
    return "" if named else answer.text


async def asked(client, route, path, who, bodies):
    key, session = who
    if route.access == "key":
        body = bodies.get(route.name, {})
        content = None if route.method == "GET" else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        return await client.request(route.method, path, content=content, headers=headers)
    headers = {"Cookie": f"{COOKIE}={session}", "Accept": "text/html"}
    if route.method == "GET":
        return await client.get(path, headers=headers)
    page = (await client.get("/projects/fraud", headers=headers)).text
    token = re.search(r'name="csrf_token" value="([0-9a-f]{64})"', page)[1]
    return await client.post(path, data=FORM | {"csrf_token": token}, headers=headers)


def test_the_number_of_cells_of_the_matrix_is_told(app):
    """Each route by each role and by nobody, and the data of another project beside one's own."""
    reviewed = json.loads(TABLE.read_text("utf-8"))
    closed = {name: row for name, row in reviewed.items() if isinstance(row, dict)}
    roles = {"key": len(ROLES) + 1, "session": len(ROLES)}
    by_role = sum(roles[row["by"]] for row in closed.values())

    sys.stdout.write(f"{len(reviewed)} routes, {by_role} cells of role and route\n")
    assert by_role > 2_000
    assert {route.name for route in routes_of(app)} == set(reviewed)
    assert set(WORDS) & OF_NOBODY == set()
