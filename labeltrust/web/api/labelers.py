"""Labelers over HTTP: the table, one of them, and the evidence."""

from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from labeltrust.services.list_labelers import LabelerCase, list_labelers, show_labeler
from labeltrust.services.show_evidence import LabelerEvidence, labeler_evidence
from labeltrust.web.access import by_key
from labeltrust.web.caller import Caller
from labeltrust.web.pagination import Cursor, Limit, cursor_after, key_of_cursor

OfSource = Annotated[
    str | None,
    QueryParameter(required=False, description="Whose labeler, where two sources share an id."),
]


class Place(msgspec.Struct, frozen=True, order=True, array_like=True):
    """Where a labeler stands in the order of the list."""

    unknown: bool
    trust: float
    labeler: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelerPage:
    """Labelers of the newest assessment, the least trusted first."""

    labelers: list[dict[str, Any]]
    next_cursor: str | None


@get(
    "/v1/projects/{project:str}/labelers",
    opt=by_key("read"),
    tags=["assessments"],
    summary="List labelers",
)
async def index(
    project: FromPath[str],
    caller: NamedDependency[Caller],
    limit: Limit = 100,
    cursor: Cursor = None,
) -> LabelerPage:
    """Return the labelers of the newest assessment, the least trusted first."""
    found = await caller.ask(list_labelers, project)
    if cursor is not None:
        after = key_of_cursor(cursor, Place)
        found = [entry for entry in found if _place(entry) > after]
    page = found[:limit]
    more = len(found) > limit
    return LabelerPage(labelers=page, next_cursor=cursor_after(_place(page[-1])) if more else None)


@get(
    "/v1/projects/{project:str}/labelers/{labeler:str}",
    opt=by_key("read"),
    tags=["assessments"],
    summary="Show a labeler",
)
async def show(
    project: FromPath[str],
    labeler: FromPath[str],
    caller: NamedDependency[Caller],
    source: OfSource = None,
) -> LabelerCase:
    """Return one labeler; the id is percent-encoded and may hold anything."""
    return await caller.ask(show_labeler, project, labeler, source=source)


@get(
    "/v1/projects/{project:str}/labelers/{labeler:str}/evidence",
    opt=by_key("read"),
    tags=["assessments"],
    summary="Show the evidence",
)
async def evidence(
    project: FromPath[str],
    labeler: FromPath[str],
    caller: NamedDependency[Caller],
    source: OfSource = None,
) -> LabelerEvidence:
    """Return signals, flags with the items they rest on, and freezes of one labeler."""
    return await caller.ask(labeler_evidence, project, labeler, source=source)


def _place(entry: dict[str, Any]) -> Place:
    value = entry["trust"]["value"]
    trust = 0.0 if value is None else value
    return Place(unknown=value is None, trust=trust, labeler=entry["labeler"])


HANDLERS = (index, show, evidence)
