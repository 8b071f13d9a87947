"""Give up comparisons whose process is gone, so that another one can begin."""

from labeltrust.domain.reconciling import Findings
from labeltrust.services.deployment import Deployment
from labeltrust.store.inserting import known_id
from labeltrust.store.session import unit_of_work
from labeltrust.store.source_pulls import end_pull, running_by
from labeltrust.store.sources import locked_source


def abandon_pulls(deployment: Deployment, source: str, by: str) -> None:
    """Give up what somebody began and cannot end any more: its process is gone."""
    with unit_of_work(deployment.engine) as session:
        row = locked_source(session, source)
        why = "its process was cut short; what it had recorded by then stays"
        for number in running_by(session, known_id(row.id), by):
            end_pull(
                session, number, at=deployment.clock(), status="failed", found=Findings(), error=why
            )
