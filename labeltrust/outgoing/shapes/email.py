"""Mail through a server that is spoken to with TLS only."""

import hashlib
import smtplib
import socket
import ssl
from collections.abc import Mapping
from dataclasses import replace
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP

from labeltrust.domain.errors import InvalidInput
from labeltrust.outgoing.reach import CONNECT_SECONDS, Reach, address_refused, connected, place_of
from labeltrust.outgoing.shapes._base import Option, Shape, Taken, Target, Telling

_PORTS = frozenset({465, 587})
_TLS_FROM_THE_FIRST_BYTE = 465
_SECONDS = 30.0
_MOST_RECIPIENTS = 20
_MOST_SUBJECT = 180
_PERMANENT = 500


def send(target: Target, telling: Telling, reach: Reach) -> Taken:
    """Hand the mail to the server."""
    options = target.options
    host, port = options["host"], _port(options)
    try:
        with connected(
            host, port, _of_mail(reach), tls=port == _TLS_FROM_THE_FIRST_BYTE, seconds=_SECONDS
        ) as sock:
            _handed_over(_Server(sock, host, port), options, mail(options, telling))
    except InvalidInput as error:
        return Taken(outcome="again", detail=error.detail)
    except smtplib.SMTPDataError as error:
        detail = f"it answers {error.smtp_code}"
        permanent = error.smtp_code >= _PERMANENT
        return Taken(outcome="refused" if permanent else "again", detail=detail)
    except smtplib.SMTPResponseException as error:
        return Taken(outcome="again", detail=f"it answers {error.smtp_code}")
    except (OSError, smtplib.SMTPException, MessageError) as error:
        return Taken(outcome="again", detail=f"no mail server answers: {type(error).__name__}")
    return Taken(outcome="taken")


def mail(options: Mapping[str, str], telling: Telling) -> EmailMessage:
    """Return the mail: plain text, in one thread from the beginning to the end of a trouble."""
    made = EmailMessage(policy=SMTP)
    domain = options["sender"].rpartition("@")[2]
    thread = hashlib.sha256(telling.key.encode()).hexdigest()[:32]
    made["From"] = options["sender"]
    made["To"] = ", ".join(_recipients(options))
    over = "over" if telling.effect == "end" else telling.loudness
    made["Subject"] = f"[labeltrust {over}] {telling.title}"[:_MOST_SUBJECT]
    made["Date"] = telling.now
    made["Message-ID"] = f"<{telling.uid}@{domain}>"
    made["References"] = f"<{thread}@{domain}>"
    made["Auto-Submitted"] = "auto-generated"
    made["X-Labeltrust-Code"] = telling.code
    made.set_content(telling.text + "\n")
    return made


class _Server(smtplib.SMTP):
    """The library's client on a connection to an address that was looked at."""

    def __init__(self, sock: socket.socket, host: str, port: int) -> None:
        self._given = sock
        super().__init__(host, port, local_hostname="localhost", timeout=CONNECT_SECONDS)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:  # noqa: ARG002
        return self._given


def _handed_over(server: smtplib.SMTP, options: Mapping[str, str], made: EmailMessage) -> None:
    try:
        if _port(options) != _TLS_FROM_THE_FIRST_BYTE:
            server.starttls(context=ssl.create_default_context())
        if options.get("username", ""):
            server.login(options["username"], options.get("password", ""))
        server.send_message(made)
        server.quit()
    finally:
        server.close()  # what TLS wrapped is another socket than the one that was given


def _check(options: Mapping[str, str], reach: Reach) -> str:
    host, port = options["host"].lower(), _port(options)
    if not host.isascii() or not host.isprintable() or set(" /@\\%?#[]") & set(host):
        raise address_refused("it is no name of a host")
    named = reach.is_inside(host, port) or reach.loopback
    if port not in _PORTS and not named:
        raise address_refused("mail is handed over at port 465 or 587, with TLS")
    place_of(host, port, _of_mail(reach))
    for mailbox in (options["sender"], *_recipients(options)):
        _require_mailbox(mailbox)
    return host


def _require_mailbox(mailbox: str) -> None:
    local, _, domain = mailbox.rpartition("@")
    plain = mailbox.isascii() and mailbox.isprintable() and not set(' <>()[]\\,;:"') & set(mailbox)
    if not (local and domain and plain) or mailbox.count("@") != 1:
        detail = f"{mailbox[:80]!r} is no address of a mailbox"
        raise InvalidInput(detail, place="options", code="bad_mailbox")


def _recipients(options: Mapping[str, str]) -> list[str]:
    found = [part.strip() for part in options["recipients"].split(",") if part.strip()]
    if not 0 < len(found) <= _MOST_RECIPIENTS:
        detail = f"there must be 1 to {_MOST_RECIPIENTS} recipients"
        raise InvalidInput(detail, place="options.recipients", code="bad_mailbox")
    return found


def _port(options: Mapping[str, str]) -> int:
    text = options.get("port", "") or "587"
    if not (text.isascii() and text.isdigit() and 0 < int(text[:6]) <= 65_535):  # noqa: PLR2004
        detail = f"port is {text[:20]!r}, must be a number of a port"
        raise InvalidInput(detail, place="options.port")
    return int(text)


def _of_mail(reach: Reach) -> Reach:
    return replace(reach, ports=_PORTS)


SHAPE = Shape(
    title="E-mail",
    options=(
        Option(name="host", meaning="the mail server"),
        Option(name="sender", meaning="the mailbox it comes from"),
        Option(name="recipients", meaning="mailboxes, by commas"),
        Option(name="port", meaning="587 (STARTTLS, unless given) or 465 (TLS)", needed=False),
        Option(name="username", meaning="at the mail server", needed=False),
        Option(name="password", meaning="at the mail server", secret=True, needed=False),
    ),
    check=_check,
    send=send,
)
