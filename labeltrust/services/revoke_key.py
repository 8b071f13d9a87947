"""Revoke API keys."""

from labeltrust.domain.access import Key
from labeltrust.domain.naming import checked_note
from labeltrust.domain.principals import Principal
from labeltrust.services.deployment import Deployment
from labeltrust.services.manageable import manageable_key
from labeltrust.store.history import SYSTEM, append
from labeltrust.store.keys import key_of
from labeltrust.store.session import unit_of_work


def revoke_key(deployment: Deployment, principal: Principal, *, key_id: str, reason: str) -> Key:
    """End a key for ever; revoked again, it keeps its first moment.

    A running server refuses it after `key_cache_seconds` at the latest.

    Raises:
        NotAllowed: The role may not manage.
        NotFound: There is no such key that sees nothing beyond one's own projects.
        InvalidInput: The reason is empty.
    """
    principal.require("manage")
    note = checked_note(reason, "reason")
    at = deployment.clock()
    with unit_of_work(deployment.engine) as session:
        row = manageable_key(session, principal, key_id)
        if row.revoked_at is None:
            row.revoked_at = at
            append(
                session,
                chain=SYSTEM,
                type="key.revoked",
                actor=principal.name,
                at=at,
                detail={"key_id": key_id, "reason": note},
            )
        return key_of(session, row)
