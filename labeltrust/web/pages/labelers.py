"""The labelers of a project, and one of them with what speaks for and against."""

import asyncio
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, PathParameter

from labeltrust.domain.errors import InvalidInput, LabeltrustError, NotFound
from labeltrust.services._identity import Named
from labeltrust.services.add_alias import add_alias
from labeltrust.services.describe_labeler import Profile, describe_labelers
from labeltrust.services.fill_notebook import notebook_offers
from labeltrust.services.freeze_labels import freeze_labels
from labeltrust.services.list_labelers import show_labeler_by_id
from labeltrust.services.list_vendors import CAUTION, list_vendors
from labeltrust.services.merge_labelers import merge_labelers
from labeltrust.services.models.give_role import RoleDraft, give_role
from labeltrust.services.search_labelers import LabelerPage, search_labelers
from labeltrust.services.show_identity import show_identity
from labeltrust.services.show_portrait import ON_A_PAGE, read_drawn, show_portrait
from labeltrust.services.show_project import show_project
from labeltrust.services.split_labeler import split_labeler
from labeltrust.services.suppliers.list_suppliers import CAUTION as DRIFT_CAUTION
from labeltrust.services.suppliers.list_suppliers import list_suppliers
from labeltrust.services.undo_identity import undo_identity
from labeltrust.web.access import by_session
from labeltrust.web.pages._drawings import (
    confusion_table,
    labeler_spec,
    labeler_summaries,
    signal_spec,
)
from labeltrust.web.pages._forms import freeze_draft
from labeltrust.web.pages._labelers_table import LABELERS, search_of
from labeltrust.web.pages._model_card import model_card, page_number
from labeltrust.web.pages._view import Form, Refusal, View, charted, refusal, see_other
from labeltrust.web.pagination import MAX_ID
from labeltrust.web.paths import segment


@get("/projects/{project:str}/labelers", opt=by_session("read"), include_in_schema=False)
async def labelers(
    project: FromPath[str], request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """List the labelers of the newest assessment, those with flags first."""
    found = await view.ask(show_project, project)
    asked = view.asked(LABELERS)
    try:
        page = await view.ask(search_labelers, project, search_of(asked))
    except NotFound:  # nothing was assessed yet
        page = LabelerPage(entries=(), n_found=0, n_all=0)
    told, drifts = [], []
    # The table alone is swapped or saved: vendors take all labelers, and would be thrown away.
    if page.n_all and not asked.format and not _swaps_the_table(request):
        told = [msgspec.to_builtins(line) for line in await view.ask(list_vendors, project)]
        drifts = await view.ask(list_suppliers, project)
    shown = LABELERS.counted(page.entries, asked, page.n_found, page.n_all)
    return view.listed(
        "labelers.html", shown, project=found, vendors=told, caution=CAUTION, suppliers=drifts,
        drift_caution=DRIFT_CAUTION,
    )  # fmt: skip


def _swaps_the_table(request: Request[Any, Any, Any]) -> bool:
    headers = request.headers
    goes_back = headers.get("hx-history-restore-request") == "true"
    return headers.get("hx-request") == "true" and not goes_back


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


@get("/projects/{project:str}/labelers/{labeler:str}/charts/{name:str}", opt=by_session("read"),
     include_in_schema=False)  # fmt: skip
async def chart(
    project: FromPath[str],
    labeler: FromPath[str],
    name: FromPath[str],
    view: NamedDependency[View],
) -> Response[dict[str, Any]]:
    """Return the specification of a chart, such as `timeline.json`."""
    drawn = await view.ask(read_drawn, project, labeler)
    spec = await asyncio.to_thread(labeler_spec, drawn, name.removesuffix(".json"))
    return charted(spec, name)


@get("/projects/{project:str}/labelers/{labeler:str}/charts/signals/{name:str}",
     opt=by_session("read"), include_in_schema=False)  # fmt: skip
async def signal_chart(
    project: FromPath[str],
    labeler: FromPath[str],
    name: FromPath[str],
    view: NamedDependency[View],
) -> Response[dict[str, Any]]:
    """Return the specification of a signal's chart, such as `signals/spam.json`."""
    drawn = await view.ask(read_drawn, project, labeler)
    spec = await asyncio.to_thread(signal_spec, drawn, name.removesuffix(".json"))
    return charted(spec, name)


@post("/projects/{project:str}/labelers/{labeler:str}/merge", opt=by_session("freeze"),
      include_in_schema=False)  # fmt: skip
async def merge(
    project: FromPath[str],
    labeler: FromPath[str],
    request: Request[Any, Any, Any],
    view: NamedDependency[View],
) -> Response[Any]:
    """Say that this labeler is another one, with a written reason."""
    form = await view.form(request)
    into = Named(form.get("into", ""), form.get("into_source") or None)
    try:
        reason = form.get("reason", "")
        await view.ask(merge_labelers, project, Named(labeler), into, reason=reason)
    except NotFound as error:  # a name written wrongly, most often: the form says so
        wrong = InvalidInput(str(error), place="into", code=error.code)
        return await _page(view, project, labeler, form, refusal(wrong))
    except LabeltrustError as error:
        return await _page(view, project, labeler, form, refusal(error))
    return see_other(f"/projects/{segment(project)}/labelers/{segment(into.name)}#identity")


@post("/projects/{project:str}/labelers/{labeler:str}/split", opt=by_session("freeze"),
      include_in_schema=False)  # fmt: skip
async def split(
    project: FromPath[str],
    labeler: FromPath[str],
    request: Request[Any, Any, Any],
    view: NamedDependency[View],
) -> Response[Any]:
    """Say that one of the names is somebody else's, with a written reason."""
    form = await view.form(request)
    name = Named(form.get("parted", ""), form.get("parted_source") or None)
    try:
        await view.ask(split_labeler, project, name, reason=form.get("reason", ""))
    except NotFound as error:
        wrong = InvalidInput(str(error), place="parted", code=error.code)
        return await _page(view, project, labeler, form, refusal(wrong))
    except LabeltrustError as error:
        return await _page(view, project, labeler, form, refusal(error))
    return see_other(f"/projects/{segment(project)}/labelers/{segment(labeler)}#identity")


@post("/projects/{project:str}/labelers/{labeler:str}/aliases", opt=by_session("freeze"),
      include_in_schema=False)  # fmt: skip
async def alias(
    project: FromPath[str],
    labeler: FromPath[str],
    request: Request[Any, Any, Any],
    view: NamedDependency[View],
) -> Response[Any]:
    """Tell a name ahead under which another source will know the labeler."""
    form = await view.form(request)
    added = Named(form.get("alias", ""), form.get("alias_source") or None)
    try:
        reason = form.get("reason", "")
        await view.ask(add_alias, project, Named(labeler), added, reason=reason)
    except LabeltrustError as error:
        return await _page(view, project, labeler, form, refusal(error))
    return see_other(f"/projects/{segment(project)}/labelers/{segment(labeler)}#identity")


@post("/projects/{project:str}/labelers/{labeler:str}/profile", opt=by_session("configure"),
      include_in_schema=False)  # fmt: skip
async def profile(
    project: FromPath[str],
    labeler: FromPath[str],
    request: Request[Any, Any, Any],
    view: NamedDependency[View],
) -> Response[Any]:
    """Set vendor and team, with a written reason."""
    form = await view.form(request)
    told = [Profile(labeler=labeler, vendor=form.get("vendor", ""), team=form.get("team", ""))]
    try:
        await view.ask(describe_labelers, project, told, reason=form.get("reason", ""))
    except LabeltrustError as error:
        return await _page(view, project, labeler, form, refusal(error))
    return see_other(f"/projects/{segment(project)}/labelers/{segment(labeler)}#identity")


@post("/projects/{project:str}/labelers/{labeler:str}/model", opt=by_session("snapshot"),
      include_in_schema=False)  # fmt: skip
async def model(
    project: FromPath[str],
    labeler: FromPath[str],
    request: Request[Any, Any, Any],
    view: NamedDependency[View],
) -> Response[Any]:
    """Say what a model is for, with a written reason."""
    form = await view.form(request)
    draft = RoleDraft(
        labeler=labeler, role=form.get("role", ""), reason=form.get("reason", ""),
        predecessor=form.get("predecessor", ""),
    )  # fmt: skip
    try:
        await view.ask(give_role, project, draft)
    except NotFound as error:  # a name written wrongly: the form says so
        wrong = InvalidInput(str(error), place="predecessor", code=error.code)
        return await _page(view, project, labeler, form, refusal(wrong))
    except LabeltrustError as error:
        return await _page(view, project, labeler, form, refusal(error))
    return see_other(f"/projects/{segment(project)}/labelers/{segment(labeler)}#model")


@post("/projects/{project:str}/labelers/{labeler:str}/identity/{act:int}/undo",
      opt=by_session("freeze"), include_in_schema=False)  # fmt: skip
async def undo(
    project: FromPath[str],
    labeler: FromPath[str],
    act: Annotated[int, PathParameter(ge=1, le=MAX_ID)],
    request: Request[Any, Any, Any],
    view: NamedDependency[View],
) -> Response[Any]:
    """Undo an act about who is who, with a written reason."""
    form = await view.form(request)
    try:
        await view.ask(undo_identity, act, reason=form.get("reason", ""))
    except LabeltrustError as error:
        return await _page(view, project, labeler, form | {"act": ""}, refusal(error))
    return see_other(f"/projects/{segment(project)}/labelers/{segment(labeler)}#identity")


_OF_MODEL = frozenset({"role", "predecessor"})
_OF_IDENTITY = frozenset({"into", "parted", "alias", "vendor", "act"})


async def _page(
    view: View, project: str, labeler: str, form: Form, refused: Refusal | None
) -> Response[str]:
    page = page_number(view.query.get("items", ""))
    portrait = await view.ask(show_portrait, project, labeler, page=page)
    case = await view.ask(show_labeler_by_id, project, portrait.drawn.labeler_id)
    drawn = portrait.drawn
    return view.page(
        "labeler.html",
        status=200 if refused is None else refused.status,
        project=await view.ask(show_project, project),
        case=case,
        portrait=portrait,
        said=await asyncio.to_thread(labeler_summaries, drawn),
        tables={name: confusion_table(drawn, name) for name in ("confusion", "consensus")},
        page=min(page, max(-(-portrait.n_items // ON_A_PAGE), 1)),
        on_page=ON_A_PAGE,
        labeler=labeler,
        notebooks=await asyncio.to_thread(
            notebook_offers, project, {"labeler": labeler}, ("01", "02")
        ),
        identity=await view.ask(show_identity, project, labeler),
        **await model_card(view, project, drawn.labeler_id, case.assessed["kind"]),
        form=form,
        refused=None if (_OF_IDENTITY | _OF_MODEL) & form.keys() else refused,
        refused_model=refused if _OF_MODEL & form.keys() else None,
        refused_identity=refused if _OF_IDENTITY & form.keys() else None,
    )


HANDLERS = (labelers, show, chart, signal_chart, freeze, merge, split, alias, profile, model, undo)
