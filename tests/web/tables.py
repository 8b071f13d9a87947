"""Applications whose table of routes is built once in a process, since that takes longest."""

from collections.abc import Iterator
from contextlib import contextmanager

from litestar import Litestar

from labeltrust.app import application
from labeltrust.services.deployment import Deployment
from labeltrust.web.assembly import TABLE, Table

_free: list[Table] = []


@contextmanager
def applied(deployment: Deployment) -> Iterator[Litestar]:
    """Give the application of an installation; its table serves another one afterwards."""
    app = application(deployment, _free.pop() if _free else None)
    try:
        yield app
    finally:
        _free.append(app.state[TABLE])
