"""Vetting of a source: its labels beside those of trusted sources, and the decision."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from labeltrust.domain.errors import LabeltrustError
from labeltrust.services.vet_source import DECISIONS, decide_vetting, vet_source
from labeltrust.web.access import by_session
from labeltrust.web.pages._view import Form, Refusal, View, refusal, see_other
from labeltrust.web.paths import segment


@get(
    "/projects/{project:str}/sources/{source:str}/vetting",
    opt=by_session("read"),
    include_in_schema=False,
)
async def show(
    project: FromPath[str],
    source: FromPath[str],
    view: NamedDependency[View],
    question: FromQuery[str] = "",
) -> Response[str]:
    """Show a source beside the trusted ones."""
    return await _page(view, project, source, question=question or None)


@post(
    "/projects/{project:str}/sources/{source:str}/vetting",
    opt=by_session("manage"),
    include_in_schema=False,
)
async def decide(
    project: FromPath[str],
    source: FromPath[str],
    request: Request[Any, Any, Any],
    view: NamedDependency[View],
) -> Response[Any]:
    """Trust, keep or reject a source, with a written reason."""
    form = await view.form(request)
    decision, reason = form.get("decision", ""), form.get("reason", "")
    try:
        await view.ask(vet_source, source, project)  # the source must be one of this project
        await view.ask(decide_vetting, source, decision, reason=reason)
    except LabeltrustError as error:
        return await _page(view, project, source, form=form, refused=refusal(error))
    return see_other(f"/projects/{segment(project)}/sources/{segment(source)}/vetting")


async def _page(
    view: View,
    project: str,
    source: str,
    *,
    question: str | None = None,
    form: Form | None = None,
    refused: Refusal | None = None,
) -> Response[str]:
    found = await view.ask(vet_source, source, project, question)
    return view.page(
        "vetting.html",
        status=200 if refused is None else refused.status,
        vetting=found,
        decisions=tuple(DECISIONS),
        form=form or {},
        refused=refused,
    )


HANDLERS = (show, decide)
