"""Reports of a project: a week, a month or a quarter beside the one before."""

import asyncio

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from labeltrust.policy.reports import SPANS
from labeltrust.services.fill_notebook import notebook_offers
from labeltrust.services.reports.show_report import show_report
from labeltrust.web.access import by_session
from labeltrust.web.pages._dashboard_drawings import budgets_summary
from labeltrust.web.pages._view import View

_NOTEBOOKS = ("07", "08")
_QUARTER = (*_NOTEBOOKS, "09")


@get("/projects/{project:str}/reports", opt=by_session("read"), include_in_schema=False)
async def report(
    project: FromPath[str], view: NamedDependency[View], span: FromQuery[str] = "week"
) -> Response[str]:
    """Show what a meeting about a week, a month or a quarter looks at."""
    found = await view.ask(show_report, project, span)
    said = await asyncio.to_thread(budgets_summary, found.slis)
    days = str(SPANS[found.span])
    offers = await asyncio.to_thread(
        notebook_offers,
        project,
        {"days": days},
        _QUARTER if found.span == "quarter" else _NOTEBOOKS,
    )
    return view.page(
        "report.html", project=project, found=found, said=said, spans=SPANS, offers=offers
    )


HANDLERS = (report,)
