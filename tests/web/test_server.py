"""The real server: heads and bodies that trickle, heads that grow, too many at once."""

import contextlib
import gzip
import hashlib
import json
import shutil
import socket
import threading
import time

import httpx
import pytest
from factories import owner
from recorded import history
from web.servers import running

from labeltrust.domain.access import SourceDraft
from labeltrust.services.add_source import add_source
from labeltrust.settings import Settings

PATIENCE = 0.5


@pytest.fixture
def settings(sqlite_template, tmp_path):
    """One database is enough: sockets behave alike over every one."""
    shutil.copy(sqlite_template, tmp_path / "labeltrust.db")
    return Settings(home=tmp_path)


@pytest.fixture
def server(deployment, fraud):
    with running(deployment, body_timeout_seconds=PATIENCE) as server:
        yield server


def answer_of(connection: socket.socket) -> bytes:
    received = b""
    with contextlib.suppress(ConnectionError):
        while part := connection.recv(65_536):
            received += part
    return received


def test_a_head_that_trickles_is_cut_off(server):
    with server.connect() as connection:
        connection.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\n")
        started = time.monotonic()
        received = answer_of(connection)

    assert received == b""
    assert time.monotonic() - started < PATIENCE + 3


def test_a_connection_that_says_nothing_is_cut_off(server):
    with server.connect() as connection:
        assert answer_of(connection) == b""


def test_a_body_that_trickles_is_answered_408(server, key_of):
    head = (
        "POST /v1/projects HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n"
        f"Authorization: Bearer {key_of('admin')}\r\n\r\n"
    )
    with server.connect() as connection:
        connection.sendall(head.encode())
        connection.sendall(b"{")
        received = answer_of(connection)

    assert received.startswith(b"HTTP/1.1 408 ")


def test_a_head_without_end_is_cut_off(server):
    with server.connect() as connection:
        with contextlib.suppress(ConnectionError):
            connection.sendall(b"GET / HTTP/1.1\r\n")
            for _ in range(100):
                connection.sendall(b"X-Filler: " + b"a" * 16_000 + b"\r\n")
        received = answer_of(connection)

    assert received == b""


def test_an_id_of_ten_thousand_encoded_characters_fits_into_an_address(server, key_of):
    from labeltrust.web.paths import segment  # noqa: PLC0415 - under test

    address = f"{server.url}/v1/projects/fraud/labelers/{segment('ä/' * 5_000)}"

    answer = httpx.get(address, headers={"Authorization": f"Bearer {key_of('auditor')}"})

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path",
    ["/v1/projects/%ff", "/v1/projects/%00", "/v1/projects/%", "/v1/projects/%zz", "/%2e%2e/"],
)
def test_broken_addresses_are_not_found_on_the_wire(server, key_of, path):
    request = f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
    request += f"Authorization: Bearer {key_of('auditor')}\r\n\r\n"
    with server.connect() as connection:
        connection.sendall(request.encode("latin-1"))
        received = answer_of(connection)

    assert received.startswith(b"HTTP/1.1 404 ")


def test_raw_bytes_in_an_address_are_refused(server):
    with server.connect() as connection:
        connection.sendall(b"GET /v1/projects/\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n")
        received = answer_of(connection)

    assert received[:12] in {b"HTTP/1.1 400", b"HTTP/1.1 404", b"HTTP/1.1 401"}


def test_idle_connections_do_not_keep_others_out(server):
    idle = [server.connect() for _ in range(200)]
    try:
        for connection in idle:
            connection.sendall(b"GET /health/live HTTP/1.1\r\nX")
        started = time.monotonic()
        answer = httpx.get(f"{server.url}/health/live", timeout=5)
    finally:
        for connection in idle:
            connection.close()

    assert answer.status_code == 200
    assert time.monotonic() - started < 3


def test_beyond_the_cap_of_requests_callers_are_told_when_to_come_again(deployment, key_of):
    with running(deployment, max_requests=3, body_timeout_seconds=3.0) as server:
        head = (
            b"POST /v1/projects HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nAuthorization: Bearer "
        )
        slow = [server.connect() for _ in range(3)]
        for connection in slow:
            connection.sendall(head + key_of("admin").encode() + b"\r\n\r\n{")
        threading.Event().wait(0.5)

        answer = httpx.get(f"{server.url}/health/live")
        for connection in slow:
            connection.close()

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"
    assert answer.json()["code"] == "busy"


def test_a_body_over_the_cap_is_refused(server, key_of):
    headers = {"Authorization": f"Bearer {key_of('admin', projects=None)}"}
    body = b'{"name": "' + b"a" * 2_000_000 + b'"}'

    answer = httpx.post(f"{server.url}/v1/projects", content=body, headers=headers)

    assert answer.status_code == 413
    assert answer.json()["code"] == "too_large"


def sender_of(deployment, key_of) -> dict[str, str]:
    draft = SourceDraft(name="acme", platform="generic", projects=("fraud",))
    add_source(deployment, owner(), draft)
    return {"Authorization": f"Bearer {key_of('source', projects=None, source='acme')}"}


def pieces(body: bytes, size: int = 1_000):
    """Yield a body in pieces: sent chunked, without a length."""
    for start in range(0, len(body), size):
        yield body[start : start + size]


def test_a_chunked_gzip_body_is_recorded(server, deployment, key_of):
    events = [
        {"id": f"e{n}", "type": "label.submitted", "project": "fraud", "item": f"i{n}",
         "labeler": "a", "label": "x"} for n in range(500)
    ]  # fmt: skip
    headers = sender_of(deployment, key_of) | {"Content-Encoding": "gzip"}
    body = gzip.compress(json.dumps(events).encode())

    answer = httpx.post(f"{server.url}/v1/events", content=pieces(body), headers=headers)

    assert (answer.status_code, answer.json()["accepted"]) == (202, 500)


def test_a_chunked_body_over_the_cap_is_refused_with_its_digest(server, deployment, key_of):
    body = b" " * 1_500_000
    headers = sender_of(deployment, key_of)

    answer = httpx.post(f"{server.url}/v1/events", content=pieces(body, 50_000), headers=headers)

    assert answer.status_code == 413
    with deployment.engine.connect() as connection:
        detail = connection.exec_driver_sql(
            "SELECT detail FROM event WHERE type = 'delivery.refused'"
        ).scalar_one()
    assert hashlib.sha256(body).hexdigest() in detail


def test_a_sender_that_hangs_up_leaves_nothing_behind(server, deployment, key_of):
    headers = sender_of(deployment, key_of)
    head = (
        "POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n"
        f"Authorization: {headers['Authorization']}\r\n\r\n"
    )
    with server.connect() as connection:
        connection.sendall(head.encode() + b'{"id": "half')
    threading.Event().wait(0.3)

    with deployment.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM delivery").scalar_one() == 0
    assert httpx.get(f"{server.url}/health").json()["ready"] is True


def test_two_hundred_trickling_bodies_do_not_keep_others_out(deployment, key_of):
    with running(deployment, body_timeout_seconds=3.0) as server:
        head = (
            "POST /v1/projects HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n"
            f"Authorization: Bearer {key_of('admin')}\r\n\r\n{{"
        )
        slow = [server.connect() for _ in range(200)]
        for connection in slow:
            connection.sendall(head.encode())
        started = time.monotonic()
        answers = [httpx.get(f"{server.url}/health", timeout=5) for _ in range(5)]
        for connection in slow:
            connection.close()

    assert {answer.status_code for answer in answers} == {200}
    assert time.monotonic() - started < 5


LYING = {
    "longer than it says": ("Content-Length: 3", b'{"name": "abc"}'),
    "shorter than it says": ("Content-Length: 5000", b'{"name": "abc"}'),
    "negative": ("Content-Length: -1", b"{}"),
    "no number": ("Content-Length: 2x", b"{}"),
    "no number that fits": ("Content-Length: " + "9" * 40, b"{}"),
    "two lengths": ("Content-Length: 2\r\nContent-Length: 15", b'{"name": "abc"}'),
    "length and chunks": ("Content-Length: 2\r\nTransfer-Encoding: chunked", b"f\r\n{}"),
    "a chunk without a size": ("Transfer-Encoding: chunked", b"zz\r\n{}\r\n0\r\n\r\n"),
    "a chunk that never ends": ("Transfer-Encoding: chunked", b"fffffff\r\n{}"),
    "chunks in gzip by name": ("Transfer-Encoding: gzip, chunked", b"2\r\n{}\r\n0\r\n\r\n"),
    "a coding nobody knows": ("Transfer-Encoding: x", b"{}"),
}


@pytest.mark.parametrize("door", ["/v1/events", "/webhooks/hook", "/v1/projects", "/people"])
def test_a_body_that_lies_about_its_length_does_nothing(server, deployment, key_of, door):
    sender = sender_of(deployment, key_of)["Authorization"]
    secret = "token-of-the-source-with-a-secret"
    draft = SourceDraft(name="hook", platform="generic", projects=("fraud",), secret=secret)
    add_source(deployment, owner(), draft)
    admin = f"Bearer {key_of('admin', projects=None)}"
    proof = {"/v1/events": sender, "/webhooks/hook": f"Bearer {secret}"}.get(door, admin)
    before, open_ones = recorded(deployment), {}
    for name, (length, body) in LYING.items():
        connection = open_ones[name] = server.connect()
        head = f"POST {door} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{length}\r\n"
        with contextlib.suppress(ConnectionError):
            connection.sendall(f"{head}Authorization: {proof}\r\n\r\n".encode() + body)
    answers = {name: answer_of(connection) for name, connection in open_ones.items()}
    for connection in open_ones.values():
        connection.close()

    # One answer at most: the rest of a body is no request of its own.
    assert {name: said for name, said in answers.items() if said.count(b"HTTP/1.1 ") > 1} == {}
    statuses = {name: int(said[9:12]) for name, said in answers.items() if said}
    refused = {202, 303, 400, 401, 403, 408, 413, 415, 422}
    assert {name: n for name, n in statuses.items() if n not in refused} == {}
    assert recorded(deployment) == before
    assert httpx.get(f"{server.url}/health/live").status_code == 200


def recorded(deployment) -> int:
    return len([event for event in history(deployment, "") if "refused" not in event.type])
