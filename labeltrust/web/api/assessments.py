"""Assessing over HTTP, and the gate."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import BodyKwarg, FromPath

from labeltrust.domain.approvals import Approval
from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.overrides import Override
from labeltrust.policy.gate import Gate
from labeltrust.services.assess_project import assess_project
from labeltrust.services.check_gate import check_gate
from labeltrust.services.override_gate import ask_override, revoke_override
from labeltrust.services.read_assessment import read_assessment
from labeltrust.web.access import by_key
from labeltrust.web.caller import Caller
from labeltrust.web.openapi import example


class AssessBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to assess: everything received by a moment, or everything."""

    as_of: datetime | None = None

    def moment(self) -> datetime | None:
        """Return the moment.

        Raises:
            InvalidInput: It has no time zone.
        """
        if self.as_of is not None and self.as_of.tzinfo is None:
            raise InvalidInput("a time needs its zone, such as Z", place="as_of")
        return self.as_of


_AS_OF = example("As it was on a day", {"as_of": "2026-11-22T00:00:00Z"})


@post(
    "/v1/projects/{project:str}/assessments",
    opt=by_key("assess"),
    tags=["assessments"],
    summary="Assess a project",
)
async def assess(
    project: FromPath[str],
    caller: NamedDependency[Caller],
    data: Annotated[AssessBody | None, BodyKwarg(examples=[_AS_OF])] = None,
) -> dict[str, Any]:
    """Compute everything, open and update flags, and return the assessment."""
    moment = None if data is None else data.moment()
    return await caller.ask(assess_project, project, as_of=moment)


@get(
    "/v1/projects/{project:str}/assessments/latest",
    opt=by_key("read"),
    tags=["assessments"],
    summary="Show the newest assessment",
)
async def latest(project: FromPath[str], caller: NamedDependency[Caller]) -> dict[str, Any]:
    """Return the newest assessment, with flags and freezes as they stand now."""
    return await caller.ask(read_assessment, project)


@get(
    "/v1/projects/{project:str}/gate",
    opt=by_key("read"),
    tags=["gate"],
    summary="Ask the gate",
)
async def ask_gate(project: FromPath[str], caller: NamedDependency[Caller]) -> Gate:
    """Return whether training may proceed, the reasons why not, and what stays out."""
    return await caller.ask(check_gate, project)


class OverrideBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Until when the gate is to be open although it is closed, and why."""

    until: datetime
    reason: str


class EndBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why an override ends before its time."""

    reason: str


_OVERRIDE = example(
    "For the afternoon", {"until": "2026-12-01T18:00:00Z", "reason": "release 7 must go out"}
)
_END = example("Released", {"reason": "release 7 is out"})


@post(
    "/v1/projects/{project:str}/gate/override",
    opt=by_key("freeze"),
    status_code=202,
    tags=["gate"],
    summary="Ask to override the gate",
)
async def override(
    project: FromPath[str],
    caller: NamedDependency[Caller],
    data: Annotated[OverrideBody, BodyKwarg(examples=[_OVERRIDE])],
) -> Approval:
    """Ask a second person to open the gate for a while; nothing changes before the answer."""
    return await caller.ask(ask_override, project, until=data.until, reason=data.reason)


@post(
    "/v1/projects/{project:str}/gate/override/end",
    opt=by_key("freeze"),
    status_code=200,
    tags=["gate"],
    summary="End an override of the gate",
)
async def end_override(
    project: FromPath[str],
    caller: NamedDependency[Caller],
    data: Annotated[EndBody, BodyKwarg(examples=[_END])],
) -> Override:
    """End an override before its time; one person is enough."""
    return await caller.ask(revoke_override, project, reason=data.reason)


HANDLERS = (assess, latest, ask_gate, override, end_override)
