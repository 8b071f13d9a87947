"""What comparisons of a source with its platform found."""

from labeltrust.domain.principals import Principal
from labeltrust.domain.reconciling import PullReport
from labeltrust.services.deployment import Deployment
from labeltrust.services.manageable import seen_source
from labeltrust.store.inserting import known_id
from labeltrust.store.session import reading
from labeltrust.store.source_pulls import get_pull, pulls_of


def list_pulls(
    deployment: Deployment, principal: Principal, source: str, *, limit: int = 20
) -> list[PullReport]:
    """Return the pulls of a source, newest first.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such source in scope.
    """
    principal.require("read")
    with reading(deployment.engine) as session:
        row = seen_source(session, principal, source)
        found = pulls_of(session, known_id(row.id), limit)
        return [report for report in found if principal.sees(report.project)]


def read_pull(deployment: Deployment, number: int) -> PullReport:
    """Return one pull, for the machine.

    Raises:
        NotFound: There is none of that number.
    """
    with reading(deployment.engine) as session:
        return get_pull(session, number)
