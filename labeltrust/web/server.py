"""The server process: uvicorn with a patience that ends."""

import asyncio
import socket
from typing import Any

import uvicorn
from litestar import Litestar
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from labeltrust.settings import Settings
from labeltrust.web.live import LIVE, Live

# A labeler's id of 10,000 characters, each percent-encoded four bytes long, and room for the rest.
MAX_HEAD_BYTES = 262_144
_GRACE_SECONDS = 20
_KEEP_ALIVE_SECONDS = 15


def server_of(app: Litestar, settings: Settings) -> uvicorn.Server:
    """Return the server of an application; `run()` serves until a signal ends it.

    One process on purpose: it holds the writer, and on SQLite the only one there may be.
    """
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        http=_patient(settings.body_timeout_seconds),
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        # Where an address decides (web/webhooks.py), proxies that settings trust are believed.
        proxy_headers=False,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        # Above the cap of requests, which answers with a problem document and `Retry-After`.
        limit_concurrency=settings.max_requests * 2,
    )
    return _Server(config, app.state[LIVE])


class _Server(uvicorn.Server):
    """Ends the streams of open pages first: it would wait for them as for any answer."""

    def __init__(self, config: uvicorn.Config, live: Live) -> None:
        super().__init__(config)
        self._live = live

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._live.close()
        await super().shutdown(sockets)


def _patient(seconds: float) -> type[asyncio.Protocol]:
    return type("PatientProtocol", (_PatientProtocol,), {"seconds": seconds})


class _PatientProtocol(HttpToolsProtocol):
    """Closes connections whose head trickles or grows, or that go on sending after the answer."""

    seconds = 10.0

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as the class above
        super().__init__(*args, **kwargs)
        self._deadline: asyncio.TimerHandle | None = None
        self._head_bytes = 0
        self._whole = True

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as above
        super().connection_made(transport)
        self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        self._relax()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head_bytes, self._whole = 0, False
        self._expect()

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        self._grow(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        self._grow(len(name) + len(value))

    def on_headers_complete(self) -> None:
        self._relax()  # from here on the application has its own patience
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._whole = True
        self._relax()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self._whole:
            self._expect()

    def _grow(self, n_bytes: int) -> None:
        self._head_bytes += n_bytes
        if self._head_bytes > MAX_HEAD_BYTES:
            self.transport.abort()

    def _expect(self) -> None:
        self._relax()
        self._deadline = self.loop.call_later(self.seconds, self._give_up)

    def _relax(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()
