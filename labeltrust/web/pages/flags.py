"""One review case: the evidence, and the verdict with a written reason."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from labeltrust.domain.cases import FlagCase
from labeltrust.domain.errors import InvalidInput, LabeltrustError, NotFound
from labeltrust.services.decide_flag import decide_flag
from labeltrust.services.list_labelers import LabelerCase, show_labeler
from labeltrust.services.show_evidence import flag_evidence
from labeltrust.web.access import by_session
from labeltrust.web.api.flags import FlagNumber
from labeltrust.web.pages._view import Form, Refusal, View, refusal, see_other


@get("/flags/{flag:int}", opt=by_session("read"), include_in_schema=False)
async def show(flag: FlagNumber, view: NamedDependency[View]) -> Response[str]:
    """Show one flag."""
    return await _page(view, flag, {}, None)


@post("/flags/{flag:int}/decision", opt=by_session("review"), include_in_schema=False)
async def decide(
    flag: FlagNumber, request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """Confirm, dismiss or reopen a flag."""
    form = await view.form(request)
    verdict, note = form.get("verdict", ""), form.get("note", "")
    try:
        await view.ask(decide_flag, flag, verdict=verdict, note=note)
    except LabeltrustError as error:
        return await _page(view, flag, form, refusal(error))
    return see_other(f"/flags/{flag}")


async def _page(view: View, number: int, form: Form, refused: Refusal | None) -> Response[str]:
    found = await view.ask(flag_evidence, number)
    return view.page(
        "flag.html",
        status=200 if refused is None else refused.status,
        flag=found.flag,
        found=found,
        case=await _case(view, found.flag),
        form=form,
        refused=refused,
    )


async def _case(view: View, flag: FlagCase) -> LabelerCase | None:
    """Return what is known of the labeler today; an erased or merged one may be gone."""
    try:
        return await view.ask(show_labeler, flag.project, flag.labeler)
    except (NotFound, InvalidInput):
        return None


HANDLERS = (show, decide)
