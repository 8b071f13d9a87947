"""The labelers of a project, and one of them with what speaks for and against."""

import asyncio
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from labeltrust.domain.errors import LabeltrustError, NotFound
from labeltrust.services.freeze_labels import freeze_labels
from labeltrust.services.list_labelers import list_labelers, show_labeler
from labeltrust.services.show_evidence import labeler_evidence
from labeltrust.services.show_project import show_project
from labeltrust.web.access import by_session
from labeltrust.web.pages._forms import freeze_draft
from labeltrust.web.pages._labelers_table import LABELERS
from labeltrust.web.pages._view import Form, Refusal, View, refusal, see_other
from labeltrust.web.paths import segment


@get("/projects/{project:str}/labelers", opt=by_session("read"), include_in_schema=False)
async def labelers(project: FromPath[str], view: NamedDependency[View]) -> Response[Any]:
    """List the labelers of the newest assessment, those with flags first."""
    found = await view.ask(show_project, project)
    try:
        rows = await view.ask(list_labelers, project)
    except NotFound:  # nothing was assessed yet
        rows = []
    shown = await asyncio.to_thread(LABELERS.shown, rows, view.asked(LABELERS))
    return view.listed("labelers.html", shown, project=found)


@get("/projects/{project:str}/labelers/{labeler:str}", opt=by_session("read"),
     include_in_schema=False)  # fmt: skip
async def show(
    project: FromPath[str], labeler: FromPath[str], view: NamedDependency[View]
) -> Response[str]:
    """Show one labeler."""
    return await _page(view, project, labeler, {}, None)


@post("/projects/{project:str}/labelers/{labeler:str}/freeze", opt=by_session("freeze"),
      include_in_schema=False)  # fmt: skip
async def freeze(
    project: FromPath[str],
    labeler: FromPath[str],
    request: Request[Any, Any, Any],
    view: NamedDependency[View],
) -> Response[Any]:
    """Hold the labeler's labels out, with a written reason."""
    form = await view.form(request)
    try:
        await view.ask(freeze_labels, freeze_draft(project, labeler, form))
    except LabeltrustError as error:
        return await _page(view, project, labeler, form, refusal(error))
    return see_other(f"/projects/{segment(project)}/labelers/{segment(labeler)}")


async def _page(
    view: View, project: str, labeler: str, form: Form, refused: Refusal | None
) -> Response[str]:
    return view.page(
        "labeler.html",
        status=200 if refused is None else refused.status,
        project=await view.ask(show_project, project),
        case=await view.ask(show_labeler, project, labeler),
        evidence=await view.ask(labeler_evidence, project, labeler),
        labeler=labeler,
        form=form,
        refused=refused,
    )


HANDLERS = (labelers, show, freeze)
