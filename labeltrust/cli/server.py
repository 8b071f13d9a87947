"""`serve` and `worker`: the processes that stay."""

import contextlib
import gc
import os
import signal
import socket
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from labeltrust.cli._context import deployed, settings
from labeltrust.cli._options import example
from labeltrust.cli._output import say
from labeltrust.domain.errors import Misconfigured
from labeltrust.failpoints import require_harmless
from labeltrust.settings import Settings

if TYPE_CHECKING:
    from labeltrust.services.deployment import Deployment


def add_to(app: typer.Typer) -> None:
    """Add the commands of this page to the command line."""
    app.command(epilog=example("serve", "serve --port 9000"))(serve)
    app.command(epilog=example("worker"))(worker)


def serve(
    *,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 takes a free one.")] = None,
) -> None:
    """Run web console, API and background work until stopped."""
    given = settings()
    wanted = replace(
        given,
        host=given.host if host is None else host,
        port=given.port if port is None else port,
    )
    run_server(wanted)


def run_server(wanted: Settings, *, ready: str = "") -> None:
    """Serve until a signal ends it.

    Args:
        wanted: Settings with address and port.
        ready: A line for people, shown when the server listens; `{url}` is its address.
    """
    from labeltrust.store.locks import serve_lock  # noqa: PLC0415 - slow imports

    require_harmless(os.environ, wanted.host)
    with serve_lock(wanted), _listening(wanted) as listener:
        bound = replace(wanted, port=listener.getsockname()[1])
        with deployed(bound, apart=True) as deployment, _working(deployment, bound):
            _warn_of_role(deployment)
            _run(deployment, bound, listener, ready)


def _warn_of_role(deployment: "Deployment") -> None:
    """Say at the start that PostgreSQL would let this server rewrite its history."""
    from labeltrust.services.check_installation import check_role  # noqa: PLC0415 - slow imports

    role = check_role(deployment)
    if not role.ok:
        say(f"warning: {role.found}; {role.mend}")


def _run(deployment: "Deployment", bound: Settings, listener: socket.socket, ready: str) -> None:
    from labeltrust.app import application  # noqa: PLC0415 - slow imports
    from labeltrust.web.server import server_of  # noqa: PLC0415
    from labeltrust.web.vega_bundle import start_making_bundle  # noqa: PLC0415

    server = server_of(application(deployment), bound)
    say(ready.format(url=bound.address) or f"labeltrust listens on {bound.address}")
    for number in (signal.SIGINT, signal.SIGTERM):
        # uvicorn stops by a signal and then raises it once more: without this the process would
        # end there, before what stands around it is cleaned up.
        signal.signal(number, lambda *_: None)
    making = start_making_bundle(bound.home)
    # What is loaded now stays; to walk over it in search of garbage would hold requests for 0.2 s.
    gc.collect()
    gc.freeze()
    server.run(sockets=[listener])
    if making is not None:
        making.terminate()
        making.wait()


@contextlib.contextmanager
def _listening(wanted: Settings) -> Iterator[socket.socket]:
    """Take the port before anything else is started, so that a taken one is one clear line."""
    family = socket.AF_INET6 if ":" in wanted.host else socket.AF_INET
    # Named, so that every event loop sees that it is TCP and sends answers without delay.
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((wanted.host, wanted.port))
        except OSError as error:
            detail = f"cannot listen on {wanted.host}:{wanted.port}: {error.strerror or error}"
            raise Misconfigured(detail) from None
        yield listener


@contextlib.contextmanager
def _working(deployment: "Deployment", bound: Settings) -> Iterator[None]:
    """Do background work and take work of other commands while the server runs."""
    from labeltrust.cli._handover import taking_work  # noqa: PLC0415 - slow imports
    from labeltrust.cli._work import acts_of  # noqa: PLC0415
    from labeltrust.services.background import background_work  # noqa: PLC0415

    with contextlib.ExitStack() as stack:
        if bound.embedded_worker:
            stack.enter_context(background_work(deployment))
        if deployment.apart is not None:
            stack.callback(deployment.apart.close)  # before the worker that waits for it
        stack.enter_context(taking_work(bound, bound.address, acts_of(deployment)))
        yield


def worker() -> None:
    """Do background work apart from the server, until stopped."""
    from labeltrust.cli._handover import taking_work  # noqa: PLC0415 - slow imports
    from labeltrust.cli._work import acts_of  # noqa: PLC0415
    from labeltrust.services.background import beside_assessing, worker_of  # noqa: PLC0415
    from labeltrust.store.locks import serve_lock  # noqa: PLC0415

    wanted = settings()
    with serve_lock(wanted), deployed(wanted) as deployment:
        _warn_of_role(deployment)
        running = worker_of(deployment)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: running.stop.set())
        say("labeltrust worker runs")
        with taking_work(wanted, "", acts_of(deployment)), beside_assessing(deployment):
            running.run()
