"""What a server remembers is kept again and again, whatever one attempt met."""

import asyncio
import threading

from litestar import Litestar

from labeltrust.domain.errors import Busy
from labeltrust.web import keeping


class Remembered:
    def __init__(self, *troubles):
        self.troubles, self.kept, self.done = list(troubles), 0, threading.Event()

    def keep(self):
        if self.troubles:
            raise self.troubles.pop(0)
        self.kept += 1
        self.done.set()


async def test_an_attempt_that_fails_ends_neither_the_next_nor_those_of_others(monkeypatch):
    monkeypatch.setattr(keeping, "EVERY_SECONDS", 0.01)
    odd, busy, well = Remembered(ValueError("odd")), Remembered(Busy("full")), Remembered()

    async with keeping.keeping(odd, busy, well)(Litestar([])):
        assert await asyncio.to_thread(odd.done.wait, 10)
        assert await asyncio.to_thread(busy.done.wait, 10)

    assert well.kept > 1  # from the first attempt on, and at the end
