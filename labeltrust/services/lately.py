"""Values read lately, so that ingest does not read the database for every request."""

import asyncio
import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
_JUST_NOW_SECONDS = 0.05
_MOST_WAITING = 16
_ROUNDS = 4
"""A reading that began too early, a pause, one after it, and whether that is new enough."""


class Lately(Generic[K, V]):
    """Remembers values for a while; nobody waits for one that is merely getting old.

    In the second half of its time a value is read again in the background. However many ask for
    one that is not known, it is read once. For one event loop.
    """

    def __init__(self, seconds: float, most: int = 4_096) -> None:
        """Remember up to `most` values for `seconds`; 0 remembers nothing."""
        self._seconds = seconds
        self._most = most
        self._known: dict[K, tuple[float, V]] = {}
        self._reading: dict[K, asyncio.Task[V]] = {}
        self._waiting = 0

    async def get(self, key: K, read: Callable[[], V]) -> V:
        """Return a value that was read at most `seconds` ago.

        Args:
            key: Whose value.
            read: Reads it, in a thread; what it raises is raised here, and nothing is remembered.
        """
        if not self._seconds:
            return await asyncio.to_thread(read)
        read_at, value = self._known.get(key, (0.0, None))
        age = time.monotonic() - read_at
        if value is not None and age < self._seconds / 2:
            return value
        task = self._reading.get(key) or self._begin(key, read)
        if value is not None and age < self._seconds:
            return value
        return await asyncio.shield(task)

    async def renewed(self, key: K, read: Callable[[], V]) -> V:
        """Return a value read after this was asked: what is remembered may be too old to judge by.

        Asked for again and again it is read some twenty times a second at most, so that whoever
        causes it cannot keep the database busy: some wait for the next reading, and those beyond
        `_MOST_WAITING` are answered by the last, a twentieth of a second old, so that a flood holds
        no more of the server than they do.
        """
        if not self._seconds:
            return await asyncio.to_thread(read)
        asked = time.monotonic()
        value: V | None = None
        for _ in range(_ROUNDS):
            read_at, value = self._known.get(key, (0.0, None))
            if value is not None and read_at >= asked:
                return value
            pause = read_at + _JUST_NOW_SECONDS - time.monotonic()
            if value is None or pause <= 0:
                value = await asyncio.shield(self._reading.get(key) or self._begin(key, read))
            elif self._waiting >= _MOST_WAITING:
                return value
            else:
                await self._wait(pause)
        return value if value is not None else await asyncio.to_thread(read)

    async def _wait(self, seconds: float) -> None:
        self._waiting += 1
        try:
            await asyncio.sleep(seconds)
        finally:
            self._waiting -= 1

    def forget(self) -> None:
        """Forget everything: something was changed."""
        self._known.clear()
        self._reading.clear()

    def _begin(self, key: K, read: Callable[[], V]) -> "asyncio.Task[V]":
        task = asyncio.create_task(self._read(key, read))
        self._reading[key] = task
        task.add_done_callback(lambda done: self._end(key, done))
        return task

    async def _read(self, key: K, read: Callable[[], V]) -> V:
        began = time.monotonic()
        value = await asyncio.to_thread(read)
        if self._reading.get(key) is asyncio.current_task():  # nothing was changed meanwhile
            if len(self._known) >= self._most:
                self._known.clear()
            self._known[key] = (began, value)
        return value

    def _end(self, key: K, task: "asyncio.Task[V]") -> None:
        if self._reading.get(key) is task:
            del self._reading[key]
            if task.cancelled() or task.exception() is not None:
                self._known.pop(key, None)
