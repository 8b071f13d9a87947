"""One server a SQLite database: the lock that a second `serve` or a `worker` meets."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from labeltrust.domain.errors import Misconfigured
from labeltrust.settings import Settings


@contextmanager
def serve_lock(settings: Settings) -> Iterator[None]:
    """Hold the right to serve this data folder; on PostgreSQL many may.

    The kernel frees the lock when the process ends, however it ends.

    Raises:
        Misconfigured: Another process holds it; the message names its pid.
    """
    if not settings.url.startswith("sqlite"):
        yield
        return
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (settings.home / "serve.lock").open("a+", encoding="ascii") as file:
        _lock(file)
        yield


def _lock(file: IO[str]) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        holder = file.read().strip() or "unknown"
        detail = f"another labeltrust server (pid {holder}) runs on this data folder"
        raise Misconfigured(detail) from None
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()


def server_pid(settings: Settings) -> int | None:
    """Return the pid of the server on this data folder, or None where none runs."""
    path = settings.home / "serve.lock"
    if not path.exists():
        return None
    with path.open("r+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            text = file.read().strip()
            return int(text) if text.isdigit() else None
    return None
