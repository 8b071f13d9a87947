"""Places where a test may end, stop or fail this program: inert unless its environment says so.

    LABELTRUST_TEST_FAILPOINTS="assess/before-commit#2=kill"      ;  more of them
    LABELTRUST_TEST_FAILPOINTS="trace=/tmp/points"                writes down what is reached

A place is named `<work>/<where>`; `#n` means its n-th arrival in this process (else each),
`@text` only where what is worked on begins so. Actions: `kill` and `stop` (the whole process
group), and `raise`.
The variable is read once, at import: nothing that is sent to a server can set it.
"""

import os
import signal
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

from labeltrust.domain.errors import Misconfigured

VARIABLE: Final = "LABELTRUST_TEST_FAILPOINTS"
ACTIONS: Final = frozenset({"kill", "stop", "raise"})
_WORK: ContextVar[tuple[str, str]] = ContextVar("labeltrust_work", default=("", ""))


class Failed(RuntimeError):
    """What the action `raise` raises: something that nobody expects."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failpoint:
    """What to do where.

    Attributes:
        place: `<work>/<where>`.
        action: One of `ACTIONS`.
        number: The arrival, from 1 on; 0 is each.
        subject: How that which is worked on must begin.
    """

    place: str
    action: str
    number: int = 0
    subject: str = ""


class Failpoints:
    """The failpoints of one process, and how often each place was reached."""

    def __init__(self, points: tuple[Failpoint, ...], trace: str = "") -> None:
        """Begin to count."""
        self._points = points
        self._trace = trace
        self._reached: Counter[str] = Counter()

    def reach(self, place: str, subject: str) -> None:
        """Do what is to be done here."""
        self._reached[place] += 1
        number = self._reached[place]
        if self._trace:
            with open(self._trace, "a", encoding="ascii") as file:  # noqa: PTH123 - one short write
                file.write(f"{place}#{number}\n")
        for point in self._points:
            here = point.place == place and subject.startswith(point.subject)
            if here and point.number in {0, number}:
                _act(point)


def _act(point: Failpoint) -> None:
    if point.action == "raise":
        detail = f"failpoint {point.place}"
        raise Failed(detail)
    number = signal.SIGKILL if point.action == "kill" else signal.SIGSTOP
    os.killpg(os.getpgid(0), number)


def parsed(text: str) -> Failpoints | None:
    """Read the variable; empty is none.

    Raises:
        Misconfigured: It cannot be read.

    >>> parsed("") is None
    True
    """
    if not text:
        return None
    parts = [part.strip().rpartition("=") for part in text.split(";") if part.strip()]
    trace = next((action for place, _, action in parts if place == "trace"), "")
    return Failpoints(tuple(_point(p, a) for p, _, a in parts if p != "trace"), trace)


def _point(place: str, action: str) -> Failpoint:
    """Read one failpoint.

    >>> _point("assess/before-commit#2@fraud", "kill").number
    2
    """
    place, _, subject = place.partition("@")
    place, _, number = place.partition("#")
    if action not in ACTIONS or "/" not in place or not (number or "0").isdigit():
        detail = f"{VARIABLE}: {place!r}={action!r} is no failpoint"
        raise Misconfigured(detail)
    return Failpoint(place=place, action=action, number=int(number or "0"), subject=subject)


def require_harmless(environment: Mapping[str, str], host: str) -> None:
    """Refuse failpoints in a server that others than this machine can reach.

    Raises:
        Misconfigured: They are set, and the address is not of this machine.
    """
    if environment.get(VARIABLE) and host not in {"127.0.0.1", "::1", "localhost"}:
        detail = f"{VARIABLE} is for tests on 127.0.0.1 only"
        raise Misconfigured(detail)


_armed: Final = parsed(os.environ.get(VARIABLE, ""))


def reached(where: str, subject: str = "") -> None:
    """Say that the work in hand is at a place; nothing happens unless a test said so."""
    if _armed is not None:
        work, of = _WORK.get()
        _armed.reach(f"{work}/{where}", subject or of)


def is_armed() -> bool:
    """Whether any place is to be looked at: for loops that would ask a million times."""
    return _armed is not None


def work_in_hand() -> tuple[str, str]:
    """Return kind and subject of the work in hand, to be handed to another process."""
    return _WORK.get()


@contextmanager
def working_on(kind: str, subject: str = "") -> Iterator[None]:
    """Name the work of this thread for as long as the block lasts."""
    token = _WORK.set((kind, subject))
    try:
        yield
    finally:
        _WORK.reset(token)
