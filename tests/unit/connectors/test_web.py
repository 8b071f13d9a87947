"""A platform's API is asked within bounds, and no address inside a network unless it is allowed."""

import ipaddress

import pytest
from web_servers import Reply, serving

from labeltrust.connectors import _web
from labeltrust.connectors._web import Api, StaticHeader
from labeltrust.domain.errors import InvalidInput, NoAnswer
from labeltrust.domain.platform_access import checked_place, checked_root

OWN = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))
SIGNER = StaticHeader(name="Authorization", value="Token t0ken")


def api(url, pauses=None, **more):
    waited = [] if pauses is None else pauses
    return Api(checked_root(url), SIGNER, **({"networks": OWN, "sleep": waited.append} | more))


def always(**parts):
    return lambda _: Reply(**parts)


def test_an_answer_is_read_with_the_token_and_without_cookies():
    with serving(always(body={"a": 1})) as (url, calls), api(url) as line:
        found = line.get("/api/x/", {"page": 2})

    assert found == {"a": 1}
    (call,) = calls
    assert (call.path, call.params) == ("/api/x/", {"page": "2"})
    assert call.headers["authorization"] == "Token t0ken"
    assert "cookie" not in call.headers
    assert call.headers["accept-encoding"] == "identity"


def test_a_root_below_a_path_is_kept():
    with serving(always(body=[])) as (url, calls), api(f"{url}/studio/") as line:
        line.get("/api/x/")

    assert calls[0].path == "/studio/api/x/"


def test_a_busy_platform_is_asked_again_with_growing_pauses():
    answers = iter([Reply(status=503), Reply(status=429), Reply(status=502), Reply(body=[7])])
    pauses = []
    with serving(lambda _: next(answers)) as (url, _), api(url, pauses) as line:
        found = line.get("/")

    assert found == [7]
    assert pauses == [0.5, 1.0, 2.0]


def test_what_the_platform_asks_to_wait_is_waited_up_to_a_minute():
    asked = iter(["7", "4000", "soon"])
    answers = [Reply(status=429, headers={"Retry-After": text}) for text in asked]
    replies, pauses = iter([*answers, Reply(body={})]), []
    with serving(lambda _: next(replies)) as (url, _), api(url, pauses) as line:
        line.get("/")

    assert pauses == [7.0, 60.0, 2.0]


def test_a_platform_that_stays_down_is_given_up():
    with (
        serving(always(status=500)) as (url, calls),
        api(url) as line,
        pytest.raises(NoAnswer, match="status 500"),
    ):
        line.get("/x")

    assert len(calls) == _web.ATTEMPTS


def test_nobody_listening_is_given_up():
    with serving(always()) as (url, _):
        pass
    with api(url) as line, pytest.raises(NoAnswer, match="ConnectError"):
        line.get("/x")


@pytest.mark.parametrize(
    ("status", "why"),
    [(401, "token is refused"), (403, "may not"), (404, "no such thing"), (302, "otherwise")],
)
def test_a_refusal_is_final_and_says_why(status, why):
    headers = {"Location": "http://127.0.0.1:1/"}
    with (
        serving(always(status=status, headers=headers)) as (url, calls),
        api(url) as line,
        pytest.raises(NoAnswer, match=why),
    ):
        line.get("/x")

    assert len(calls) == 1


@pytest.mark.parametrize("raw", [b'{"a": ', b"[" * 200_000, b'{"a": "\xff"}'])
def test_what_is_no_json_is_no_answer(raw):
    with serving(always(raw=raw)) as (url, _), api(url) as line, pytest.raises(NoAnswer):
        line.get("/x")


def test_a_compressed_answer_is_refused():
    headers = {"Content-Encoding": "gzip"}
    with (
        serving(always(raw=b"\x1f\x8b", headers=headers)) as (url, _),
        api(url) as line,
        pytest.raises(NoAnswer, match="compressed"),
    ):
        line.get("/x")


def test_a_huge_answer_is_cut_off(monkeypatch):
    monkeypatch.setattr(_web, "MOST_BYTES", 1_000)
    with (
        serving(always(raw=b"[" + b" " * 100_000 + b"]")) as (url, _),
        api(url) as line,
        pytest.raises(NoAnswer, match="over 1000 B"),
    ):
        line.get("/x")


def test_a_pull_ends_when_its_time_is_over():
    with (
        serving(always(status=503)) as (url, _),
        api(url, whole_seconds=0.2) as line,
        pytest.raises(NoAnswer, match="LABELTRUST_PULL_MINUTES"),
    ):
        line.get("/x")


def test_the_host_is_looked_up_once_and_the_connection_goes_there():
    looked = []

    def resolver(host, port):
        looked.append(host)
        return ["127.0.0.1"] if len(looked) == 1 else ["10.0.0.1"]

    with serving(always(body={})) as (url, calls):
        named = url.replace("127.0.0.1", "labels.test")
        with api(named, resolver=resolver) as line:
            line.get("/")
            line.get("/")

    assert looked == ["labels.test"]
    assert calls[0].headers["host"].startswith("labels.test:")


NOWHERE = "0.0.0.0"  # noqa: S104 - refused
INSIDE = [
    "127.0.0.1", "10.1.2.3", "192.168.0.9", "172.16.0.1", "169.254.169.254", NOWHERE,
    "100.64.0.1",
    "::1", "fe80::1", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::",
    "64:ff9b::7f00:1", "224.0.0.1", "255.255.255.255",
]  # fmt: skip


@pytest.mark.parametrize("place", INSIDE)
def test_no_address_inside_a_network_is_asked_unless_it_is_allowed(place):
    root = checked_root("https://labels.test")

    with pytest.raises(InvalidInput, match="LABELTRUST_PLATFORM_NETWORKS"):
        checked_place(root, [place], ())
    with pytest.raises(InvalidInput):
        checked_place(root, ["93.184.216.34", place], ())


@pytest.mark.parametrize("place", ["169.254.169.254", "fe80::1", NOWHERE, "224.0.0.1"])
def test_link_local_addresses_are_refused_whatever_is_allowed(place):
    everything = (ipaddress.ip_network("0.0.0.0/0"), ipaddress.ip_network("::/0"))

    with pytest.raises(InvalidInput):
        checked_place(checked_root("http://labels.test"), [place], everything)


@pytest.mark.parametrize("url", ["http://labels.test", "https://labels.test:22",
                                 "https://labels.test:8080"])  # fmt: skip
def test_a_public_host_is_asked_by_tls_on_two_ports_only(url):
    with pytest.raises(InvalidInput, match="https on port 443 or 8443"):
        checked_place(checked_root(url), ["93.184.216.34"], ())


@pytest.mark.parametrize(
    "url",
    [
        "", "labels.test", "ftp://labels.test", "https://", "https:///x", "//labels.test",
        "https://user@labels.test", "https://user:pass@labels.test", "https://labels.test/?a=b",
        "https://labels.test/#a", "https://labels.test\\@evil.test", "https://labels .test",
        "https://l\u0430bels.test", "https://labels.test:99999", "https://[::1", "file:///etc/passwd",
        "https://labels.test/\r\nX: y", "https://" + "a" * 3_000,
    ],
)  # fmt: skip
def test_what_is_no_root_of_a_platform_is_refused(url):
    with pytest.raises(InvalidInput) as refusal:
        checked_root(url)

    assert refusal.value.code == "platform_refused"


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f.1", "127.1", "localhost", "localhost.", "[::1]"]
)
def test_this_machine_is_not_reached_by_another_spelling(host):
    with serving(always(body={})) as (url, calls):
        port = url.rpartition(":")[2]
        with pytest.raises(InvalidInput):
            Api(checked_root(f"http://{host}:{port}"), SIGNER)

    assert calls == []
