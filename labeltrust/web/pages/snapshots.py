"""Snapshots: ordered, listed, read, verified, downloaded and compared."""

import asyncio
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import File

from labeltrust.domain.errors import LabeltrustError
from labeltrust.services.diff_snapshots import KINDS, DiffPage, compared_with, diff_snapshots
from labeltrust.services.list_snapshots import list_snapshots, search_snapshots
from labeltrust.services.order_snapshot import order_snapshot, snapshots_under_way
from labeltrust.services.register_model import list_models
from labeltrust.services.use_snapshot import current_set
from labeltrust.services.verify_snapshot import show_snapshot, snapshot_file, verify_snapshot
from labeltrust.store.snapshots import SnapshotLine
from labeltrust.web.access import by_session
from labeltrust.web.api.snapshots import SnapshotNumber
from labeltrust.web.media_types import MEDIA_TYPES
from labeltrust.web.pages._snapshot_form import named_wrongly, ordered
from labeltrust.web.pages._tables import Column, Table
from labeltrust.web.pages._view import Form, Refusal, View, refusal, see_other
from labeltrust.web.pagination import MAX_ID
from labeltrust.web.paths import segment

_ON_A_PAGE = 100
_MOST_EXCLUDED = 200
SNAPSHOTS: Table[SnapshotLine] = Table(
    name="snapshots",
    order="-id",
    columns=(
        Column(name="id", title="Snapshot", value=lambda s: s.id),
        Column(name="created_at", title="Made", value=lambda s: s.created_at),
        Column(name="created_by", title="By", value=lambda s: s.created_by),
        Column(name="rows", title="Items", value=lambda s: s.rows, is_number=True),
        Column(
            name="events_through", title="History up to", value=lambda s: s.events_through,
            is_number=True,
        ),
        Column(name="files", title="Files", value=lambda s: f"/snapshots/{s.id}", sortable=False),
        Column(name="previous", title="Changes", value=lambda s: s.previous, sortable=False),
    ),
    searched=lambda s: s.created_by,
    hint="who made it",
)  # fmt: skip


@get("/projects/{project:str}/snapshots", opt=by_session("read"), include_in_schema=False)
async def snapshots(project: FromPath[str], view: NamedDependency[View]) -> Response[Any]:
    """List the snapshots of a project, those under way on top."""
    return await _list(view, project, {}, None)


@post("/projects/{project:str}/snapshots", opt=by_session("snapshot"), include_in_schema=False)
async def order(
    project: FromPath[str], request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """Order a snapshot; the background worker makes it."""
    form = await view.form(request)
    try:
        await view.ask(order_snapshot, project, **ordered(form))
    except LabeltrustError as error:
        return await _list(view, project, form, refusal(named_wrongly(error)))
    return see_other(f"/projects/{segment(project)}/snapshots")


@get("/snapshots/{snapshot:int}", opt=by_session("read"), include_in_schema=False)
async def show(snapshot: SnapshotNumber, view: NamedDependency[View]) -> Response[str]:
    """Show the manifest of a snapshot."""
    return await snapshot_page(view, snapshot)


@post("/snapshots/{snapshot:int}/verify", opt=by_session("read"), include_in_schema=False)
async def verify(
    snapshot: SnapshotNumber, request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[str]:
    """Recompute everything that the manifest states, and say what differs."""
    await view.form(request)
    found = await view.ask(verify_snapshot, snapshot)
    return await snapshot_page(view, snapshot, found=found)


@get(
    [f"/snapshots/{{snapshot:int}}/{name}" for name in MEDIA_TYPES],
    opt=by_session("read"),
    include_in_schema=False,
)
async def download(
    snapshot: SnapshotNumber, request: Request[Any, Any, Any], view: NamedDependency[View]
) -> File:
    """Send a file of a snapshot, byte for byte."""
    name = request.scope["path"].rpartition("/")[2]
    path = await view.ask(snapshot_file, snapshot, name)
    return File(path, filename=f"snapshot-{snapshot}-{name}", media_type=MEDIA_TYPES[name])


@get("/snapshots/{snapshot:int}/compare", opt=by_session("read"), include_in_schema=False)
async def compare(
    snapshot: SnapshotNumber,
    view: NamedDependency[View],
    other: FromQuery[int] = 0,
    kind: FromQuery[str] = "",
    offset: FromQuery[int] = 0,
) -> Response[str]:
    """Show what changed from another snapshot, unless named its parent or the one before."""
    page = DiffPage(
        kind=kind if kind in KINDS else None,
        offset=min(max(offset, 0), MAX_ID),
        limit=_ON_A_PAGE,
    )
    named = min(max(other, 0), MAX_ID) or await view.ask(compared_with, snapshot)
    found = await view.ask(diff_snapshots, named, snapshot, page)
    return view.page("snapshot_diff.html", diff=found, kinds=KINDS, on_page=_ON_A_PAGE)


async def _list(view: View, project: str, form: Form, refused: Refusal | None) -> Response[Any]:
    asked = view.asked(SNAPSHOTS)
    found, under_way, training = await asyncio.gather(
        view.ask(search_snapshots, project, asked.listing),
        view.ask(snapshots_under_way, project),
        view.ask(current_set, project),
    )
    return view.listed(
        "snapshots.html",
        SNAPSHOTS.counted(found.rows, asked, found.n_found, found.n_all),
        status=200 if refused is None else refused.status,
        project=project,
        under_way=under_way,
        training=training,
        form=form,
        refused=refused,
    )


async def snapshot_page(
    view: View,
    snapshot: int,
    *,
    found: object = None,
    form: Form | None = None,
    refused: Refusal | None = None,
) -> Response[str]:
    """Return the page of a snapshot, after what was just done with it.

    Args:
        view: Who looks.
        snapshot: Its number.
        found: What a verification found.
        form: Fields of a form that was refused.
        refused: Why.
    """
    manifest = await view.ask(show_snapshot, snapshot)
    others, training, models = await asyncio.gather(
        view.ask(list_snapshots, manifest["project"], limit=_ON_A_PAGE),
        view.ask(current_set, manifest["project"]),
        view.ask(list_models, snapshot),
    )
    return view.page(
        "snapshot.html",
        status=200 if refused is None else refused.status,
        number=snapshot,
        training=training,
        models=models,
        form=form or {},
        refused=refused,
        manifest=manifest,
        excluded=manifest["excluded"][:_MOST_EXCLUDED],
        others=[one for one in others if one.id != snapshot],
        files=[
            name for name in MEDIA_TYPES if name in manifest["files"] or _is_kept(name, manifest)
        ],
        found=found,
    )


def _is_kept(name: str, manifest: dict[str, Any]) -> bool:
    """Say whether a file beside those of the manifest is there: old ones were not signed."""
    return name == "manifest.json" or (name == "manifest.sig" and "signed_by" in manifest)


HANDLERS = (snapshots, order, show, verify, download, compare)
