"""Nothing but public, allowed pictures is fetched: refusals as a table, against a canary."""

import contextlib
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.media import MediaAddress, checked_address, is_public
from labeltrust.outgoing import fetch_picture as fetching
from labeltrust.outgoing.fetch_picture import fetch_picture

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 32
ALLOWED = ("cdn.example.org", "127.0.0.1", "localhost", "[::1]", "::1", "0x7f.1", "2130706433")


@contextlib.contextmanager
def serving(status=200, headers=(("Content-Type", "image/png"),), body=PNG):
    """A web server on this machine, and what it was asked for."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.path, dict(self.headers)))
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1], asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def fetched(url, hosts=ALLOWED, *, loopback=True, **more):
    return fetch_picture(checked_address(url, hosts, loopback=loopback), loopback=loopback, **more)


def test_a_picture_of_an_allowed_host_is_fetched_without_saying_who_asks():
    with serving() as (port, asked):
        picture = fetched(f"http://127.0.0.1:{port}/a.png?b=c")

    assert (picture.media_type, picture.body) == ("image/png", PNG)
    ((path, headers),) = asked
    assert path == "/a.png?b=c"
    assert "Cookie" not in headers
    assert "Referer" not in headers


REFUSED = [
    "http://cdn.example.org/a.png",
    "https://cdn.example.org:8443/a.png",
    "https://cdn.example.org:22/",
    "https://evil.test/a.png",
    "https://cdn.example.org.evil.test/a.png",
    "https://evilcdn.example.org/a.png",
    "https://cdn.example.org@evil.test/a.png",
    "https://user:pass@cdn.example.org/a.png",
    "https://evil.test#cdn.example.org",
    "https://evil.test\\@cdn.example.org/",
    "https://cdn.example.org\\.evil.test/",
    "https://cdn.example.org%2eevil.test/",
    "https://cdn.example.org./a.png",
    "https://cdn\u3002example.org/a.png",
    "https://\u24d2dn.example.org/",
    "https://cdn.example.org/a b.png",
    "https://cdn.example.org/\r\nX: y",
    "https://cdn.example.org/\x00",
    "https:///a.png",
    "https://",
    "https:cdn.example.org/a.png",
    "//cdn.example.org/a.png",
    "cdn.example.org/a.png",
    "",
    " https://cdn.example.org/a.png",
    "ftp://cdn.example.org/a.png",
    "file:///etc/passwd",
    "gopher://cdn.example.org/",
    "javascript:alert(1)",
    "data:image/png;base64,AAAA",
    "https://[::1/a.png",
    "https://cdn.example.org:99999/",
    "https://cdn.example.org:x/",
    "https://cdn.example.org/" + "a" * 5_000,
    "https://10.0.0.1/a.png",
    "https://192.168.1.1/",
    "https://169.254.169.254/latest/meta-data",
    "https://[fd00::1]/",
]


@pytest.mark.parametrize("url", REFUSED)
def test_an_address_that_is_not_plainly_allowed_is_refused_before_any_look_up(url):
    with pytest.raises(InvalidInput, match="picture not fetched"):
        checked_address(url, ("cdn.example.org",))


INSIDE = [
    "127.0.0.1", "127.1.2.3", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.0.1",  # noqa: S104
    "169.254.169.254", "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1",
    "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "2001:db8::1",
    "2001:0:7f00:1::",
]  # fmt: skip


@pytest.mark.parametrize("place", INSIDE)
def test_a_host_with_an_address_inside_is_not_connected_to(place, monkeypatch):
    def never(*_, **__):
        raise AssertionError("connected")

    monkeypatch.setattr(fetching.socket, "create_connection", never)
    address = MediaAddress(scheme="https", host="cdn.example.org", port=443, target="/")

    assert not is_public(place)
    for places in ([place], ["93.184.216.34", place]):
        with pytest.raises(InvalidInput, match="inside a network"):
            fetch_picture(address, resolver=lambda *_, p=places: p)


@pytest.mark.parametrize("form", ["127.0.0.1", "localhost", "0x7f.1", "2130706433"])
def test_no_spelling_of_this_machine_is_fetched_without_the_flag(form):
    with serving() as (port, asked):
        address = MediaAddress(scheme="http", host=form, port=port, target="/")
        with pytest.raises(InvalidInput, match="picture not fetched"):
            fetch_picture(address)

    assert asked == []


def test_a_name_server_that_changes_its_mind_is_asked_once():
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    with serving() as (port, asked):
        picture = fetched(f"http://cdn.example.org:{port}/", resolver=lambda *_: answers.pop(0))

    assert picture.body == PNG
    assert len(answers) == 1
    assert len(asked) == 1


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(status):
    with serving() as (canary, hits):
        headers = (("Location", f"http://127.0.0.1:{canary}/"),)
        moved = serving(status=status, headers=headers)
        with moved as (port, _), pytest.raises(InvalidInput, match=f"answered {status}"):
            fetched(f"http://127.0.0.1:{port}/")

        assert hits == []


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("text/html", b"<script>alert(1)</script>"),
        ("image/svg+xml", b"<svg onload='alert(1)'/>"),
        ("image/png", b"<html>not a picture"),
        ("image/webp", b"RIFF\x00\x00\x00\x00AVI "),
        ("", PNG),
        ("application/json", b'{"secret": 1}'),
    ],
)
def test_what_is_no_picture_is_not_passed_on(media_type, body):
    headers = (("Content-Type", media_type),)
    with serving(headers=headers, body=body) as (port, _), pytest.raises(InvalidInput) as found:
        fetched(f"http://127.0.0.1:{port}/")

    assert "secret" not in str(found.value)
    assert "script" not in str(found.value)


def test_a_compressed_picture_is_refused():
    headers = (("Content-Type", "image/png"), ("Content-Encoding", "gzip"))
    with serving(headers=headers) as (port, _), pytest.raises(InvalidInput, match="compressed"):
        fetched(f"http://127.0.0.1:{port}/")


def test_more_bytes_than_allowed_are_not_read(monkeypatch):
    monkeypatch.setattr(fetching, "MOST_BYTES", 1_000)
    large = serving(body=PNG + b"\x00" * 100_000)
    with large as (port, _), pytest.raises(InvalidInput, match="larger than 1000"):
        fetched(f"http://127.0.0.1:{port}/")


def test_a_host_that_drips_is_given_up(monkeypatch):
    monkeypatch.setattr(fetching, "WHOLE_SECONDS", -1.0)
    with serving() as (port, _), pytest.raises(InvalidInput, match="took more than"):
        fetched(f"http://127.0.0.1:{port}/")


def test_a_port_where_nobody_listens_is_one_clear_refusal():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(InvalidInput, match="did not answer"):
        fetched(f"http://127.0.0.1:{port}/")
