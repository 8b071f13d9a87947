"""What the pages of models draw."""

import asyncio
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from labeltrust.domain.errors import NotFound
from labeltrust.services.models.show_model import show_model_by_id
from labeltrust.services.show_portrait import read_drawn
from labeltrust.web.access import by_session
from labeltrust.web.pages._drawings import parting_spec
from labeltrust.web.pages._view import View, charted


@get("/projects/{project:str}/labelers/{labeler:str}/charts/model/parting.json",
     opt=by_session("read"), include_in_schema=False)  # fmt: skip
async def parting(
    project: FromPath[str], labeler: FromPath[str], view: NamedDependency[View]
) -> Response[dict[str, Any]]:
    """Return the chart of how often a model and the one it is measured against part, by day."""
    who = (await view.ask(read_drawn, project, labeler)).labeler_id
    found = await view.ask(show_model_by_id, project, who)
    if not found.numbers or not found.numbers[0].hours[0]:
        raise NotFound("nothing was compared yet")
    spec = await asyncio.to_thread(parting_spec, found.numbers[0].hours)
    return charted(spec, "parting.json")


HANDLERS = (parting,)
