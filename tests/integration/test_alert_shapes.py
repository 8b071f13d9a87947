"""Mail over a real server with TLS, and Apprise in its own process, against real receivers."""

import contextlib
import datetime as dt
import ipaddress
import socket
import ssl
import time

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from receivers import receiving

from labeltrust.app import wall_clock
from labeltrust.domain.errors import InvalidInput
from labeltrust.outgoing.post import Post, send_post
from labeltrust.outgoing.reach import Reach, connected
from labeltrust.outgoing.shapes import shape_of
from labeltrust.outgoing.shapes._base import Target
from labeltrust.services.alerting._composing import test_telling as a_test

NEAR = Reach(loopback=True)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate of this machine, signed by itself: (certificate file, key file)."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    hosts = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(hosts), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "key.pem").write_bytes(pem)
    return folder / "cert.pem", folder / "key.pem"


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


class Inbox:
    """Keeps what it is handed, and answers as told."""

    def __init__(self):
        self.mails, self.answer, self.logins = [], "250 OK", []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - the library's word
        self.mails.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return self.answer

    def login(self, server, session, envelope, mechanism, data):
        self.logins.append((data.login, data.password))
        return AuthResult(success=data.password == b"hush", handled=False)


@pytest.fixture
def post_office(certificate, monkeypatch):
    """A mail server on this machine that asks for TLS and a password."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    inbox = Inbox()
    controller = Controller(
        inbox, hostname="127.0.0.1", port=free_port(), tls_context=context, require_starttls=True,
        auth_required=True, authenticator=inbox.login,
    )  # fmt: skip
    controller.start()
    inbox.port = controller.server.sockets[0].getsockname()[1]
    yield inbox
    controller.stop()


def options(port, **more):
    given = {
        "host": "localhost", "port": str(port), "sender": "lt@example.org",
        "recipients": "ann@example.org, bob@example.org", "username": "lt", "password": "hush",
    }  # fmt: skip
    return given | more


def mailed(deployment, given):
    telling = a_test(deployment, "msg_1", wall_clock())
    return shape_of("email").send(Target(options=given), telling, NEAR)


def test_a_mail_arrives_over_tls_after_a_login(deployment, post_office):
    given = options(post_office.port)

    host = shape_of("email").checked(given, NEAR)
    taken = mailed(deployment, given)

    assert (host, taken.outcome) == ("localhost", "taken")
    ((sender, recipients, content),) = post_office.mails
    assert (sender, recipients) == ("lt@example.org", ["ann@example.org", "bob@example.org"])
    assert b"Subject: [labeltrust ticket] This is a test" in content
    assert post_office.logins == [(b"lt", b"hush")]


def test_no_password_is_said_to_a_server_that_cannot_prove_itself(
    deployment, post_office, monkeypatch
):
    monkeypatch.delenv("SSL_CERT_FILE")

    taken = mailed(deployment, options(post_office.port))

    assert taken.outcome == "again"
    assert "SSLCertVerificationError" in taken.detail
    assert (post_office.mails, post_office.logins) == ([], [])


def test_a_server_without_tls_gets_nothing(deployment):
    inbox = Inbox()
    controller = Controller(inbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        port = controller.server.sockets[0].getsockname()[1]
        taken = mailed(deployment, options(port, username="", password=""))
    finally:
        controller.stop()

    assert taken.outcome == "again"
    assert inbox.mails == []


@pytest.mark.parametrize(
    ("answer", "outcome"), [("451 later", "again"), ("554 never", "refused"), ("250 OK", "taken")]
)
def test_what_a_mail_server_answers_decides(deployment, post_office, answer, outcome):
    post_office.answer = answer

    assert mailed(deployment, options(post_office.port)).outcome == outcome


def test_a_wrong_password_can_be_mended(deployment, post_office):
    taken = mailed(deployment, options(post_office.port, password="wrong"))

    assert (taken.outcome, taken.detail) == ("again", "it answers 535")


def test_a_receiver_with_tls_is_posted_to_and_one_that_drips_is_cut_off(certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    with receiving() as receiver:
        receiver.server.socket = context.wrap_socket(receiver.server.socket, server_side=True)
        url = f"https://localhost:{port_of(receiver)}/x"
        assert send_post(Post(url=url, body=b"{}", headers={}), NEAR, wall_clock()).status == 200
        receiver.answers.append(drip)
        began = time.monotonic()
        with connected("localhost", port_of(receiver), NEAR, tls=True, seconds=0.5) as sock:
            sock.sendall(b"POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n")
            with contextlib.suppress(OSError):
                while sock.recv(100):
                    pass

    assert time.monotonic() - began < 5


def drip(handler):
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            handler.wfile.write(b"H")
        except OSError:
            return
        time.sleep(0.05)


@pytest.mark.parametrize(
    "more",
    [
        {"host": "127.0.0.1"}, {"host": "10.0.0.1", "port": "587"}, {"host": "mail.test@evil"},
        {"host": "example.org", "port": "25"}, {"host": "example.org", "port": "x"},
        {"sender": "lt"}, {"sender": "lt@example.org\r\nBcc: x@y.z"}, {"recipients": ""},
        {"recipients": "a@b.c, x y@z"}, {"recipients": ",".join(["a@b.c"] * 21)},
        {"sender": "<lt@example.org>"},
    ],
)  # fmt: skip
def test_mail_that_cannot_go_is_refused_when_the_channel_is_added(more):
    given = options(587) | {"host": "10.0.0.1"} | more

    with pytest.raises(InvalidInput):
        shape_of("email").checked(given, Reach())


def apprised(deployment, url, reach):
    telling = a_test(deployment, "msg_1", wall_clock())
    return shape_of("apprise").send(Target(options={"url": url}), telling, reach)


@pytest.fixture
def plain_schemes(monkeypatch):
    """Services without TLS, for receivers of this test alone."""
    pytest.importorskip("apprise")


def port_of(receiver):
    return int(receiver.url.partition("127.0.0.1:")[2].partition("/")[0])


def test_apprise_tells_what_it_may_reach(deployment, plain_schemes):
    with receiving() as receiver:
        url = f"ntfy://127.0.0.1:{port_of(receiver)}/topic"
        taken = apprised(deployment, url, NEAR)

    assert taken.outcome == "taken"
    assert len(receiver.got) == 1
    assert b"This is a test" in b"".join(
        body + repr(headers).encode() + path.encode() for path, headers, body in receiver.got
    )


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "2130706433"])  # noqa: S104
def test_apprise_reaches_nothing_inside(deployment, plain_schemes, host):
    with receiving() as canary:
        taken = apprised(deployment, f"ntfy://{host}:{port_of(canary)}/topic", Reach())

    assert taken.outcome == "again"
    assert canary.got == []


def test_apprise_follows_no_redirect(deployment, plain_schemes):
    with receiving() as canary:
        with receiving((307, {"Location": canary.url}), (307, {"Location": canary.url})) as moved:
            taken = apprised(deployment, f"ntfy://127.0.0.1:{port_of(moved)}/topic", NEAR)

        assert taken.outcome == "again"
        assert len(moved.got) == 1
        assert canary.got == []


@pytest.mark.parametrize(
    "url",
    ["json://127.0.0.1/", "ntfy://example.org/x", "syslog://", "dbus://", "gnome://", "xml://a/b",
     "exec://ls", "file:///etc/passwd", "mailto://a:b@example.org", "tgram://", "https://a.test/",
     "", "form://example.org"],
)  # fmt: skip
def test_apprise_is_given_services_with_tls_alone(url):
    with pytest.raises(InvalidInput):
        shape_of("apprise").checked({"url": url}, Reach())
