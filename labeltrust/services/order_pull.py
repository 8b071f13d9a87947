"""A pull in the background, so that whoever asks for one need not wait for the platform."""

from labeltrust.domain.errors import LabeltrustError
from labeltrust.domain.principals import Principal
from labeltrust.services.deployment import Deployment
from labeltrust.services.list_pulls import read_pull
from labeltrust.services.reconcile_source import begin_reconciling, carry_out_pull
from labeltrust.store.jobs import Lease, enqueue_once
from labeltrust.store.session import unit_of_work

PULL = "pull"


def order_pull(
    deployment: Deployment, principal: Principal, source: str, *, dry_run: bool = False
) -> int:
    """Have the background worker compare a source with its platform; return the pull's number.

    Raises:
        NotAllowed: The role may not mend what was lost.
        NotFound: There is no such source in scope.
        InvalidInput: Its platform cannot be read, or nobody said how.
        Conflict: A pull of it is under way.
    """
    number = begin_reconciling(deployment, principal, source, dry_run=dry_run)
    with unit_of_work(deployment.engine) as session:
        enqueue_once(session, PULL, str(number), deployment.clock())
    return number


def pull_for_job(deployment: Deployment, lease: Lease) -> None:
    """Do a pull that somebody ordered, in their name; one that fails says so in its report."""
    report = read_pull(deployment, int(lease.key))
    if report.status != "running":
        return  # done by a worker whose lease ran out
    who = Principal(name=report.started_by, role="owner", projects=None)
    try:
        carry_out_pull(deployment, who, report.id)
    except LabeltrustError:
        return
