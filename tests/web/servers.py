"""A real server in a thread, for what only sockets can show."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace

from labeltrust.app import application
from labeltrust.services.deployment import Deployment
from labeltrust.web.server import server_of


@dataclass(frozen=True)
class Running:
    """Where a server listens."""

    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def connect(self, timeout: float = 10.0) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=timeout)


@contextlib.contextmanager
def running(deployment: Deployment, **changed: object) -> Iterator[Running]:
    """Serve an installation on a free port until the block ends."""
    settings = replace(deployment.settings, port=0, **changed)
    app = application(replace(deployment, settings=settings))
    server = server_of(app, settings)
    with socket.socket(proto=socket.IPPROTO_TCP) as listener:  # so that no answer is delayed
        listener.bind(("127.0.0.1", 0))
        thread = threading.Thread(
            target=lambda: asyncio.run(server.serve(sockets=[listener])), daemon=True
        )
        thread.start()
        while not server.started and thread.is_alive():
            threading.Event().wait(0.01)
        try:
            yield Running(listener.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join(30)
