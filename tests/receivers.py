"""Real receivers of alerts on this machine, and the workers that tell them."""

import contextlib
import json
import threading
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from factories import owner

from labeltrust.services.alerting.add_channel import ChannelDraft, NewChannel, add_channel
from labeltrust.services.alerting.work import alert_worker_of
from labeltrust.services.deployment import Deployment


@dataclass(slots=True)
class Receiver:
    """A server that answers as told, then 200, and keeps what it got."""

    url: str = ""
    server: Any = None
    answers: list[Any] = field(default_factory=list)
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    @property
    def documents(self) -> list[Any]:
        return [json.loads(body) for _, _, body in self.got]


@contextlib.contextmanager
def receiving(*answers):
    """Give a receiver; an answer is a status, or a status with headers, or a function of the
    handler that answers by itself."""
    kept = Receiver(answers=list(answers))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.got.append((self.path, dict(self.headers), body))
            answer = kept.answers.pop(0) if kept.answers else 200
            if callable(answer):
                answer(self)
                return
            status, headers = answer if isinstance(answer, tuple) else (answer, {})
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    kept.server = server
    kept.url = f"http://127.0.0.1:{server.server_address[1]}/in?x=1"
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def near(deployment: Deployment) -> Deployment:
    """The same installation, which may tell this machine."""
    return replace(deployment, settings=replace(deployment.settings, unsafe_alerts=True))


def channel(deployment: Deployment, shape: str, url: str = "", **more) -> NewChannel:
    """Add a channel of a shape."""
    options = more.pop("options", {}) | ({"url": url} if url else {})
    values = {"name": shape, "window_seconds": 0.0} | more
    return add_channel(deployment, owner(), ChannelDraft(shape=shape, options=options, **values))


def told(deployment: Deployment, clock=None, *, times: int = 1, seconds: float = 0.0) -> None:
    """Let the workers of alerts do what is due, some pauses long."""
    worker = alert_worker_of(deployment)
    for _ in range(times):
        while worker.step():
            pass
        if clock is not None:
            clock.tick(seconds)
    while clock is not None and worker.step():
        pass
