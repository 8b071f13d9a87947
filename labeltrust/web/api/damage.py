"""The damage of suspects over HTTP."""

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from labeltrust.services.estimate_damage import DamageAsked, DamageReport, estimate_damage
from labeltrust.web.access import by_key
from labeltrust.web.caller import Caller

Suspects = Annotated[
    list[str] | None,
    QueryParameter(
        name="labeler",
        required=False,
        description="A suspect, repeatable; without it, all flagged.",
    ),
]
Question = Annotated[
    str, QueryParameter(required=False, description="Name of the question.", max_length=200)
]


@get(
    "/v1/projects/{project:str}/damage",
    opt=by_key("read"),
    tags=["audits"],
    summary="Estimate the damage that suspects did",
)
async def show(
    project: FromPath[str],
    caller: NamedDependency[Caller],
    suspects: Suspects = None,
    question: Question = "label",
) -> DamageReport:
    """Compare training labels with and without suspects, and weigh up what audits found."""
    asked = DamageAsked(project=project, labelers=tuple(suspects or ()), question=question)
    return await caller.ask(estimate_damage, asked)


HANDLERS = [show]
