"""An act of a platform that a worker takes up: what it needs of the database before it asks."""

from dataclasses import dataclass

from labeltrust.connectors._acts import Wanted
from labeltrust.domain.freezes import FreezeState
from labeltrust.domain.platform_acts import Step
from labeltrust.services.deployment import Deployment
from labeltrust.store import tables
from labeltrust.store.freezes import get_freeze
from labeltrust.store.inserting import known_id
from labeltrust.store.jobs import Lease, require_lease
from labeltrust.store.platform_acts import accounts, get_policy, next_due, steps_of
from labeltrust.store.session import unit_of_work
from labeltrust.store.source_pulls import get_access


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """An act that is being done, or taken back, as it was when it was claimed."""

    number: int
    source: tables.Source
    kind: str
    state: str
    labeler: int
    url: str | None
    steps: tuple[Step, ...] | None
    freeze: FreezeState
    sealed: tuple[str, str, bytes] | None
    wanted: Wanted


def claim(deployment: Deployment, lease: Lease) -> Claimed | None:
    """Take the act of a source that is due, and count the try; None where nothing is due.

    Raises:
        Conflict: Another worker took over.
    """
    now = deployment.clock()
    with unit_of_work(deployment.engine) as session:
        require_lease(session, lease)
        row = next_due(session, int(lease.key), now)
        if row is None:
            return None
        row.tries, row.tried_at = row.tries + 1, now
        session.add(row)
        session.flush()
        access = get_access(session, row.source_id)
        freeze = get_freeze(session, row.freeze_id).state
        labeler = freeze.labeler_id or row.labeler_id  # names may have been merged since
        return Claimed(
            number=known_id(row.id),
            source=session.get_one(tables.Source, row.source_id),
            kind=row.kind,
            state=row.state,
            labeler=labeler,
            url=row.url,
            steps=None if row.steps is None else steps_of(row),
            freeze=freeze,
            sealed=None if access is None else (access.info.url, access.info.remote, access.sealed),
            wanted=Wanted(
                accounts=accounts(session, row.source_id, labeler),
                most=get_policy(session, row.source_id).most_items,
            ),
        )
