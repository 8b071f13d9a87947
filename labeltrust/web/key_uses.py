"""While a server runs, it keeps about once a minute when each key was last used."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from litestar import Litestar

from labeltrust.domain.errors import Busy
from labeltrust.services.note_key_uses import EVERY_SECONDS, KeyUses


def keeping(uses: KeyUses) -> Callable[[Litestar], AbstractAsyncContextManager[None]]:
    """Return the part of a server's life that keeps the uses of its keys, the last at its end."""

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        task = asyncio.create_task(_every_minute(uses))
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            await _keep(uses)

    return lifespan


async def _every_minute(uses: KeyUses) -> None:
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        await _keep(uses)


async def _keep(uses: KeyUses) -> None:
    with contextlib.suppress(Busy):  # they are remembered, and kept the next time
        await asyncio.to_thread(uses.keep)
