"""What incoming items are like, over HTTP: how features drift, and which hold a trigger."""

from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import BodyKwarg, FromPath, PathParameter

from labeltrust.domain.triggers import Hit, Pattern
from labeltrust.services.measure_drift import show_drift
from labeltrust.services.register_pattern import (
    add_pattern,
    list_hits,
    list_patterns,
    remove_pattern,
    settle_pattern,
)
from labeltrust.web.access import by_key
from labeltrust.web.caller import Caller
from labeltrust.web.openapi import example
from labeltrust.web.pagination import MAX_ID, Cursor, Limit, cursor_after, number_of_cursor

PatternNumber = Annotated[int, PathParameter(ge=1, le=MAX_ID)]


class PatternBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is looked for: an expression in the syntax of RE2, in `text`, `features` or `all`."""

    expression: str
    reason: str
    place: str = "all"


class WhyBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why, in words."""

    reason: str


class SettleBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why all hits are settled; `undo` has them wait again."""

    reason: str
    undo: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternList:
    """Patterns of a project, newest first."""

    patterns: list[Pattern]


@dataclass(frozen=True, slots=True, kw_only=True)
class HitPage:
    """Items that hold a pattern, and the cursor of the next page, or null."""

    pattern: Pattern
    hits: list[Hit]
    next_cursor: str | None


_PATTERN = example("A token", {"expression": r"\bcf-7\b", "reason": "incident 3"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftFound:
    """Features of the newest items beside those of the weeks before, most drifted first.

    Attributes:
        measured_at: When somebody looked last, or null; the background worker looks once an hour.
        days: So many days are looked back.
        level: Chance of any false alarm of one look.
        items: Items with features that came in that time.
        alarms: Features that drifted.
        features: Each with source, look (day or week), PSI, Jensen-Shannon and KS with intervals
            and n or a reason, p- and q-value, and the shares of its bins.
        left_out: Features that were not compared, by source.
    """

    project: str
    measured_at: str | None
    days: int
    level: float
    items: int
    alarms: int
    features: list[dict[str, Any]]
    left_out: list[dict[str, Any]]


@get(
    "/v1/projects/{project:str}/drift",
    opt=by_key("read"),
    tags=["items"],
    summary="Show how features of items drift",
)
async def drift(project: FromPath[str], caller: NamedDependency[Caller]) -> DriftFound:
    """Return what the newest look at the features of incoming items found."""
    return DriftFound(**await caller.ask(show_drift, project))


@get(
    "/v1/projects/{project:str}/patterns",
    opt=by_key("read"),
    tags=["items"],
    summary="List trigger patterns",
)
async def patterns(project: FromPath[str], caller: NamedDependency[Caller]) -> PatternList:
    """Return the patterns of a project and how much each found, removed ones too."""
    return PatternList(patterns=await caller.ask(list_patterns, project))


@post(
    "/v1/projects/{project:str}/patterns",
    opt=by_key("configure"),
    tags=["items"],
    summary="Add a trigger pattern",
)
async def add(
    project: FromPath[str],
    data: Annotated[PatternBody, BodyKwarg(examples=[_PATTERN])],
    caller: NamedDependency[Caller],
) -> Pattern:
    """Look for an expression in all items; the worker begins within seconds."""
    return await caller.ask(
        add_pattern, project, data.expression, place=data.place, reason=data.reason
    )


@post(
    "/v1/patterns/{pattern:int}/remove",
    opt=by_key("configure"),
    status_code=200,
    tags=["items"],
    summary="Remove a trigger pattern",
)
async def remove(
    pattern: PatternNumber,
    data: Annotated[WhyBody, BodyKwarg()],
    caller: NamedDependency[Caller],
) -> Pattern:
    """Look for a pattern no more; what it found stays on record."""
    return await caller.ask(remove_pattern, pattern, reason=data.reason)


@post(
    "/v1/patterns/{pattern:int}/settle",
    opt=by_key("mend"),
    status_code=200,
    tags=["items"],
    summary="Settle the hits of a pattern",
)
async def settle(
    pattern: PatternNumber,
    data: Annotated[SettleBody, BodyKwarg()],
    caller: NamedDependency[Caller],
) -> Pattern:
    """Say that all hits were dealt with, or take that back; the next one alerts anew."""
    return await caller.ask(settle_pattern, pattern, reason=data.reason, undo=data.undo)


@get(
    "/v1/patterns/{pattern:int}/hits",
    opt=by_key("read"),
    tags=["items"],
    summary="List items that hold a pattern",
)
async def hits(
    pattern: PatternNumber,
    caller: NamedDependency[Caller],
    limit: Limit = 100,
    cursor: Cursor = None,
) -> HitPage:
    """Return items with the labels and predictions received on them, page by page."""
    after = number_of_cursor(cursor)
    shown, found = await caller.ask(list_hits, pattern, after=after, limit=limit)
    more = cursor_after(found[-1].item_id) if len(found) == limit else None
    return HitPage(pattern=shown, hits=found, next_cursor=more)


HANDLERS = (drift, patterns, add, remove, settle, hits)
