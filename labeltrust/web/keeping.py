"""While a server runs, what it remembers of its callers is kept about once a minute."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

import structlog
from litestar import Litestar

from labeltrust.domain.errors import Busy
from labeltrust.services.note_key_uses import EVERY_SECONDS

_LOG = structlog.get_logger("labeltrust.web")


class Remembers(Protocol):
    """What is remembered at one server until it is written."""

    def keep(self) -> None:
        """Write what is remembered.

        Raises:
            Busy: The database is; what was remembered is remembered on.
        """


def keeping(*kept: Remembers) -> Callable[[Litestar], AbstractAsyncContextManager[None]]:
    """Return the part of a server's life that keeps what is remembered, the last at its end."""

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        task = asyncio.create_task(_every_minute(kept))
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            await _keep(kept)

    return lifespan


async def _every_minute(kept: tuple[Remembers, ...]) -> None:
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        await _keep(kept)


async def _keep(kept: tuple[Remembers, ...]) -> None:
    for one in kept:
        try:
            await asyncio.to_thread(one.keep)
        except Busy as error:  # it is remembered, and kept the next time
            _LOG.warning("what is remembered waits", why=str(error))
        except Exception:  # noqa: BLE001 - logged; one that fails must not end the others' keeping
            _LOG.exception("what is remembered could not be kept")
