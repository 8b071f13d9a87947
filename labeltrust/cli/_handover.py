"""`import` and `assess` beside a running server on SQLite: the server does them, and says how far.

One process writes a SQLite file. The server listens on a Unix socket in a folder that only its own
user can enter, and `HOME/run/server.json` (mode 0600) holds its address and a token.
"""

import contextlib
import json
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import Any

import structlog

from labeltrust.domain.errors import Busy, LabeltrustError
from labeltrust.settings import Settings
from labeltrust.store.locks import server_pid

_LOG = structlog.get_logger("labeltrust.handover")
_PATIENCE_SECONDS = 30.0
_PAUSE_SECONDS = 0.1
Progress = Callable[[Mapping[str, Any]], None]
Act = Callable[[Mapping[str, Any], Progress], Any]
"""Does what a request asks, tells progress, and returns plain JSON values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where the running server listens for its own user; the token never leaves the two."""

    pid: int
    url: str
    socket: str
    token: str


def running_server(settings: Settings) -> Address | None:
    """Return where to hand work over, or None where no server holds this data folder.

    A server that is just starting, or about to end, is waited for.

    Raises:
        Busy: A server holds it and cannot be asked.
    """
    if not settings.url.startswith("sqlite"):
        return None
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while (pid := server_pid(settings)) is not None:
        address = _published(settings)
        if address is not None and address.pid == pid:
            return address
        if time.monotonic() > deadline:
            detail = f"the server of this data folder (pid {pid}) takes no work"
            raise Busy(detail)
        time.sleep(_PAUSE_SECONDS)
    return None


def _published(settings: Settings) -> Address | None:
    try:
        return Address(**json.loads(_file(settings).read_text("ascii")))
    except (OSError, ValueError, TypeError):
        return None


def ask_server(address: Address, request: Mapping[str, Any], progress: Progress) -> Any:  # noqa: ANN401 - plain JSON
    """Have the server do something and return its answer.

    Raises:
        LabeltrustError: What the server says; its words.
        Busy: The server went away.
    """
    try:
        with Client(address.socket, "AF_UNIX", authkey=bytes.fromhex(address.token)) as line:
            _send(line, request)
            while True:
                answer = _receive(line)
                if "progress" not in answer:
                    break
                progress(answer["progress"])
    except (OSError, EOFError):
        raise Busy("the running server went away") from None
    if "error" in answer:
        raise LabeltrustError(answer["error"])
    return answer["result"]


@contextlib.contextmanager
def taking_work(settings: Settings, url: str, acts: Mapping[str, Act]) -> Iterator[None]:
    """Take over work from commands of the same user while the server runs."""
    token = secrets.token_bytes(32)
    with Listener(None, "AF_UNIX", authkey=token) as listener:
        address = Address(pid=os.getpid(), url=url, socket=str(listener.address), token=token.hex())
        _publish(settings, address)
        threading.Thread(target=_accept, args=(listener, acts), daemon=True).start()
        try:
            yield
        finally:
            _file(settings).unlink(missing_ok=True)


def _file(settings: Settings) -> Path:
    return settings.home / "run" / "server.json"


def _publish(settings: Settings, address: Address) -> None:
    path = _file(settings)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        json.dump(asdict(address), file)
    draft.replace(path)


def _accept(listener: Listener, acts: Mapping[str, Act]) -> None:
    while True:
        try:
            line = listener.accept()
        except OSError:
            return  # the server stops
        except Exception:  # noqa: BLE001 - a wrong token or a client that hung up; keep listening
            _LOG.warning("handover refused")
            continue
        threading.Thread(target=_serve, args=(line, acts), daemon=True).start()


def _serve(line: Connection, acts: Mapping[str, Act]) -> None:
    with line, contextlib.suppress(OSError, EOFError):
        request = _receive(line)
        try:
            act = acts[request["act"]]
            answer = {"result": act(request, lambda told: _send(line, {"progress": told}))}
        except LabeltrustError as error:
            answer = {"error": str(error)}
        except OSError:
            raise
        except Exception as error:  # noqa: BLE001 - logged; the asker gets a line, not silence
            _LOG.exception("handover failed")
            answer = {"error": f"the server failed: {type(error).__name__}; see its log"}
        _send(line, answer)


def _send(line: Connection, message: Mapping[str, Any]) -> None:
    line.send_bytes(json.dumps(message, default=str).encode())


def _receive(line: Connection) -> dict[str, Any]:
    received: dict[str, Any] = json.loads(line.recv_bytes())
    return received
