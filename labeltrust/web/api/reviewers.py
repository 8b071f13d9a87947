"""How reviewers agree, over HTTP."""

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from labeltrust.policy.reviewer_records import LEAST_DAYS, MOST_DAYS
from labeltrust.services.show_reviewers import DAYS, ReviewerRecords, show_reviewers
from labeltrust.web.access import by_key
from labeltrust.web.caller import Caller

Days = Annotated[
    int,
    QueryParameter(
        required=False,
        ge=LEAST_DAYS,
        le=MOST_DAYS,
        description="Days of a window, of which there are six.",
    ),
]


@get(
    "/v1/projects/{project:str}/reviewers",
    opt=by_key("read"),
    tags=["audits"],
    summary="How reviewers agree with each other and with gold",
)
async def show(
    project: FromPath[str], caller: NamedDependency[Caller], days: Days = DAYS
) -> ReviewerRecords:
    """Return agreement in closed audits by window, and its change; who only reviews sees himself.

    A change is told at an equal mix of disputed and other items.
    """
    return await caller.ask(show_reviewers, project, days=days)


HANDLERS = (show,)
