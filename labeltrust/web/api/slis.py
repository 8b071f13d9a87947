"""Service level indicators of a project over HTTP."""

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath

from labeltrust.services.slis.document import SliReport, show_slis
from labeltrust.web.access import by_key
from labeltrust.web.caller import Caller


@get(
    "/v1/projects/{project:str}/slis",
    opt=by_key("read"),
    tags=["projects"],
    summary="Show service level indicators",
)
async def show(project: FromPath[str], caller: NamedDependency[Caller]) -> SliReport:
    """Return every measure with its objective, error budget and burn; undefined with a reason."""
    return await caller.ask(show_slis, project)


HANDLERS = (show,)
