"""Training sets over HTTP: made, shown, and their files sent as they are."""

from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.datastructures import ETag
from litestar.di import NamedDependency
from litestar.params import FromPath, PathParameter
from litestar.response import File

from labeltrust.services.create_snapshot import create_snapshot
from labeltrust.services.verify_snapshot import (
    Verification,
    show_snapshot,
    snapshot_file,
    verify_snapshot,
)
from labeltrust.web.access import by_key
from labeltrust.web.caller import Caller
from labeltrust.web.pagination import MAX_ID

SnapshotNumber = Annotated[int, PathParameter(ge=1, le=MAX_ID)]
_MEDIA_TYPES = {
    "labels.parquet": "application/vnd.apache.parquet",
    "judgments.parquet": "application/vnd.apache.parquet",
    "manifest.json": "application/json",
}


@post(
    "/v1/projects/{project:str}/snapshots",
    opt=by_key("snapshot"),
    tags=["snapshots"],
    summary="Make a snapshot",
)
async def create(
    project: FromPath[str], caller: NamedDependency[Caller]
) -> Response[dict[str, Any]]:
    """Write a training set without frozen labels, and return its manifest."""
    manifest = await caller.ask(create_snapshot, project)
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
    [f"/v1/snapshots/{{snapshot:int}}/{name}" for name in _MEDIA_TYPES],
    summary="Download a file of a snapshot",
    opt=by_key("read"),
    tags=["snapshots"],
)
async def download(
    snapshot: SnapshotNumber, caller: NamedDependency[Caller], request: Request[Any, Any, Any]
) -> File:
    """Send consensus labels, the judgments behind them, or the manifest, byte for byte."""
    name = request.scope["path"].rpartition("/")[2]
    path = await caller.ask(snapshot_file, snapshot, name)
    manifest = await caller.ask(show_snapshot, snapshot)
    known = manifest["files"].get(name)
    return File(
        path,
        filename=f"snapshot-{snapshot}-{name}",
        media_type=_MEDIA_TYPES[name],
        etag=None if known is None else ETag(value=known["sha256"]),
    )


HANDLERS = (create, show, verify, download)
