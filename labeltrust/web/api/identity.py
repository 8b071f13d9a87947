"""Who is who over HTTP: names joined, parted and told ahead, vendors, and what is undone."""

from dataclasses import dataclass
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import BodyKwarg, FromPath, PathParameter, QueryParameter

from labeltrust.services._identity import IdentityAct, Named
from labeltrust.services.add_alias import add_alias
from labeltrust.services.describe_labeler import Profile, describe_labelers
from labeltrust.services.list_vendors import CAUTION, VendorLine, list_vendors
from labeltrust.services.merge_labelers import merge_labelers
from labeltrust.services.show_identity import Identity, show_identity
from labeltrust.services.split_labeler import split_labeler
from labeltrust.services.suppliers.list_suppliers import CAUTION as DRIFT_CAUTION
from labeltrust.services.suppliers.list_suppliers import SupplierLine, list_suppliers
from labeltrust.services.undo_identity import undo_identity
from labeltrust.web.access import by_key
from labeltrust.web.api.labelers import OfSource
from labeltrust.web.caller import Caller
from labeltrust.web.openapi import example
from labeltrust.web.pagination import MAX_ID

ActNumber = Annotated[int, PathParameter(ge=1, le=MAX_ID)]
ByTeam = Annotated[bool, QueryParameter(required=False, description="A line a team.")]


class MergeBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The labeler that this one is, and why; sources where two use the same id."""

    into: str
    reason: str
    source: str | None = None
    into_source: str | None = None


class SplitBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a name is somebody else's."""

    reason: str
    source: str | None = None


class AliasBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A name that a source will use for this labeler."""

    name: str
    source: str
    reason: str


class ProfileBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Vendor and team; null leaves one as it is, an empty text takes it away."""

    reason: str
    vendor: str | None = None
    team: str | None = None


class UndoBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why an act is undone."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorList:
    """Vendors of a project's labelers, and what their shares do not say."""

    vendors: list[VendorLine]
    caution: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierList:
    """Suppliers of a project, and what their numbers do not say."""

    suppliers: list[SupplierLine]
    caution: str


_MERGE = example("One person", {"into": "alice", "reason": "one person, says HR"})
_SPLIT = example("Another person", {"reason": "two people after all"})
_ALIAS = example("Ahead", {"name": "17", "source": "ls", "reason": "list of May"})
_PROFILE = example("Vendor", {"vendor": "acme", "team": "night", "reason": "contract 12"})
_UNDO = example("Undo", {"reason": "the wrong Alice"})


@get(
    "/v1/projects/{project:str}/labelers/{labeler:str}/identity",
    opt=by_key("read"),
    tags=["identity"],
    summary="Show who a labeler is",
)
async def show(
    project: FromPath[str],
    labeler: FromPath[str],
    caller: NamedDependency[Caller],
    source: OfSource = None,
) -> Identity:
    """Return all names of a labeler, vendor and team, and the acts that joined or split them."""
    return await caller.ask(show_identity, project, labeler, source=source)


@post(
    "/v1/projects/{project:str}/labelers/{labeler:str}/merge",
    opt=by_key("freeze"),
    tags=["identity"],
    summary="Join two labelers",
)
async def merge(
    project: FromPath[str],
    labeler: FromPath[str],
    data: Annotated[MergeBody, BodyKwarg(examples=[_MERGE])],
    caller: NamedDependency[Caller],
) -> IdentityAct:
    """Say that two labelers are one; flags and freezes go along, and undo gives them back."""
    one, into = Named(labeler, data.source), Named(data.into, data.into_source)
    return await caller.ask(merge_labelers, project, one, into, reason=data.reason)


@post(
    "/v1/projects/{project:str}/labelers/{labeler:str}/split",
    opt=by_key("freeze"),
    tags=["identity"],
    summary="Part a name from a labeler",
)
async def split(
    project: FromPath[str],
    labeler: FromPath[str],
    data: Annotated[SplitBody, BodyKwarg(examples=[_SPLIT])],
    caller: NamedDependency[Caller],
) -> IdentityAct:
    """Say that a name is somebody else's; flags and freezes stay where they are."""
    name = Named(labeler, data.source)
    return await caller.ask(split_labeler, project, name, reason=data.reason)


@post(
    "/v1/projects/{project:str}/labelers/{labeler:str}/aliases",
    opt=by_key("freeze"),
    tags=["identity"],
    summary="Tell a name ahead",
)
async def alias(
    project: FromPath[str],
    labeler: FromPath[str],
    data: Annotated[AliasBody, BodyKwarg(examples=[_ALIAS])],
    caller: NamedDependency[Caller],
) -> IdentityAct:
    """Give a labeler the name under which another source will know them."""
    added = Named(data.name, data.source)
    return await caller.ask(add_alias, project, Named(labeler), added, reason=data.reason)


@post(
    "/v1/projects/{project:str}/labelers/{labeler:str}/profile",
    opt=by_key("configure"),
    status_code=200,
    tags=["identity"],
    summary="Set vendor and team",
)
async def profile(
    project: FromPath[str],
    labeler: FromPath[str],
    data: Annotated[ProfileBody, BodyKwarg(examples=[_PROFILE])],
    caller: NamedDependency[Caller],
) -> Identity:
    """Say whose people a labeler belongs to; nobody is suspected for it."""
    told = [Profile(labeler=labeler, vendor=data.vendor, team=data.team)]
    await caller.ask(describe_labelers, project, told, reason=data.reason)
    return await caller.ask(show_identity, project, labeler)


@get(
    "/v1/projects/{project:str}/vendors",
    opt=by_key("read"),
    tags=["identity"],
    summary="List vendors",
)
async def vendors(
    project: FromPath[str], caller: NamedDependency[Caller], *, by_team: ByTeam = False
) -> VendorList:
    """Return how many labelers of each vendor are suspects, with intervals."""
    found = await caller.ask(list_vendors, project, by_team=by_team)
    return VendorList(vendors=found, caution=CAUTION)


@post(
    "/v1/identity/{act:int}/undo",
    opt=by_key("freeze"),
    status_code=200,
    tags=["identity"],
    summary="Undo an act about who is who",
)
async def undo(
    act: ActNumber,
    data: Annotated[UndoBody, BodyKwarg(examples=[_UNDO])],
    caller: NamedDependency[Caller],
) -> IdentityAct:
    """Undo a merge, a split or an added name; the former assessment comes back."""
    return await caller.ask(undo_identity, act, reason=data.reason)


@get(
    "/v1/projects/{project:str}/suppliers",
    opt=by_key("read"),
    tags=["identity"],
    summary="Compare suppliers",
)
async def suppliers(project: FromPath[str], caller: NamedDependency[Caller]) -> SupplierList:
    """Return sources and vendors, each against its own past and against the others.

    At most fifty of each kind, those with most labels.
    """
    return SupplierList(suppliers=await caller.ask(list_suppliers, project), caution=DRIFT_CAUTION)


HANDLERS = (show, merge, split, alias, profile, vendors, suppliers, undo)
