"""How often a sign-in may be tried: by person and by address, in a store that cannot grow."""

import math
import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta

from labeltrust.domain.errors import TooOften

MOST_REMEMBERED = 10_000
PER_PERSON = 10
PER_ADDRESS = 30
WINDOW = timedelta(minutes=15)


@dataclass(slots=True)
class _Tried:
    """Attempts left at a moment; they come back evenly over the window."""

    left: float
    at: datetime


class Attempts:
    """Counts attempts of this process; an attempt that succeeds gives a person's back.

    What was tried longest ago is forgotten first, when more than `MOST_REMEMBERED` are remembered:
    whoever floods with names to have one forgotten is stopped by the address.
    """

    def __init__(self, window: timedelta = WINDOW) -> None:
        """Remember nothing yet."""
        self._window = window
        self._tried: OrderedDict[Hashable, _Tried] = OrderedDict()
        self._lock = threading.Lock()

    def spend(self, address: str, person: str | None, now: datetime) -> None:
        """Count one attempt from an address, and at a person where one is named.

        Raises:
            TooOften: One of the two is used up; says when to try again.
        """
        wanted = [(("address", address), PER_ADDRESS)]
        if person is not None:
            wanted.append((("person", person[:200].casefold()), PER_PERSON))
        with self._lock:
            waits = [self._wait(key, most, now) for key, most in wanted]
            if max(waits) > 0:
                seconds = math.ceil(max(waits))
                detail = f"too many sign-ins were tried; wait {seconds} seconds"
                raise TooOften(detail, retry_after_seconds=seconds)
            for key, _ in wanted:
                self._tried[key].left -= 1
            while len(self._tried) > MOST_REMEMBERED:
                self._tried.popitem(last=False)

    def succeeded(self, person: str) -> None:
        """Forget the attempts at a person who is in."""
        with self._lock:
            self._tried.pop(("person", person[:200].casefold()), None)

    def _wait(self, key: Hashable, most: int, now: datetime) -> float:
        """Return the seconds until one more attempt is allowed, 0 where it is."""
        each = self._window.total_seconds() / most
        tried = self._tried.setdefault(key, _Tried(left=float(most), at=now))
        self._tried.move_to_end(key)
        passed = max((now - tried.at).total_seconds(), 0.0)
        tried.left, tried.at = min(tried.left + passed / each, float(most)), now
        return 0.0 if tried.left >= 1 else (1 - tried.left) * each
