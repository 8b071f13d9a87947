"""Thresholds of a project over HTTP: in force, previewed, asked of a second person."""

from dataclasses import dataclass
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import BodyKwarg, FromPath

from labeltrust.domain.approvals import Approval
from labeltrust.services.preview_thresholds import (
    Preview,
    ask_thresholds,
    preview_thresholds,
    show_thresholds,
)
from labeltrust.web.access import by_key
from labeltrust.web.caller import Caller
from labeltrust.web.openapi import example


class PreviewBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Thresholds as they might be; null takes away what the project set for itself."""

    thresholds: dict[str, float | None]


class AskBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Thresholds as they should be, and why."""

    thresholds: dict[str, float | None]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """The thresholds that a project is assessed by."""

    project: str
    thresholds: dict[str, float | None]


_LOWER = {"thresholds": {"flag_rate": 0.02, "gold_floor": 0.8}}


@get(
    "/v1/projects/{project:str}/thresholds",
    opt=by_key("read"),
    tags=["projects"],
    summary="Show thresholds",
)
async def show(project: FromPath[str], caller: NamedDependency[Caller]) -> InForce:
    """Return the thresholds in force; null where one is left to what the crowd shows."""
    found = await caller.ask(show_thresholds, project)
    return InForce(project=project, thresholds=found)


@post(
    "/v1/projects/{project:str}/thresholds/preview",
    opt=by_key("configure"),
    status_code=200,
    tags=["projects"],
    summary="Preview thresholds",
)
async def preview(
    project: FromPath[str],
    data: Annotated[PreviewBody, BodyKwarg(examples=[example("Fewer flags", _LOWER)])],
    caller: NamedDependency[Caller],
) -> Preview:
    """Assess the labels on record under other thresholds, and store nothing."""
    return await caller.ask(preview_thresholds, project, data.thresholds)


@post(
    "/v1/projects/{project:str}/thresholds",
    opt=by_key("configure"),
    status_code=202,
    tags=["projects"],
    summary="Ask for other thresholds",
)
async def ask(
    project: FromPath[str],
    data: Annotated[
        AskBody, BodyKwarg(examples=[example("Fewer flags", {**_LOWER, "reason": "too many"})])
    ],
    caller: NamedDependency[Caller],
) -> Approval:
    """Put a change of thresholds before a second person."""
    return await caller.ask(ask_thresholds, project, data.thresholds, reason=data.reason)


HANDLERS = (show, preview, ask)
