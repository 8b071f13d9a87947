"""Rotate API keys: a new text for the same program, and an end for the old one that leaves time."""

import secrets
from datetime import datetime, timedelta

from sqlmodel import Session

from labeltrust.domain.access import KeyDraft, NewKey
from labeltrust.domain.errors import Conflict, InvalidInput
from labeltrust.domain.principals import Principal
from labeltrust.services.create_key import KEY_ID_BYTES, SECRET_BYTES, key_digest
from labeltrust.services.deployment import Deployment
from labeltrust.services.manageable import manageable_key
from labeltrust.store.history import SYSTEM, append
from labeltrust.store.keys import insert_key, key_of, owner_of, speaks_for
from labeltrust.store.scopes import scope_of
from labeltrust.store.session import unit_of_work
from labeltrust.store.tables import ApiKey

OVERLAP_HOURS = 24.0
MAX_OVERLAP_HOURS = 24.0 * 90


def rotate_key(
    deployment: Deployment,
    principal: Principal,
    *,
    key_id: str,
    overlap_hours: float = OVERLAP_HOURS,
    expires_at: datetime | None = None,
) -> NewKey:
    """Make a key like another one, which ends when the overlap does.

    Args:
        deployment: The installation.
        principal: Who rotates; they must be able to grant all that the key grants.
        key_id: Id of the old key: the part after `lt_`.
        overlap_hours: How long the old key still works, 0 to 90 days; never longer than before.
        expires_at: When the new key ends; None: not by itself.

    Raises:
        NotAllowed: The role may not manage.
        NotFound: There is no such key, or it grants more than who rotates has.
        Conflict: The key has ended: who holds its text must not get a new one.
        InvalidInput: The overlap is out of range, or the new key would have ended already.
    """
    principal.require("manage")
    at = deployment.clock()
    _check(overlap_hours, expires_at, at)
    with unit_of_work(deployment.engine) as session:
        old = manageable_key(session, principal, key_id)
        if old.revoked_at is not None or (old.expires_at is not None and old.expires_at <= at):
            detail = f"key {key_id} has ended; create a new one"
            raise Conflict(detail)
        before = old.expires_at
        end = at + timedelta(hours=overlap_hours)
        old.expires_at = end if before is None else min(before, end)
        text, row = _like(session, old, expires_at, at)
        detail_ = {
            "key_id": key_id,
            "new_key_id": row.key_id,
            "before": None if before is None else before.isoformat(),
            "after": old.expires_at.isoformat(),
        }
        append(
            session,
            chain=SYSTEM,
            type="key.rotated",
            actor=principal.name,
            at=at,
            detail=detail_,
        )
        return NewKey(key=key_of(session, row), text=text)


def _check(overlap_hours: float, expires_at: datetime | None, at: datetime) -> None:
    if not 0.0 <= overlap_hours <= MAX_OVERLAP_HOURS:
        detail = f"overlap is {overlap_hours!r} hours, must be 0 to {MAX_OVERLAP_HOURS:g}"
        raise InvalidInput(detail, place="overlap_hours")
    if expires_at is None:
        return
    if expires_at.tzinfo is None:
        raise InvalidInput("expires_at has no time zone", place="expires_at")
    if expires_at <= at:
        raise InvalidInput("expires_at lies in the past", place="expires_at")


def _like(
    session: Session, old: ApiKey, expires_at: datetime | None, at: datetime
) -> tuple[str, ApiKey]:
    key_id = secrets.token_hex(KEY_ID_BYTES)
    text = f"lt_{key_id}_{secrets.token_urlsafe(SECRET_BYTES)}"
    person, source = owner_of(session, old), speaks_for(session, old)
    scope = scope_of(old.projects)
    draft = KeyDraft(
        name=old.name,
        role=old.role,
        projects=None if scope is None else tuple(scope),
        person=None if person is None else person.name,
        source=None if source is None else source.name,
        expires_at=expires_at,
    )
    return text, insert_key(session, draft, key_id, key_digest(text), at)
