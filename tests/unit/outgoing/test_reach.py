"""Where alerts may go: forms of addresses as a table, against a canary that must hear nothing."""

import socket
import threading
import time
from datetime import UTC, datetime

import pytest
from receivers import receiving

from labeltrust.domain.errors import InvalidInput, Misconfigured
from labeltrust.outgoing.post import Post, seconds_asked, send_post
from labeltrust.outgoing.reach import Reach, checked_url, connected, is_place_allowed, place_of
from labeltrust.settings import Settings

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
INSIDE = Reach(inside=frozenset({"am.internal:9093", "10.0.0.7:9093"}))


def sent(url, reach):
    return send_post(Post(url=url, body=b"{}", headers={}), reach, NOW)


FORMS = [
    "http://127.0.0.1:{port}/x", "https://127.0.0.1:{port}/x", "http://localhost:{port}/x",
    "http://LOCALHOST:{port}/x", "http://127.1:{port}/x", "http://127.0.1:{port}/x",
    "http://2130706433:{port}/x", "http://0x7f000001:{port}/x", "http://0x7f.1:{port}/x",
    "http://0177.0.0.1:{port}/x", "http://017700000001:{port}/x", "http://0:{port}/x",
    "http://0.0.0.0:{port}/x", "http://[::1]:{port}/x", "http://[::]:{port}/x",
    "http://[::ffff:127.0.0.1]:{port}/x", "http://[::ffff:7f00:1]:{port}/x",
    "http://[0:0:0:0:0:ffff:127.0.0.1]:{port}/x", "http://[2002:7f00:1::]:{port}/x",
    "http://[64:ff9b::7f00:1]:{port}/x", "http://127.0.0.1.:{port}/x", "http://localhost.:{port}/x",
    "http://user@127.0.0.1:{port}/x", "http://user:pw@127.0.0.1:{port}/x",
    "http://hooks.example.org@127.0.0.1:{port}/x", "http://127.0.0.1:{port}#@hooks.example.org/",
    "http://127.0.0.1:{port}\\@hooks.example.org/", "http://127.0.0.1%2f:{port}/x",
    "http://127%2e0%2e0%2e1:{port}/x", "http://\u2460\u2461\u2466.0.0.1:{port}/x",
    "http://127\u30020\u30020\u30021:{port}/x", "http://loc\u0430lhost:{port}/x",
    "http://127.0.0.1:{port}/x y", "http://127.0.0.1:{port}/\r\nX: y", "http://127.0.0.1:{port}/\x00",
    "http:127.0.0.1:{port}/x", "//127.0.0.1:{port}/x", "http:///127.0.0.1:{port}/x",
    "HTTP://127.0.0.1:{port}/x", " http://127.0.0.1:{port}/x", "http://[::1%25lo]:{port}/x",
    "http://[::1]@127.0.0.1:{port}/", "ftp://127.0.0.1:{port}/x", "gopher://127.0.0.1:{port}/_x",
    "file:///etc/passwd", "dict://127.0.0.1:{port}/x", "data:text/plain,x", "javascript:alert(1)",
    "https://127.0.0.1:{port}/?a=https://hooks.example.org", "https://localhost/x",
    "https://0x7f.0x0.0x0.0x1/x", "https://169.254.169.254/latest/meta-data/", "https://[fd00::1]/",
    "https://10.0.0.1/x", "https://172.16.9.9/x", "https://192.168.1.1/x", "https://100.64.0.1/x",
    "https://[fe80::1]/x", "https://224.0.0.1/x", "https://255.255.255.255/x", "https://",
    "https://no-such-host.invalid/x", "", "https://hooks.example.org:99999/",
    "https://hooks.example.org/" + "a" * 3_000,
]  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_no_form_of_an_address_reaches_this_machine(form):
    with receiving() as canary:
        port = canary.url.partition("127.0.0.1:")[2].partition("/")[0]
        url = form.replace("{port}", port)
        ports = Reach(ports=frozenset({443, int(port)}))
        for reach in (Reach(), INSIDE, ports):
            for said in (url, url.replace("http://", "https://", 1)):
                with pytest.raises((InvalidInput, OSError)):
                    sent(said, reach)

    assert canary.got == []


PLACES = [
    "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.31.0.1", "192.168.0.1",  # noqa: S104
    "169.254.169.254", "100.100.100.200", "192.0.0.1", "198.18.0.1", "224.0.0.1", "240.0.0.1",
    "::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:10.0.0.1", "2002:a00:1::",
    "64:ff9b::a00:1", "2001:0:a00:1::",
]  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_one_address_inside_spoils_a_name(place):
    for found in ([place], ["93.184.216.34", place]):
        with pytest.raises(InvalidInput, match="inside a network"):
            place_of("hooks.example.org", 443, Reach(resolver=lambda *_, p=found: p))
    assert not is_place_allowed(place, 443, Reach())


def test_a_name_server_that_changes_its_mind_is_asked_once():
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    with receiving() as receiver:
        port = receiver.url.partition("127.0.0.1:")[2].partition("/")[0]
        reach = Reach(loopback=True, resolver=lambda *_: answers.pop(0))
        assert sent(f"http://hooks.example.org:{port}/x", reach).status == 200

    assert len(answers) == 1
    assert receiver.got[0][1]["Host"] == f"hooks.example.org:{port}"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status):
    with receiving() as canary:
        with receiving((status, {"Location": canary.url})) as receiver:
            answer = sent(receiver.url, Reach(loopback=True))

        assert answer.status == status
        assert canary.got == []


def test_hosts_that_the_operator_named_are_told_inside_and_without_tls():
    private = Reach(inside=INSIDE.inside, resolver=lambda *_: ["10.0.0.7"])

    assert checked_url("http://am.internal:9093/api/v2/alerts", private).port == 9093
    assert place_of("am.internal", 9093, private) == "10.0.0.7"
    with pytest.raises(InvalidInput, match="only https"):
        checked_url("http://am.internal:9094/", private)
    with pytest.raises(InvalidInput, match="inside a network"):
        place_of("other.internal", 9093, private)


@pytest.mark.parametrize("place", ["127.0.0.1", "169.254.169.254", "::1", "0.0.0.0", "224.0.0.1"])  # noqa: S104
def test_not_even_a_named_host_is_this_machine_or_its_link(place):
    with pytest.raises(InvalidInput, match="inside a network"):
        place_of("am.internal", 9093, Reach(inside=INSIDE.inside, resolver=lambda *_: [place]))


def test_ports_are_few_and_set_by_the_operator():
    with pytest.raises(InvalidInput, match="port 8443"):
        checked_url("https://hooks.example.org:8443/", Reach())

    assert checked_url("https://hooks.example.org:8443/", Reach(ports=frozenset({8443}))).port
    with pytest.raises(Misconfigured, match="ALERT_PORTS"):
        Settings(alert_ports="443,x")


def test_this_machine_is_told_only_by_a_setting_that_a_server_for_others_refuses():
    with pytest.raises(Misconfigured, match="UNSAFE_ALERTS"):
        Settings(unsafe_alerts=True, host="0.0.0.0")  # noqa: S104


def test_a_receiver_that_drips_is_cut_off():
    def drip(handler):
        end = time.monotonic() + 20
        while time.monotonic() < end:
            try:
                handler.wfile.write(b"H")
            except OSError:
                return
            time.sleep(0.05)

    with receiving(drip) as receiver:
        port = int(receiver.url.partition("127.0.0.1:")[2].partition("/")[0])
        began = time.monotonic()
        with connected("127.0.0.1", port, Reach(loopback=True), tls=False, seconds=0.5) as sock:
            sock.sendall(b"POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n")
            while sock.recv(100):
                pass

    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    "answer",
    [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500, b"H" * 100_000,
     b"HTTP/1.1 abc\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200_000],
)  # fmt: skip
def test_an_answer_that_is_none_is_an_error_of_ours_and_nothing_else(answer):
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        other, _ = listener.accept()
        with other:
            other.recv(65_536)
            other.sendall(answer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        with pytest.raises(OSError, match=r"no answer|reset|broken"):
            sent(f"http://127.0.0.1:{listener.getsockname()[1]}/", Reach(loopback=True))
    finally:
        listener.close()
        thread.join(5)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("5", 5.0), (" 90 ", 90.0), ("", None), ("-1", None), ("1e9", None), ("\u0665", None),
     ("9" * 30, None), ("Sun, 29 Nov 2026 12:01:00 GMT", 60.0),
     ("Sun, 29 Nov 2026 11:00:00 GMT", 0.0), ("Sun, 99 Nov 2026 11:00:00 GMT", None)],
)  # fmt: skip
def test_patience_that_is_asked_for_is_read_in_both_forms(text, seconds):
    assert seconds_asked(text, NOW) == seconds
