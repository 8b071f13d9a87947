"""The notice to a labeler's manager: printed or copied from here, and put on record."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from labeltrust.domain.errors import LabeltrustError
from labeltrust.services.send_notice import send_notice, show_notice
from labeltrust.web.access import by_session
from labeltrust.web.api.freezes import FreezeNumber
from labeltrust.web.pages._view import Form, Refusal, View, refusal, see_other


@get("/freezes/{freeze:int}/notice", opt=by_session("read"), include_in_schema=False)
async def show(freeze: FreezeNumber, view: NamedDependency[View]) -> Response[str]:
    """Show the notice as it is printed."""
    return await _page(view, freeze, {}, None)


@post("/freezes/{freeze:int}/notice", opt=by_session("freeze"), include_in_schema=False)
async def send(
    freeze: FreezeNumber, request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """Put on record to whom it was given."""
    form = await view.form(request)
    try:
        await view.ask(send_notice, freeze, sent_to=form.get("sent_to", ""))
    except LabeltrustError as error:
        return await _page(view, freeze, form, refusal(error))
    return see_other(f"/freezes/{freeze}/notice")


async def _page(view: View, freeze: int, form: Form, refused: Refusal | None) -> Response[str]:
    return view.page(
        "notice.html",
        status=200 if refused is None else refused.status,
        notice=await view.ask(show_notice, freeze),
        form=form,
        refused=refused,
    )


HANDLERS = (show, send)
