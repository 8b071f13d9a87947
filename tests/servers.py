"""A real server process on an installation of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from commands import environment

from labeltrust.settings import Settings

PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A running `labeltrust serve`."""

    process: subprocess.Popen[str]
    url: str
    log: Path

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_SECONDS)


def labeltrust(
    settings: Settings, *arguments: str, **more: str
) -> subprocess.CompletedProcess[str]:
    """Run one command in a process of its own."""
    return subprocess.run(  # noqa: S603
        [sys.executable, "-m", "labeltrust", *arguments],
        env=os.environ | environment(settings) | more,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )


@contextmanager
def serving(settings: Settings, **more: str) -> Iterator[Server]:
    """Start a server on a free port, wait until it answers, and end it at the latest here."""
    log = settings.home / "serve.log"
    with log.open("w") as err:
        process = subprocess.Popen(
            [sys.executable, "-m", "labeltrust", "serve", "--port", "0"],
            env=os.environ | environment(settings) | more,
            stderr=err,
            text=True,
        )
    try:
        yield Server(process=process, url=_answering(process, log), log=log)
    finally:
        process.kill()
        process.wait()


def _answering(process: subprocess.Popen[str], log: Path) -> str:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        found = [x for x in log.read_text().splitlines() if x.startswith("labeltrust listens on ")]
        if found and _lives(url := found[0].split()[-1]):
            return url
        time.sleep(0.1)
    raise AssertionError(log.read_text())


def _lives(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/live").status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def until(condition: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> bool:
    """Wait until something holds; say whether it came to hold."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False


def children_of(pid: int) -> Mapping[int, str]:
    """Return the command lines of the processes that a process started."""
    found = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            number, _, rest = status.read_text().partition(" ")
            if int(rest.rpartition(")")[2].split()[1]) == pid:
                found[int(number)] = (status.parent / "cmdline").read_text()
        except (OSError, ValueError, IndexError):
            continue
    return found
