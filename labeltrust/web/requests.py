"""Requests whose JSON is read strictly: no NaN, no duplicate keys, no half characters."""

from typing import Any

from litestar import Request
from litestar.datastructures import State

from labeltrust.domain.principals import Principal
from labeltrust.ingest._strict_json import read_strict


class StrictRequest(Request[Principal, Any, State]):
    """A request; `json()` refuses what JSON readers disagree about."""

    async def json(self) -> Any:  # noqa: ANN401 - as the class above
        """Return the body as plain values.

        Raises:
            UnreadableDelivery: The body is no strict JSON; place and reason are in the message.
        """
        return read_strict(await self.body())
