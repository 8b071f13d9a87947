"""What may be written down of refusals: so much an hour, since they must not fill the disk."""

import time
from collections import Counter


class Budget:
    """So many acts an hour, by name; it fills up again steadily."""

    _MOST_NAMES = 4_096

    def __init__(self, an_hour: int) -> None:
        """Begin full."""
        self._an_hour = an_hour
        self._left: dict[str, tuple[float, float]] = {}

    def spend(self, name: str) -> bool:
        """Say whether one more is allowed, and count it.

        >>> budget = Budget(1)
        >>> budget.spend("a"), budget.spend("a"), budget.spend("b")
        (True, False, True)
        """
        now = time.monotonic()
        left, at = self._left.get(name, (float(self._an_hour), now))
        left = min(self._an_hour, left + (now - at) * self._an_hour / 3_600)
        if len(self._left) >= self._MOST_NAMES:
            self._left.clear()
        self._left[name] = (left - 1 if left >= 1 else left, now)
        return left >= 1


class Tally:
    """Counts by name, and says of each about once an hour how many there were; of many sooner.

    A flood is told at 20, then at four times as many each time within the hour: whoever watches
    hears of it in time, and it makes a handful of rows.
    """

    _MANY, _MORE = 20, 4

    def __init__(self) -> None:
        """Begin with nothing counted."""
        self._budget = Budget(1)
        self._counts: Counter[str] = Counter()
        self._many: dict[str, int] = {}

    def due(self, name: str) -> int:
        """Count one, and return how many are to be told now; 0: not yet.

        >>> tally = Tally()
        >>> tally.due("a"), tally.due("a"), tally.due("b")
        (1, 0, 1)
        >>> [n for n in (tally.due("a") for _ in range(99)) if n]
        [20, 80]
        """
        self._counts[name] += 1
        if self._budget.spend(name):
            self._many.pop(name, None)
            return self._counts.pop(name)
        many = self._many.get(name, self._MANY)
        if self._counts[name] < many:
            return 0
        self._many[name] = many * self._MORE
        return self._counts.pop(name)
