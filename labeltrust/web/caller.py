"""What a handler is given: who calls, and a way to have a service do the work off the loop."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Concatenate, ParamSpec, TypeVar

from labeltrust.domain.principals import Principal
from labeltrust.services.deployment import Deployment

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A principal at an installation."""

    deployment: Deployment
    principal: Principal

    async def ask(
        self,
        service: Callable[Concatenate[Deployment, Principal, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run a service in a thread, so that the event loop goes on, and return its answer."""
        return await asyncio.to_thread(service, self.deployment, self.principal, *args, **kwargs)
