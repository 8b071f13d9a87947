"""The ledger: what was verified and signed, where it is kept, and how to verify it oneself."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from labeltrust.services.checkpoints.show import show_ledger
from labeltrust.web.access import by_session
from labeltrust.web.pages._view import View

MOST = 200
"""Chains on the page; the command lists all."""


@get("/ledger", opt=by_session("read"), include_in_schema=False)
async def ledger(view: NamedDependency[View]) -> Response[Any]:
    """Show chains, places and the public key."""
    return view.page("ledger.html", ledger=await view.ask(show_ledger), most=MOST)


HANDLERS = (ledger,)
