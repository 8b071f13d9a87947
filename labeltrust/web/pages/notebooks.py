"""Shipped notebooks with a case filled in, as files to take away."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from labeltrust.services.fill_notebook import fill_notebook
from labeltrust.web.access import by_session
from labeltrust.web.pages._view import View


@get("/projects/{project:str}/notebooks/{notebook:str}", opt=by_session("read"),
     include_in_schema=False)  # fmt: skip
async def download(
    project: FromPath[str], notebook: FromPath[str], view: NamedDependency[View]
) -> Response[Any]:
    """Send a notebook; parameters stand in the address, such as `?labeler=ann`."""
    made = await view.ask(fill_notebook, project, notebook, view.query)
    headers = {
        "Content-Disposition": f'attachment; filename="{made.name}.ipynb"',
        "Cache-Control": "no-store",
    }
    return Response(made.body, media_type="application/x-ipynb+json", headers=headers)


HANDLERS = (download,)
