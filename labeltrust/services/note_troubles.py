"""Deliveries that a server failed to take, or took late: remembered, kept about once a minute.

What failed most often failed because the database could not be written: so it cannot be counted at
once, and is written as soon as that works again.
"""

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

from labeltrust.domain.errors import Busy, LabeltrustError
from labeltrust.services.deployment import Deployment
from labeltrust.store.session import unit_of_work
from labeltrust.store.tallies import add_trouble

LONGEST: Final = timedelta(seconds=2)
"""From the whole delivery being here to its durable commit; senders begin to send again after."""


class Troubles:
    """What one server failed to take or took late, and is not in its database yet."""

    def __init__(self, deployment: Deployment) -> None:
        """Remember nothing yet."""
        self._deployment = deployment
        self._counts: dict[tuple[str, datetime], tuple[int, int]] = defaultdict(lambda: (0, 0))
        self._lock = threading.Lock()

    @contextmanager
    def counting(self, source: str) -> Iterator[None]:
        """Count a delivery as failed where the block fails by no fault of the sender."""
        at = self._deployment.clock()
        try:
            yield
        except Exception as error:
            if isinstance(error, Busy) or not isinstance(error, LabeltrustError):
                self._add(source, at, failed=1)
            raise

    def taken(self, source: str, received_at: datetime, n: int) -> None:
        """Count new events that are durable now, where that took too long."""
        if n and self._deployment.clock() - received_at > LONGEST:
            self._add(source, received_at, late=n)

    def keep(self) -> None:
        """Write what is remembered.

        Raises:
            Busy: The database is; what was remembered is remembered on.
        """
        with self._lock:
            counts, self._counts = self._counts, defaultdict(lambda: (0, 0))
        try:
            self._write(counts)
        except BaseException:
            for (source, at), (failed, late) in counts.items():
                self._add(source, at, failed=failed, late=late)
            raise

    def _write(self, counts: dict[tuple[str, datetime], tuple[int, int]]) -> None:
        if not counts:
            return
        with unit_of_work(self._deployment.engine) as session:
            for (source, at), (failed, late) in sorted(counts.items()):
                add_trouble(session, source, at, failed=failed, late=late)

    def _add(self, source: str, at: datetime, *, failed: int = 0, late: int = 0) -> None:
        slot = at.replace(minute=at.minute // 5 * 5, second=0, microsecond=0)
        with self._lock:
            before = self._counts[source, slot]
            self._counts[source, slot] = (before[0] + failed, before[1] + late)
