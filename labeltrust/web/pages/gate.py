"""The gate of a project: why it is closed, who opens it and how, and its history."""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from labeltrust.services.show_gate import gate_snippets, show_gate
from labeltrust.web.access import by_session
from labeltrust.web.pages._view import View
from labeltrust.web.pagination import MAX_ID

_MOST_EXCLUSIONS = 200


@get("/projects/{project:str}/gate", opt=by_session("read"), include_in_schema=False)
async def show(
    project: FromPath[str], view: NamedDependency[View], before: FromQuery[int] = MAX_ID
) -> Response[str]:
    """Show the gate."""
    first = before if 0 < before < MAX_ID else None
    found = await view.ask(show_gate, project, before=first)
    return view.page(
        "gate.html",
        project=project,
        shown=found,
        gate=found.gate,
        exclusions=found.gate.exclusions[:_MOST_EXCLUSIONS],
        snippets=gate_snippets(view.deployment.settings.address, project),
    )


HANDLERS = (show,)
