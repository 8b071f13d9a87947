"""Destroy the keys of raw deliveries that are past the retention time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from labeltrust.domain.principals import Principal
from labeltrust.services.deployment import Deployment
from labeltrust.store.history import SYSTEM, append
from labeltrust.store.retention import destroy_originals, overwrite_destroyed
from labeltrust.store.session import unit_of_work


@dataclass(frozen=True, slots=True, kw_only=True)
class Retired:
    """How many originals were destroyed, their size as received, and up to which moment."""

    deliveries: int
    size: int
    before: datetime | None


def retire_deliveries(deployment: Deployment, principal: Principal) -> Retired:
    """Destroy originals older than `raw_retention_days`; 0 keeps them for ever.

    Events, digests and chains stay as they are, and the ledger still verifies; what is gone is
    the raw text, and with it the way to read a delivery again.

    Raises:
        NotAllowed: The role may not manage.
    """
    principal.require("manage")
    days = deployment.settings.raw_retention_days
    if days <= 0:
        return Retired(deliveries=0, size=0, before=None)
    at = deployment.clock()
    before = at - timedelta(days=days)
    total, size = 0, 0
    while True:
        with unit_of_work(deployment.engine) as session:
            n, n_bytes = destroy_originals(session, before, at)
            if n:
                append(
                    session,
                    chain=SYSTEM,
                    type="deliveries.retired",
                    actor=principal.name,
                    at=at,
                    detail={"deliveries": n, "bytes": n_bytes, "before": before.isoformat()},
                )
        total, size = total + n, size + n_bytes
        if not n:
            overwrite_destroyed(deployment.engine)
            return Retired(deliveries=total, size=size, before=before)
