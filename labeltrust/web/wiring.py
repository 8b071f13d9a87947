"""What the table of routes works on, apart from the table, which can serve another installation.

Building the table costs a third of a second, the parts next to nothing.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from litestar import Litestar
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

Lifespan = Callable[[Litestar], AbstractAsyncContextManager[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wires:
    """What one installation gives to the table.

    Attributes:
        given: Values of dependencies, by name.
        layers: Middlewares by name.
        lifespan: Entered when the server starts.
        closing: Called when it stops.
    """

    given: Mapping[str, object]
    layers: Mapping[str, ASGIMiddleware]
    lifespan: tuple[Lifespan, ...]
    closing: Callable[[], None]


class Socket:
    """Where wires are plugged in; the table holds the socket, never the wires."""

    def __init__(self, wires: Wires) -> None:
        """Begin with the wires of one installation."""
        self.wires = wires

    def dependencies(self) -> dict[str, Callable[[], Any]]:
        """Return what makes each dependency, looked up when it is asked for."""
        return {name: self._value(name) for name in self.wires.given}

    def given(self, name: str) -> Any:  # noqa: ANN401 - as different as dependencies are
        """Return what is plugged in under a name."""
        return self.wires.given[name]

    def layer(self, name: str) -> ASGIMiddleware:
        """Return a middleware that passes requests to the one plugged in."""
        return _Plugged(self, name)

    @asynccontextmanager
    async def lifespan(self, app: Litestar) -> AsyncIterator[None]:
        """Live as long as what is plugged in."""
        wires = self.wires
        async with AsyncExitStack() as stack:
            for part in wires.lifespan:
                await stack.enter_async_context(part(app))
            try:
                yield
            finally:
                wires.closing()

    def _value(self, name: str) -> Callable[[], Any]:
        return lambda: self.given(name)


class _Plugged(ASGIMiddleware):
    def __init__(self, socket: Socket, name: str) -> None:
        self._socket = socket
        self._name = name

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Pass on."""
        await self._socket.wires.layers[self._name].handle(scope, receive, send, next_app)
