"""What is trained on what: the set in use named, models told, labels traced."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from labeltrust.domain.errors import LabeltrustError
from labeltrust.services.register_model import register_model
from labeltrust.services.show_project import show_project
from labeltrust.services.trace_labels import MOST, Whose, trace_labels
from labeltrust.services.use_snapshot import use_snapshot
from labeltrust.web.access import by_session
from labeltrust.web.api.snapshots import SnapshotNumber
from labeltrust.web.pages._forms import whole_number
from labeltrust.web.pages._snapshot_form import named_wrongly
from labeltrust.web.pages._view import View, refusal, see_other
from labeltrust.web.pages.snapshots import snapshot_page


@post("/snapshots/{snapshot:int}/use", opt=by_session("snapshot"), include_in_schema=False)
async def use(
    snapshot: SnapshotNumber, request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """Name the snapshot that the project trains on, with a written reason."""
    form = await view.form(request)
    try:
        await view.ask(use_snapshot, snapshot, reason=form.get("reason", ""))
    except LabeltrustError as error:
        return await snapshot_page(view, snapshot, form=form, refused=refusal(error))
    return see_other(f"/snapshots/{snapshot}")


@post("/snapshots/{snapshot:int}/models", opt=by_session("snapshot"), include_in_schema=False)
async def trained(
    snapshot: SnapshotNumber, request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """Put on record that a version of a model was trained on the snapshot."""
    form = await view.form(request)
    said = {name: form.get(name, "").strip() for name in ("model", "version", "words")}
    try:
        await view.ask(register_model, snapshot, **said)
    except LabeltrustError as error:
        return await snapshot_page(view, snapshot, form=form, refused=refusal(error))
    return see_other(f"/snapshots/{snapshot}#models")


@get("/projects/{project:str}/lineage", opt=by_session("read"), include_in_schema=False)
async def lineage(
    project: FromPath[str],
    view: NamedDependency[View],
    labeler: FromQuery[str] = "",
    source: FromQuery[str] = "",
    import_id: FromQuery[str] = "",
) -> Response[str]:
    """Show which training sets and models hold labels of a labeler, a source or an import."""
    found = refused = None
    asked = {"labeler": labeler, "source": source, "import_id": import_id}
    await view.ask(show_project, project)
    try:
        if any(asked.values()):
            number = whole_number(import_id, "import") if import_id else None
            whose = Whose(labeler=labeler or None, source=source or None, import_id=number)
            found = await view.ask(trace_labels, project, whose)
    except LabeltrustError as error:
        refused = refusal(named_wrongly(error))
    return view.page(
        "lineage.html",
        status=200 if refused is None else refused.status,
        project=project,
        asked=asked,
        found=found,
        refused=refused,
        most=MOST,
    )


HANDLERS = (use, trained, lineage)
