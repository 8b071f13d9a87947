"""Hostile bodies at every kind of door: refused, nothing recorded, never an error of ours."""

import gzip
import json
import sys
import zlib
from dataclasses import replace

import pytest
from effort import effort
from factories import owner
from recorded import history
from web.foreign import planted
from web.route_table import routes_of
from web.test_foreign_objects import filled, scoped  # noqa: F401 - a fixture

from labeltrust.domain.access import KeyDraft, SourceDraft
from labeltrust.domain.principals import RIGHTS
from labeltrust.services.add_person import add_person
from labeltrust.services.add_source import add_source
from labeltrust.services.create_key import create_key
from labeltrust.services.sign_in import create_sign_in_link, sign_in
from labeltrust.web.access import COOKIE
from labeltrust.web.pages._view import csrf_token

TOKEN = "token-of-the-limits"
REFUSED = {400, 413, 415, 422}
MIB = 1_048_576
# A name that every act and event knows, and one whose value is looked at.
EVENT = {
    "id": "e1", "type": "label.submitted", "project": "fraud", "item": "i", "labeler": "a",
    "label": "x", "name": "n", "reason": "r",
}  # fmt: skip
_GOOD = json.dumps(EVENT).encode()


def with_value(raw: bytes) -> bytes:
    return _GOOD[:-1] + b', "content": {"x": ' + raw + b"}}"


BODIES = {
    "NaN": with_value(b"NaN"),
    "-Infinity": with_value(b"-Infinity"),
    "1e999": with_value(b"1e999"),
    "2^53": with_value(b"9007199254740992"),
    "-2^53": with_value(b"-9007199254740992"),
    "5,000 digits": with_value(b"7" * 5_000),
    "key twice": with_value(b'1, "x": 2'),
    "key of 129 bytes": with_value(b'1, "' + b"k" * 129 + b'": 1'),
    "key of 10,000 bytes": with_value(b'1, "' + b"k" * 10_000 + b'": 1'),
    "NUL": with_value(b'"\\u0000"'),
    "lone surrogate": with_value(b'"\\ud800"'),
    "surrogate in raw bytes": with_value(b'"\xed\xa0\x80"'),
    "no UTF-8": with_value(b'"\xff"'),
    "21 levels": with_value(b"[" * 19 + b"]" * 19),
    "100,000 brackets": b"[" * 100_000,
    "100,000 braces": b'{"a":' * 100_000,
    "10,000 keys": json.dumps(EVENT | {f"key{n}": n for n in range(10_000)}).encode(),
    "10,000 keys inside": with_value(json.dumps({f"k{n}": n for n in range(10_000)}).encode()),
    "over 1 MiB": _GOOD[:-1] + b" " * MIB + b"}",
    "nothing": b"",
    "two documents": _GOOD + b" []",
}  # fmt: skip
PACKED = {
    "gzip bomb": ("gzip", gzip.compress(b" " * 20 * MIB)),
    "nested gzip": ("gzip", gzip.compress(gzip.compress(_GOOD))),
    "nested gzip bomb": ("gzip", gzip.compress(gzip.compress(b" " * 100 * MIB))),
    "gzip twice by name": ("gzip, gzip", gzip.compress(gzip.compress(_GOOD))),
    "deflate": ("deflate", zlib.compress(_GOOD)),
    "no gzip": ("gzip", _GOOD),
}
LONG = {
    "label of 1,025 bytes": {"label": "x" * 1_025},
    "label of 513 two-byte letters": {"label": "ä" * 513},
    "question of 257 letters": {"question": "q" * 257},
    "item of 10,001 letters": {"item": "i" * 10_001},
}
CASES = [(name, body, {}) for name, body in BODIES.items()] + [
    (name, body, {"Content-Encoding": encoding}) for name, (encoding, body) in PACKED.items()
]


@pytest.fixture
def settings(settings):
    return replace(settings, key_requests_a_minute=0, private_hooks=True, unsafe_alerts=True)


@pytest.fixture
def source(deployment, fraud):
    draft = SourceDraft(name="acme", platform="generic", projects=("fraud",), secret=TOKEN)
    return add_source(deployment, owner(), draft)[0]


def share(cases, after):
    """Every fourth case, each time others; under `make fuzz` all of them."""
    return cases if effort(1) > 1 else cases[after % 4 :: 4]


def facts(deployment) -> int:
    """How much is on record beside refusals, which are counted and never what was sent."""
    kept = ("delivery.refused", "access.refused", "delivery.forged")
    return len([event for event in history(deployment, "") if event.type not in kept])


@pytest.mark.parametrize("door", ["/v1/events", "/webhooks/acme"])
async def test_no_hostile_delivery_is_recorded(caller, outsider, deployment, source, door):
    events = door == "/v1/events"
    client = caller("source", projects=None, source="acme") if events else outsider
    proof = {} if events else {"Authorization": f"Bearer {TOKEN}"}
    before, wrong = facts(deployment), []
    long = [(name, json.dumps(EVENT_OF_LABEL | more).encode(), {}) for name, more in LONG.items()]
    many = [("1,001 events", json.dumps([EVENT] * 1_001).encode(), {})]
    for name, body, headers in [*CASES, *long, *many]:
        answer = await client.post(door, content=body, headers=proof | headers)
        # What is proven and cannot be read waits in quarantine; that is said, too.
        held = answer.status_code == 202 and (
            answer.json()["accepted"],
            answer.json()["quarantined"],
        )
        if answer.status_code not in REFUSED and held != (0, 1):
            wrong.append((name, answer.status_code, answer.text[:200]))

    assert wrong == [], "\n".join(map(str, wrong))
    assert facts(deployment) == before


EVENT_OF_LABEL = {name: value for name, value in EVENT.items() if name not in {"name", "reason"}}


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
async def test_no_hostile_body_of_an_act_does_anything(app, outsider, deployment, scoped):  # noqa: F811
    objects = planted(deployment)
    keys = {}
    for role in ("qa_lead", "admin", "on_call"):
        add_person(deployment, owner(), name=f"the {role}", role=role)
        draft = KeyDraft(name=role, role=role, person=f"the {role}")
        keys[role] = create_key(deployment, owner(), draft).text
    admin = {"Authorization": f"Bearer {keys['admin']}"}
    described = (await outsider.get("/schema/openapi.json", headers=admin)).json()["paths"]
    before, wrong, tried = facts(deployment), [], 0
    for route in routes_of(app):
        told = described.get(route.path, {}).get(route.method.lower(), {})
        if route.access != "key" or "requestBody" not in told or route.path == "/v1/events":
            continue
        key = next(text for role, text in keys.items() if route.right in RIGHTS[role])
        proof = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        for name, body, headers in share(CASES, tried):
            if name == "nothing":
                continue  # says no more than that everything is left to its default
            answer = await outsider.request(
                route.method, filled(route.path, objects), content=body, headers=proof | headers
            )
            tried += 1
            if answer.status_code not in REFUSED:
                wrong.append((route.name, name, answer.status_code, answer.text[:120]))
    sys.stdout.write(f"{tried} hostile bodies at acts\n")
    assert wrong == [], "\n".join(map(str, wrong))
    assert facts(deployment) == before


FORMS = {
    "NUL": b"name=a%00b",
    "half a character": b"name=%ED%A0%80",
    "no UTF-8": b"name=%ff%fe",
    "raw bytes": b"name=\xff\x00",
    "name of 10,000 letters": b"name=" + b"n" * 10_000,
    "10,000 fields": b"&".join(b"k%d=1" % n for n in range(10_000)),
    "field of 10,000 letters": b"n" * 10_000 + b"=1",
    "over 1 MiB": b"name=" + b"n" * MIB,
    "nothing": b"",
    "only signs": b"&=&=&" * 1_000,
}
_FORM = "application/x-www-form-urlencoded"
FORM_CASES = [
    *((name, body, {}) for name, body in FORMS.items()),
    ("gzip", gzip.compress(b"name=x"), {"Content-Encoding": "gzip"}),
    ("JSON", _GOOD, {"Content-Type": "application/json"}),
    ("parts", b"--a\r\n", {"Content-Type": "multipart/form-data; boundary=a"}),
]


@pytest.fixture
def session(deployment, fraud):
    """Headers of forms of an admin, and the field that proves where a form comes from."""
    made = {}
    for role in ("admin", "qa_lead"):
        add_person(deployment, owner(), name=f"the {role}", role=role)
        link = create_sign_in_link(deployment, owner(), f"the {role}").address.rpartition("/")[2]
        token = sign_in(deployment, link).token
        headers = {"Cookie": f"{COOKIE}={token}", "Content-Type": _FORM}
        made[role] = headers, b"&csrf_token=" + csrf_token(token).encode()
    return made


async def test_no_hostile_form_adds_a_person(outsider, deployment, session):
    headers, field = session["admin"]
    before, wrong = facts(deployment), []
    for name, body, more in FORM_CASES:
        sent = body if more else b"role=reviewer&" + body + field
        answer = await outsider.post("/people", content=sent, headers=headers | more)
        if answer.status_code not in REFUSED | {403}:
            wrong.append((name, answer.status_code, answer.text[:200]))

    assert wrong == [], "\n".join(map(str, wrong))
    assert facts(deployment) == before


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
async def test_no_hostile_form_is_an_error_of_ours(app, outsider, deployment, session):
    objects, wrong, tried = planted(deployment), [], 0
    for route in routes_of(app):
        if route.access != "session" or route.method == "GET" or route.path.startswith("/sign-out"):
            continue
        headers, field = session["qa_lead" if route.right in RIGHTS["qa_lead"] else "admin"]
        for name, body, more in share(FORM_CASES, tried):
            sent = body if more else b"reason=" + body + b"&" + body + field
            path = filled(route.path, objects)
            answer = await outsider.post(path, content=sent, headers=headers | more)
            tried += 1
            if answer.status_code >= 500:
                wrong.append((route.name, name, answer.status_code, answer.text[:120]))
    sys.stdout.write(f"{tried} hostile forms\n")
    assert wrong == [], "\n".join(map(str, wrong))
