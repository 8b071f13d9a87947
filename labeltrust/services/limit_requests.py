"""How often one key, source or person may ask: counted by who is proven, never by address.

Each server counts by itself: behind two of them a key may ask twice as often. A count in the
database would cost a write for every request, to limit what the servers together can bear anyway.
"""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from labeltrust.domain.errors import TooOften
from labeltrust.domain.principals import Principal

# Only who is proven is counted, so that nobody can push others out by inventing names.
MOST_REMEMBERED = 10_000
_MINUTE = 60.0


class Rate:
    """So many requests a minute for each name, at once or spread; they come back evenly."""

    def __init__(self, a_minute: int, now: Callable[[], float] = time.monotonic) -> None:
        """Allow a number of requests a minute; 0 allows any."""
        self._a_minute = a_minute
        self._now = now
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def spend(self, name: str) -> None:
        """Count one request.

        Raises:
            TooOften: The minute's are used up; says when the next is allowed.

        >>> rate = Rate(2, now=lambda: 0.0)
        >>> rate.spend("a"), rate.spend("a"), rate.spend("b")
        (None, None, None)
        >>> rate.spend("a")
        Traceback (most recent call last):
        labeltrust.domain.errors.TooOften: more than 2 requests a minute; wait 30 seconds
        """
        if not self._a_minute:
            return
        with self._lock:
            left = self._refilled(name)
            if left < 1:
                raise self._too_often(left)
            self._left[name] = (left - 1, self._now())
            self._left.move_to_end(name)
            while len(self._left) > MOST_REMEMBERED:
                self._left.popitem(last=False)

    def _refilled(self, name: str) -> float:
        now = self._now()
        left, at = self._left.get(name, (float(self._a_minute), now))
        return min(left + (now - at) * self._a_minute / _MINUTE, float(self._a_minute))

    def _too_often(self, left: float) -> TooOften:
        seconds = max(math.ceil((1 - left) * _MINUTE / self._a_minute), 1)
        detail = f"more than {self._a_minute} requests a minute; wait {seconds} seconds"
        return TooOften(detail, retry_after_seconds=seconds)


class Rates:
    """The two rates of a server: deliveries by source, everything else by key or person."""

    def __init__(self, *, key: int, source: int) -> None:
        """Allow so many requests a minute of each."""
        self._keys = Rate(key)
        self._sources = Rate(source)

    def spend(self, principal: Principal, right: str) -> None:
        """Count a request of somebody proven, for a route that needs a right.

        Raises:
            TooOften: Their minute is used up.
        """
        if right == "write_events":
            self.spend_source(principal.source or principal.name)
        else:
            self._keys.spend(principal.name)

    def spend_source(self, name: str) -> None:
        """Count a proven delivery of a source.

        Raises:
            TooOften: The source's minute is used up.
        """
        self._sources.spend(name)
