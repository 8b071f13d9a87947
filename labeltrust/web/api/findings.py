"""Findings for a SIEM over HTTP."""

from dataclasses import dataclass
from typing import Any

from litestar import get
from litestar.di import NamedDependency

from labeltrust.services.list_findings import BEGINNING, Place, list_findings
from labeltrust.web.access import by_key
from labeltrust.web.caller import Caller
from labeltrust.web.pagination import Cursor, Limit, cursor_after, key_of_cursor


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingPage:
    """OCSF Detection Findings, and the cursor to read on with, now or when there are new ones."""

    findings: list[dict[str, Any]]
    next_cursor: str
    more: bool


@get("/v1/findings", opt=by_key("read_raw"), tags=["service"], summary="Read findings")
async def index(
    caller: NamedDependency[Caller], limit: Limit = 100, cursor: Cursor = None
) -> FindingPage:
    """Return flags, verdicts, freezes, tampering and forgeries for a SIEM (OCSF class 2004).

    Without a cursor from the beginning; `next_cursor` is always there: keep it, and ask with it
    again later.
    """
    place = BEGINNING if cursor is None else key_of_cursor(cursor, Place)
    found = await caller.ask(list_findings, after=place, limit=limit)
    return FindingPage(
        findings=found.findings, next_cursor=cursor_after(found.place), more=found.more
    )


HANDLERS = (index,)
