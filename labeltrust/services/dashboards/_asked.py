"""What every dashboard reads first: the project, in scope, and its indicators."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from labeltrust.domain.principals import Principal
from labeltrust.services.deployment import Deployment
from labeltrust.services.slis._base import Asked
from labeltrust.services.slis.read import Sli, slis_of
from labeltrust.store.inserting import known_id
from labeltrust.store.projects import project_row
from labeltrust.store.session import reading_at_once
from labeltrust.store.tables import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """An open read of one project with its indicators."""

    session: Session
    project: Project
    project_id: int
    at: datetime
    slis: Sequence[Sli]


@contextmanager
def asking(deployment: Deployment, principal: Principal, project: str) -> Iterator[Asking]:
    """Open a read of a project in scope.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such project in scope.
    """
    principal.require("read", project)
    at = deployment.clock()
    with reading_at_once(deployment.engine) as session:
        row = project_row(session, project)
        number = known_id(row.id)
        asked = Asked(
            deployment=deployment, session=session, project=row, project_id=number, now=at
        )
        yield Asking(session=session, project=row, project_id=number, at=at, slis=slis_of(asked))
