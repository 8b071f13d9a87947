"""Training sets over HTTP: made, shown, and their files sent as they are."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import ETag
from litestar.di import NamedDependency
from litestar.params import BodyKwarg, FromPath, PathParameter, QueryParameter
from litestar.response import File

from labeltrust.domain.naming import checked_note
from labeltrust.domain.training_sets import Window, Without
from labeltrust.services.create_snapshot import create_snapshot
from labeltrust.services.diff_snapshots import DiffPage, SnapshotDiff, diff_snapshots
from labeltrust.services.list_snapshots import list_snapshots
from labeltrust.services.verify_snapshot import (
    SignatureKey,
    Verification,
    show_snapshot,
    signature_key,
    snapshot_file,
    verify_snapshot,
)
from labeltrust.store.snapshots import SnapshotLine
from labeltrust.web.access import by_key
from labeltrust.web.caller import Caller
from labeltrust.web.media_types import MEDIA_TYPES
from labeltrust.web.openapi import example
from labeltrust.web.pagination import MAX_ID, Cursor, Limit, cursor_after, number_of_cursor

SnapshotNumber = Annotated[int, PathParameter(ge=1, le=MAX_ID)]


class WindowBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A span of received time, from `start` until before `end`."""

    start: datetime
    end: datetime


class SnapshotBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What goes in: labels received at least so many hours ago, and none of what is named here.

    `windows` are of received time, from `start` until before `end`; `reason` says why all this is
    left out, and `parent` which snapshot this one is made from.
    """

    hold_back_hours: float = 0.0
    without_labelers: tuple[str, ...] = ()
    without_sources: tuple[str, ...] = ()
    without_imports: tuple[Annotated[int, msgspec.Meta(ge=1, le=MAX_ID)], ...] = ()
    without_windows: tuple[WindowBody, ...] = ()
    reason: str = ""
    parent: Annotated[int, msgspec.Meta(ge=1, le=MAX_ID)] | None = None

    @property
    def without(self) -> Without:
        """What is left out, as the service takes it."""
        return Without(
            labelers=self.without_labelers,
            sources=self.without_sources,
            imports=self.without_imports,
            windows=tuple(Window(start=w.start, end=w.end) for w in self.without_windows),
            reason=checked_note(self.reason, "reason") if self.reason else "",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotList:
    """Snapshots, newest first."""

    snapshots: list[SnapshotLine]
    next_cursor: str | None


_HOLD_BACK = example("Without the labels of the last two days", {"hold_back_hours": 48})
_WITHOUT = example(
    "Rebuilt without two labelers",
    {"parent": 3, "without_labelers": ["mallory", "trudy"], "reason": "ring 7, audit 12"},
)
Kind = Annotated[
    str | None,
    QueryParameter(required=False, description="`added`, `removed` or `changed`; without it, all."),
]
Offset = Annotated[
    int, QueryParameter(ge=0, le=MAX_ID, required=False, description="Changes to pass over.")
]


@get(
    "/v1/projects/{project:str}/snapshots",
    opt=by_key("read"),
    tags=["snapshots"],
    summary="List snapshots",
)
async def index(
    project: FromPath[str],
    caller: NamedDependency[Caller],
    limit: Limit = 100,
    cursor: Cursor = None,
) -> SnapshotList:
    """Return the snapshots of a project, newest first."""
    before = number_of_cursor(cursor) or None
    found = await caller.ask(list_snapshots, project, before=before, limit=limit + 1)
    more = len(found) > limit
    return SnapshotList(
        snapshots=found[:limit], next_cursor=cursor_after(found[limit - 1].id) if more else None
    )


@get(
    "/v1/snapshots/{snapshot:int}/diff/{other:int}",
    summary="Compare two snapshots",
    opt=by_key("read"),
    tags=["snapshots"],
)
async def diff(
    snapshot: SnapshotNumber,
    other: SnapshotNumber,
    caller: NamedDependency[Caller],
    kind: Kind = None,
    limit: Limit = 100,
    offset: Offset = 0,
) -> SnapshotDiff:
    """Return what changed from one to the other: counts of all, and a page of the items."""
    page = DiffPage(kind=kind, offset=offset, limit=limit)
    return await caller.ask(diff_snapshots, snapshot, other, page)


@post(
    "/v1/projects/{project:str}/snapshots",
    opt=by_key("snapshot"),
    tags=["snapshots"],
    summary="Make a snapshot",
)
async def create(
    project: FromPath[str],
    caller: NamedDependency[Caller],
    data: Annotated[SnapshotBody | None, BodyKwarg(examples=[_HOLD_BACK, _WITHOUT])] = None,
) -> Response[dict[str, Any]]:
    """Write a training set without frozen labels, and return its manifest."""
    wanted = data or SnapshotBody()
    manifest = await caller.ask(
        create_snapshot,
        project,
        hold_back_hours=wanted.hold_back_hours,
        without=wanted.without,
        parent=wanted.parent,
    )
    return Response(manifest, headers={"Location": f"/v1/snapshots/{manifest['snapshot']}"})


@get(
    "/v1/snapshots/{snapshot:int}",
    summary="Show a snapshot",
    opt=by_key("read"),
    tags=["snapshots"],
)
async def show(snapshot: SnapshotNumber, caller: NamedDependency[Caller]) -> dict[str, Any]:
    """Return the manifest: rows, checksums, what was held out and why."""
    return await caller.ask(show_snapshot, snapshot)


@get(
    "/v1/snapshots/{snapshot:int}/verification",
    summary="Verify a snapshot",
    opt=by_key("read"),
    tags=["snapshots"],
)
async def verify(snapshot: SnapshotNumber, caller: NamedDependency[Caller]) -> Verification:
    """Recompute everything that the manifest states."""
    return await caller.ask(verify_snapshot, snapshot)


@get(
    [f"/v1/snapshots/{{snapshot:int}}/{name}" for name in MEDIA_TYPES],
    summary="Download a file of a snapshot",
    opt=by_key("read"),
    tags=["snapshots"],
)
async def download(
    snapshot: SnapshotNumber, caller: NamedDependency[Caller], request: Request[Any, Any, Any]
) -> File:
    """Send labels, the judgments behind them, the manifest or its signature, byte for byte."""
    name = request.scope["path"].rpartition("/")[2]
    path = await caller.ask(snapshot_file, snapshot, name)
    manifest = await caller.ask(show_snapshot, snapshot)
    known = manifest["files"].get(name)
    return File(
        path,
        filename=f"snapshot-{snapshot}-{name}",
        media_type=MEDIA_TYPES[name],
        etag=None if known is None else ETag(value=known["sha256"]),
    )


@get(
    "/v1/snapshot-key",
    summary="Show the key that snapshots are signed by",
    opt=by_key("read"),
    tags=["snapshots"],
)
async def key(caller: NamedDependency[Caller]) -> SignatureKey:
    """Return the Ed25519 public key in PEM: keep it, and check downloads by it offline."""
    return await caller.ask(signature_key)


HANDLERS = (key, index, create, diff, show, verify, download)
