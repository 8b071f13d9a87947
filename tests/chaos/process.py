"""One `labeltrust` process that can be killed, stopped and started again on the same port."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from servers import children_of

from labeltrust.failpoints import VARIABLE

STARTS_IN_SECONDS = 300.0


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@dataclass(slots=True)
class Running:
    """A command of labeltrust in a process group of its own.

    Attributes:
        environment: Its settings.
        log: Where its lines go, those of every life.
        command: Of labeltrust.
        before: What it is started under, such as `prlimit`.
    """

    environment: dict[str, str]
    log: Path
    command: tuple[str, ...] = ("serve",)
    before: tuple[str, ...] = ()
    port: int = field(default_factory=free_port)
    lives: int = 0
    _process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """Of the process itself."""
        assert self._process is not None
        return self._process.pid

    def start(self, *, failpoints: str = "", wait: bool = True, **more: str) -> None:
        """Start it, and wait until it answers."""
        self.lives += 1
        given = {VARIABLE: failpoints} if failpoints else {}
        port = ("--port", str(self.port)) if self.command[0] == "serve" else ()
        with self.log.open("a") as log:
            self._process = subprocess.Popen(
                [*self.before, sys.executable, "-m", "labeltrust", *self.command, *port],
                env=os.environ | self.environment | given | more,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        if wait and self.command[0] == "serve":
            assert self.answers(STARTS_IN_SECONDS), self.log.read_text()[-3000:]

    def answers(self, seconds: float) -> bool:
        """Wait until it answers; say whether it does."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.is_alive:
            try:
                if httpx.get(f"{self.url}/health/live", timeout=2).status_code == httpx.codes.OK:
                    return True
            except httpx.HTTPError:
                pass
            time.sleep(0.05)
        return False

    def healthy(self, seconds: float) -> float | None:
        """Wait until it is ready for requests; return the seconds that this took."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            try:
                if httpx.get(f"{self.url}/health", timeout=10).status_code == httpx.codes.OK:
                    return time.monotonic() - began
            except httpx.HTTPError:
                pass
            time.sleep(0.1)
        return None

    @property
    def is_alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.poll() is None

    def writer(self) -> int | None:
        """Return the pid of its writing process: the one child that holds a database file."""
        for pid, command in children_of(self.pid).items():
            if "spawn_main" in command and _title(pid):
                return pid
        return None

    def kill(self) -> None:
        """End the whole group at once, as a loss of the machine would."""
        self.signal(signal.SIGKILL)
        if self._process is not None:
            self._process.wait(120)

    def kill_alone(self) -> None:
        """End the process itself and leave its children to find out."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(30)

    def stop(self) -> int:
        """Ask it to end, and return its exit code."""
        assert self._process is not None
        self._process.terminate()
        return self._process.wait(60)

    def signal(self, number: int) -> None:
        """Send a signal to the whole group."""
        if self._process is not None:
            try:
                os.killpg(self._process.pid, number)
            except ProcessLookupError:
                return

    def ended(self, seconds: float) -> int | None:
        """Wait until it ended by itself; return its code, None where it did not."""
        assert self._process is not None
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def is_stopped(self) -> bool:
        """Whether a SIGSTOP holds it."""
        try:
            text = Path(f"/proc/{self.pid}/stat").read_text()
        except OSError:
            return False
        return text.rpartition(")")[2].split()[0] == "T"


def _title(pid: int) -> bool:
    """Say whether a process ignores SIGTERM, which of ours only the writer does."""
    try:
        lines: Sequence[str] = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return False
    ignored = next(int(line.split()[1], 16) for line in lines if line.startswith("SigIgn"))
    return bool(ignored & (1 << (signal.SIGTERM - 1)))
